import { rangeError } from "../tensor/errors.js";
import { normalizeDim, rowMajorStrides } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { view } from "./view.js";

/**
 * Turn the order round along each of `dims`: `flip(-1)` mirrors images left to right.
 *
 * @param dims along which; none leaves all as it is
 * @returns the same shape
 * @throws {RangeError} if there is no such dimension, or one is named twice
 */
export function flip(x: Tensor, dims: readonly number[]): Tensor {
  const list = (dims as readonly unknown[]).flat() as number[];
  const turned = new Set(list.map((dim) => normalizeDim("flip", dim, x.ndim)));
  if (turned.size < list.length)
    throw rangeError("flip", "each dimension at most once", `[${list.join(", ")}]`);
  const strides = rowMajorStrides(x.shape);
  const offset = x.shape.reduce(
    (sum, size, d) => sum + (turned.has(d) ? Math.max(size - 1, 0) * strides[d] : 0),
    0,
  );
  return view("flip", x, {
    shape: x.shape,
    strides: strides.map((s, d) => (turned.has(d) ? -s : s)),
    offset,
  });
}
