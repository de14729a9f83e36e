import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { describe, rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireOneDtype } from "./convChannels.js";
import { requireFloat } from "./operands.js";
import { requireImages } from "./windowGeometry.js";

export interface GridSampleOptions {
  /** What stands outside the image: zeros, or the nearest pixel of its border. "zeros" unless given. */
  paddingMode?: "zeros" | "border";
  /** Whether −1 and 1 are the centres of the corner pixels, rather than the image's edges. False unless given. */
  alignCorners?: boolean;
}

/**
 * Look at images in any places, also between pixels, where the four around are mixed. The places get gradients too, so
 * a network can learn where to look.
 *
 * @param x    images, (N, C, H, W)
 * @param grid places as (x, y), (N, outHeight, outWidth, 2); −1 is the left or upper end, 1 the right or lower one
 * @returns (N, C, outHeight, outWidth)
 * @throws {ShapeError} if the grid does not fit the images
 * @see Jaderberg et al. 2015, arXiv:1506.02025; notebook 14
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  const { paddingMode = "zeros", alignCorners = false } = options;
  requireFloat("gridSample", "x", x);
  requireFloat("gridSample", "grid", grid);
  requireOneDtype("gridSample", x, grid);
  requireImages("gridSample", x.shape);
  if (grid.ndim !== 4 || grid.shape[0] !== x.shape[0] || grid.shape[3] !== 2) {
    throw new ShapeError(
      "gridSample",
      `grid (${x.shape[0]}, outHeight, outWidth, 2) for x ${formatShape(x.shape)}`,
      formatShape(grid.shape),
      "affineGrid makes one",
    );
  }
  if (x.shape[2] === 0 || x.shape[3] === 0) {
    throw new ShapeError("gridSample", "images with at least one pixel", formatShape(x.shape));
  }
  if (paddingMode !== "zeros" && paddingMode !== "border") {
    throw rangeError("gridSample", 'paddingMode "zeros" or "border"', describe(paddingMode));
  }
  const g = { border: paddingMode === "border", alignCorners };
  const b = backend.current;
  return record(
    "gridSample",
    b.gridSample(x, grid, g),
    [x, grid],
    [
      (gradOut) => b.gridSampleGradInput(gradOut, grid, x.shape, g), // each pixel, by the share it had
      (gradOut) => b.gridSampleGradGrid(gradOut, x, grid, g), // each place, by how the image slopes there
    ],
  );
}
