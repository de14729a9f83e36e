import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { patchWalk } from "./patches.js";
import { view } from "./view.js";
import type { WindowOptions } from "./windowGeometry.js";

/**
 * Lay the patches that a window sees side by side, one column a stop: a convolution is then a matrix product with them.
 * A pixel hears from every patch that it lies in.
 *
 * @param x          images, (N, C, H, W)
 * @param kernelSize the window: a number, or a pair of height and width
 * @param options    stride, padding, dilation; 1, 0 and 1 unless given
 * @returns (N, C·kernelHeight·kernelWidth, stops), stops row by row
 * @throws {ShapeError} if the window outgrows the image
 * @see notebook 06
 */
export function unfold(
  x: Tensor,
  kernelSize: number | readonly [number, number],
  options: WindowOptions = {},
): Tensor {
  requireFloat("unfold", "x", x);
  const { g, padding, view: walk } = patchWalk("unfold", x.shape, kernelSize, options);
  const [top, left] = padding;
  const patches = view("unfold", x.pad([left, left, top, top]), walk);
  return patches.reshape(g.batch, g.channels * g.kernelHeight * g.kernelWidth, g.outHeight * g.outWidth);
}
