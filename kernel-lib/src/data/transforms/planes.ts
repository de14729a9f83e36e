import { allocate, isFloat } from "../../tensor/dtype.js";
import { ShapeError } from "../../tensor/errors.js";
import { formatShape, numelOf } from "../../tensor/shape.js";
import { Tensor } from "../../tensor/tensor.js";

/** What a transform is: a picture in, a picture out. (C, H, W), or (N, C, H, W) where all are treated alike. */
export type Transform = (image: Tensor) => Tensor;

/** Height and width of a picture, the last two dimensions. */
export function sizesOf(op: string, image: Tensor): [height: number, width: number] {
  if (image.ndim < 2 || image.numel === 0) {
    throw new ShapeError(op, "an image (C, H, W) with pixels", formatShape(image.shape));
  }
  return [image.shape[image.ndim - 2], image.shape[image.ndim - 1]];
}

/**
 * A picture of another size whose every plane is made from the one at its place. Values that go into a dtype of whole
 * numbers are rounded.
 *
 * @param pixel value at a row and a column of the new plane, given the old plane's values and where they start
 */
export function mapPlanes(
  image: Tensor,
  height: number,
  width: number,
  pixel: (values: ArrayLike<number>, start: number, row: number, column: number) => number,
): Tensor {
  const leading = image.shape.slice(0, -2);
  const planes = numelOf(leading);
  const oldSize = image.numel / planes;
  const out = allocate(image.dtype, planes * height * width);
  const round = isFloat(image.dtype) ? (value: number): number => value : Math.round;
  let place = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        out[place++] = round(pixel(image.storage, plane * oldSize, row, column));
      }
    }
  }
  return new Tensor(out, [...leading, height, width], image.dtype);
}
