import { tensor, type Tensor } from "kernel-lib";
import { expect } from "vitest";

export type Nested = Parameters<typeof tensor>[0];

/** A float64 tensor: what numbers worked by hand and central differences need. */
export function f64(values: Nested): Tensor {
  return tensor(values, { dtype: "float64" });
}

/** A float64 tensor that collects a gradient. */
export function leaf(values: Nested): Tensor {
  return tensor(values, { dtype: "float64", requiresGrad: true });
}

/** A matrix as one image of one channel, or as one kernel: (1, 1, rows, columns). */
export function single(rows: number[][]): Tensor {
  return f64([[rows]]);
}

/** Numbers in two tensors or nested arrays agree to `tolerance`, and so do their shapes. */
export function expectClose(got: Tensor | null, expected: Tensor | Nested, tolerance = 1e-12): void {
  const wanted = isTensor(expected) ? expected : f64(expected);
  expect(got?.shape).toEqual(wanted.shape);
  const values = got!.data;
  wanted.data.forEach((value, i) => {
    const right = Object.is(values[i], value) || Math.abs(values[i] - value) <= tolerance;
    if (!right) expect(values[i], `value ${i} of ${got}`).toBe(value);
  });
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "storage" in value;
}
