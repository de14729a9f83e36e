import { describe, rangeError } from "../tensor/errors.js";
import { existingDim, formatShape, rowMajorStrides } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { view } from "./view.js";

/**
 * A slice along one dimension: `length` positions from `start` on.
 *
 * @param start first position; negative ones count from the end
 * @returns as `x`, with `length` in place of the size of `dim`
 * @throws {RangeError} if the slice runs over the end
 */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  const d = existingDim("narrow", dim, x.shape);
  const first = start < 0 ? start + x.shape[d] : start;
  if (
    !Number.isInteger(first) ||
    !Number.isInteger(length) ||
    first < 0 ||
    length < 0 ||
    first + length > x.shape[d]
  ) {
    throw rangeError(
      "narrow",
      `start and length within the ${x.shape[d]} positions of dimension ${d} of ${formatShape(x.shape)}`,
      `${describe(start)} and ${describe(length)}`,
    );
  }
  const strides = rowMajorStrides(x.shape);
  const shape = x.shape.map((size, at) => (at === d ? length : size));
  return view("narrow", x, { shape, strides, offset: first * strides[d] });
}
