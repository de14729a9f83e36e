import { fromTypedArray } from "../tensor/create.js";
import { describe, rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";

export interface AffineGridOptions {
  /** Whether −1 and 1 are the centres of the corner pixels, rather than the image's edges. False unless given. */
  alignCorners?: boolean;
}

/**
 * Where to look for each pixel of a turned, scaled, sheared or shifted image: each place (x, y) of the result, counted
 * from −1 to 1, is sent through an affine map. `gridSample` then looks there.
 *
 * @param theta maps, (N, 2, 3): [x, y] = theta · [x′, y′, 1]; [[1, 0, 0], [0, 1, 0]] changes nothing
 * @param size  shape of the images to come, [N, C, H, W]
 * @returns places as (x, y), (N, H, W, 2)
 * @throws {ShapeError} if theta is not (N, 2, 3)
 * @see Jaderberg et al. 2015, arXiv:1506.02025; notebook 14
 */
export function affineGrid(theta: Tensor, size: readonly number[], options: AffineGridOptions = {}): Tensor {
  requireFloat("affineGrid", "theta", theta);
  if (
    !Array.isArray(size) ||
    size.length !== 4 ||
    !size.every((each) => Number.isInteger(each) && each >= 1)
  ) {
    throw rangeError(
      "affineGrid",
      "size as [N, C, H, W]",
      Array.isArray(size) ? `[${size.join(", ")}]` : describe(size),
    );
  }
  const [batch, , height, width] = size as readonly number[];
  if (formatShape(theta.shape) !== formatShape([batch, 2, 3])) {
    throw new ShapeError("affineGrid", `theta (${batch}, 2, 3), one map a sample`, formatShape(theta.shape));
  }
  const { alignCorners = false } = options;
  const [xs, ys] = [places(width, alignCorners), places(height, alignCorners)];
  const flat = Float64Array.from({ length: height * width * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [xs[pixel % width], ys[Math.floor(pixel / width)], 1][i % 3];
  });
  const base = fromTypedArray(flat, [height * width, 3]).to(theta.dtype);
  return base.matmul(theta.transpose(1, 2)).reshape(batch, height, width, 2);
}

/** The pixels' centres from −1 to 1. */
function places(length: number, alignCorners: boolean): number[] {
  return Array.from({ length }, (_, i) => {
    if (alignCorners) return length === 1 ? 0 : (2 * i) / (length - 1) - 1;
    return (2 * i + 1) / length - 1;
  });
}
