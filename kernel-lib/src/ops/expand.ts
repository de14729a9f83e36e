import { ShapeError } from "../tensor/errors.js";
import { broadcastStrides, formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { view } from "./view.js";

/**
 * Repeat along dimensions of size 1, or along new ones in front.
 *
 * @param shape sizes of the result; −1 keeps a size
 * @returns that shape, each value as often as it was repeated
 * @throws {ShapeError} if a size other than 1 would have to change
 */
export function expand(x: Tensor, shape: readonly number[]): Tensor {
  const wanted = (shape as readonly unknown[]).flat() as number[];
  const missing = wanted.length - x.ndim;
  const sizes = wanted.map((size, dim) => (size === -1 ? x.shape[dim - missing] : size));
  const fits = missing >= 0 && x.shape.every((size, dim) => size === 1 || size === sizes[dim + missing]);
  if (!fits) {
    const expected = `sizes that keep ${formatShape(x.shape)} except where it is 1`;
    throw new ShapeError("expand", expected, formatShape(wanted));
  }
  return view("expand", x, { shape: sizes, strides: broadcastStrides(x.shape, sizes), offset: 0 });
}
