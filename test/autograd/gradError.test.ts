import { gradError, randn, Generator, tensor, Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { leaf } from "../support/tensors";

/** x · x as an op of our own, whose gradient is 2 · x · `factor`. */
function square(x: Tensor, factor: number): Tensor {
  const out = new Tensor(
    x.storage.map((value) => value * value),
    x.shape,
    x.dtype,
  );
  out.requiresGrad = true;
  out.node = {
    op: "square",
    ownGradients: false,
    inputs: [x],
    changes: [0],
    grads: [(gradOut) => gradOut.mul(x.detach()).mul(2 * factor)],
  };
  return out;
}

describe("gradError()", () => {
  const x = randn(3, 4, { dtype: "float64", generator: new Generator(1) }).requiresGrad_();

  test("is tiny for a right gradient", () => {
    expect(gradError(() => square(x, 1).sum(), [x])).toBeLessThan(1e-9);
  });

  test.each([
    ["sign", -1],
    ["factor", 2],
    ["factor by one in a thousand", 1.001],
  ])("sees a wrong %s", (_, factor) => {
    expect(gradError(() => square(x, factor).sum(), [x])).toBeGreaterThan(1e-4);
  });

  test("sees a gradient that is missing", () => {
    expect(gradError(() => x.detach().mul(x.detach()).sum().add(x.mul(0).sum()), [x])).toBeGreaterThan(0.1);
  });

  test("sees one wrong coordinate among many right ones", () => {
    const onlyFirst = tensor([1.01, 1, 1, 1], { dtype: "float64" });
    const y = leaf([1, 2, 3, 4]);
    const skewed = (): Tensor => {
      const out = square(y, 1);
      const { node } = out;
      out.node = { ...node!, grads: [(gradOut) => node!.grads![0](gradOut).mul(onlyFirst)] };
      return out.sum();
    };
    expect(gradError(skewed, [y])).toBeGreaterThan(1e-3);
  });

  test("leaves out coordinates at a kink, and only those", () => {
    const y = leaf([0, 1, -1]);
    expect(gradError(() => y.abs().sum(), [y])).toBeLessThan(1e-9);
    expect(gradError(() => y.relu().mul(1).sum(), [y])).toBeLessThan(1e-9);
    const tie = leaf([2, 2, 1]);
    expect(gradError(() => tie.max(), [tie])).toBeLessThan(1e-9);
  });

  test("leaves values and gradients as they were", () => {
    const before = x.data;
    gradError(() => x.mul(x).sum(), [x]);
    expect(x.data).toEqual(before);
    expect(x.grad).toBe(null);
  });

  test("puts the value back when the loss throws", () => {
    const y = leaf([1]);
    let calls = 0;
    const loss = (): Tensor => {
      if (++calls === 2) throw new Error("no");
      return y.sum();
    };
    expect(() => gradError(loss, [y])).toThrow("no");
    expect(y.toArray()).toEqual([1]);
  });
});
