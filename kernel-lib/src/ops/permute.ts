import { rangeError } from "../tensor/errors.js";
import { normalizeDim, rowMajorStrides } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { view } from "./view.js";

/**
 * Put the dimensions in another order: `permute(0, 2, 3, 1)` makes (N, H, W, C) of (N, C, H, W).
 *
 * @param dims each dimension once
 * @returns the sizes in that order
 * @throws {RangeError} if `dims` is no reordering
 */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  const order = (dims as readonly unknown[])
    .flat()
    .map((dim) => normalizeDim("permute", dim as number, x.ndim));
  if (order.length !== x.ndim || new Set(order).size !== x.ndim) {
    throw rangeError("permute", `each of the ${x.ndim} dimensions once`, `(${dims.join(", ")})`);
  }
  const strides = rowMajorStrides(x.shape);
  return view("permute", x, {
    shape: order.map((dim) => x.shape[dim]),
    strides: order.map((dim) => strides[dim]),
    offset: 0,
  });
}

/**
 * Exchange two dimensions.
 *
 * @returns as `x`, with the two sizes exchanged
 * @throws {RangeError} if there is no such dimension
 */
export function transpose(x: Tensor, a: number, b: number): Tensor {
  const order = x.shape.map((_, dim) => dim);
  const [first, second] = [normalizeDim("transpose", a, x.ndim), normalizeDim("transpose", b, x.ndim)];
  if (x.ndim === 0) return permute(x, []);
  [order[first], order[second]] = [order[second], order[first]];
  return permute(x, order);
}
