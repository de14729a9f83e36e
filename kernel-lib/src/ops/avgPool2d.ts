import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { poolGeometry, type PoolOptions } from "./windowGeometry.js";

export interface AvgPool2dOptions extends Omit<PoolOptions, "dilation"> {
  /** Whether padding counts in the average; as in PyTorch it does unless told otherwise. */
  countIncludePad?: boolean;
}

/**
 * The average of each window. Every pixel of it hears an equal share of the gradient.
 *
 * @param x          images, (N, C, H, W)
 * @param kernelSize the window: a number, or a pair of height and width
 * @param options    stride (the window's size unless given), padding, countIncludePad, ceilMode
 * @returns (N, C, outHeight, outWidth); rows and columns of an incomplete last window are dropped, unless ceilMode keeps them;
 *          such a window averages what lies on the image and its padding
 * @throws {ShapeError} if the window outgrows the image
 * @see notebook 07
 */
export function avgPool2d(
  x: Tensor,
  kernelSize: number | readonly [number, number],
  options: AvgPool2dOptions = {},
): Tensor {
  requireFloat("avgPool2d", "x", x);
  const { stride, padding, countIncludePad = true, ceilMode } = options;
  const g = {
    ...poolGeometry("avgPool2d", x.shape, kernelSize, { stride, padding, ceilMode }),
    countIncludePad,
  };
  const b = backend.current;
  return record("avgPool2d", b.avgPool2d(x, g), [x], [(gradOut) => b.avgPool2dGradInput(gradOut, g)]);
}
