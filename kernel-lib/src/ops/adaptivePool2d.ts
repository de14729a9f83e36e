import { describe, rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { cat } from "./cat.js";
import { requireFloat } from "./operands.js";
import { requireImages } from "./windowGeometry.js";

/** Height and width of what an adaptive pool gives; `null` keeps that of the input. */
export type AdaptiveSize = number | readonly [number | null, number | null];

/**
 * The average of as many windows as are wanted, whatever the size of the image: 1 averages each map to a single number.
 * Window i of n runs from ⌊i·size/n⌋ to ⌈(i + 1)·size/n⌉, so windows overlap where the size is no multiple of n.
 *
 * @param x          images, (N, C, H, W)
 * @param outputSize a number, or a pair of height and width
 * @returns (N, C, outHeight, outWidth)
 * @throws {RangeError} if a size is no whole number ≥ 1
 * @see Lin et al. 2014, arXiv:1312.4400, where averaging whole maps replaces the fully connected layers
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return adaptive("adaptiveAvgPool2d", x, outputSize, (window, dim) => window.mean(dim, { keepdim: true }));
}

/**
 * The largest value of each of as many windows as are wanted; windows as in adaptiveAvgPool2d. Only the winner hears the
 * gradient; of equal ones, the first.
 *
 * @param x          images, (N, C, H, W)
 * @param outputSize a number, or a pair of height and width
 * @returns (N, C, outHeight, outWidth)
 * @throws {RangeError} if a size is no whole number ≥ 1
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: AdaptiveSize): Tensor {
  return adaptive("adaptiveMaxPool2d", x, outputSize, (window, dim) => window.max(dim, { keepdim: true }));
}

type Pool = (window: Tensor, dim: number) => Tensor;

/** An average or a maximum of a box is that of its columns, then of its rows: two passes in one dimension each. */
function adaptive(op: string, x: Tensor, outputSize: AdaptiveSize, pool: Pool): Tensor {
  requireFloat(op, "x", x);
  requireImages(op, x.shape);
  const [, , height, width] = x.shape;
  const sizes = Array.isArray(outputSize)
    ? (outputSize as (number | null)[])
    : [outputSize as number, outputSize as number];
  const [outHeight, outWidth] = [sizes[0] ?? height, sizes[1] ?? width];
  if (sizes.length !== 2 || ![outHeight, outWidth].every((size) => Number.isInteger(size) && size >= 1)) {
    throw rangeError(
      op,
      "outputSize as a whole number ≥ 1 or a pair of them",
      Array.isArray(outputSize) ? `[${outputSize.join(", ")}]` : describe(outputSize),
    );
  }
  if (height === 0 || width === 0) {
    throw rangeError(op, "images with at least one pixel", `${height} × ${width}`);
  }
  // Columns first: then, of equal maxima, the first in reading order wins.
  return along(along(x, 3, outWidth, pool), 2, outHeight, pool);
}

function along(x: Tensor, dim: number, count: number, pool: Pool): Tensor {
  const size = x.shape[dim];
  const windows = Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * size) / count);
    return pool(x.narrow(dim, start, Math.ceil(((i + 1) * size) / count) - start), dim);
  });
  return cat(windows, dim);
}
