import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { poolGeometry, type PoolOptions } from "./windowGeometry.js";

/**
 * Keep the largest value of each window. Only that pixel hears the gradient; of equal ones, the first.
 * Padding counts as −∞, so it never wins.
 *
 * @param x          images, (N, C, H, W)
 * @param kernelSize the window: a number, or a pair of height and width
 * @param options    stride (the window's size unless given), padding, dilation, ceilMode
 * @returns (N, C, outHeight, outWidth); rows and columns of an incomplete last window are dropped, unless ceilMode keeps them
 * @throws {ShapeError} if the window outgrows the image
 * @see notebook 07
 */
export function maxPool2d(
  x: Tensor,
  kernelSize: number | readonly [number, number],
  options: PoolOptions = {},
): Tensor {
  requireFloat("maxPool2d", "x", x);
  const g = poolGeometry("maxPool2d", x.shape, kernelSize, options);
  const b = backend.current;
  const { out, index } = b.maxPool2d(x, g);
  return record("maxPool2d", out, [x], [(gradOut) => b.maxPool2dGradInput(gradOut, index, g)]);
}
