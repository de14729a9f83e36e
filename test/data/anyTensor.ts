import * as fc from "fast-check";
import { fromTypedArray, type Tensor } from "kernel-lib";
import { expect } from "vitest";

/** Tensors of every dtype with up to four dimensions, some of size 0, and every value that the dtype has. */
export function someTensor(): fc.Arbitrary<Tensor> {
  return fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const size = { minLength: length, maxLength: length };
    const boxed = (values: Parameters<typeof fromTypedArray>[0]): Tensor => fromTypedArray(values, shape);
    return fc.oneof(
      fc.uint8Array(size).map(boxed),
      fc.uint8Array({ ...size, max: 1 }).map((values) => boxed(values).to("bool")),
      fc.int32Array(size).map(boxed),
      fc.float32Array(size).map(boxed),
      fc.float64Array(size).map(boxed),
    );
  });
}

/** The same dtype, shape and values, to the sign of a zero. */
export function sameTensor(got: Tensor, expected: Tensor): void {
  expect([got.dtype, got.shape]).toEqual([expected.dtype, expected.shape]);
  const odd = expected.data.findIndex((value: number, i: number) => !Object.is(got.storage[i], value));
  expect(odd, `value ${odd} of ${got}, not ${expected}`).toBe(-1);
}
