import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { ShapeError } from "../tensor/errors.js";
import { formatShape, pair } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { patchWalk } from "./patches.js";
import type { WindowOptions } from "./windowGeometry.js";

/**
 * Put patches back in their places and add up where they overlap: the way back of unfold, not its inverse, since a pixel
 * counts as often as patches hold it.
 *
 * @param x          patches, (N, C·kernelHeight·kernelWidth, stops), as unfold gives them
 * @param outputSize the images' size: a number, or a pair of height and width
 * @param kernelSize the window: a number, or a pair of height and width
 * @param options    stride, padding, dilation; 1, 0 and 1 unless given
 * @returns images, (N, C, height, width)
 * @throws {ShapeError} if `x` does not hold the patches of such images
 */
export function fold(
  x: Tensor,
  outputSize: number | readonly [number, number],
  kernelSize: number | readonly [number, number],
  options: WindowOptions = {},
): Tensor {
  requireFloat("fold", "x", x);
  const size = pair("fold", "outputSize", outputSize, 1);
  const kernel = pair("fold", "kernelSize", kernelSize, 1);
  const area = kernel[0] * kernel[1];
  if (x.ndim !== 3 || x.shape[1] % area !== 0) {
    throw new ShapeError(
      "fold",
      `x as (N, C·${area}, stops) for a window of ${kernel[0]} × ${kernel[1]}`,
      formatShape(x.shape),
    );
  }
  const images = [x.shape[0], x.shape[1] / area, ...size];
  const { g, padding, padded, view: walk } = patchWalk("fold", images, kernel, options);
  const stops = g.outHeight * g.outWidth;
  if (x.shape[2] !== stops) {
    throw new ShapeError(
      "fold",
      `${stops} patches (${g.outHeight} × ${g.outWidth} stops) for images of ${size[0]} × ${size[1]} pixels`,
      formatShape(x.shape),
      "give the window and options that unfold was given",
    );
  }
  const b = backend.current;
  const out = emptyTensor(padded, x.dtype);
  b.accumulate(out, walk, x);
  const gradX = (gradOut: Tensor): Tensor => b.read(gradOut, walk).reshape(...x.shape);
  const [top, left] = padding;
  return record("fold", out, [x], [gradX]).pad([-left, -left, -top, -top]);
}
