import type { StridedView, WindowGeometry } from "../backend/backend.js";
import { pair, rowMajorStrides, type Shape } from "../tensor/shape.js";
import { requireImages, windowGeometry, type WindowOptions } from "./windowGeometry.js";

/** How a window walks over images that have their padding on. */
export interface PatchWalk {
  readonly g: WindowGeometry;
  readonly padding: readonly [number, number];
  /** Images with their padding on, (N, C, H + 2·padding, W + 2·padding). */
  readonly padded: Shape;
  /** The pixel at each place of the patches, (N, C, kernelHeight, kernelWidth, outHeight, outWidth). */
  readonly view: StridedView;
}

/**
 * The walk that lays patches side by side: stepping by a row of the kernel and stepping by a row of the map both move
 * down the image, so patches need no arithmetic, only strides.
 */
export function patchWalk(
  op: string,
  images: Shape,
  kernelSize: number | readonly [number, number],
  options: WindowOptions,
): PatchWalk {
  requireImages(op, images);
  const kernel = pair(op, "kernelSize", kernelSize, 1);
  const stride = pair(op, "stride", options.stride ?? 1, 1);
  const padding = pair(op, "padding", options.padding ?? 0, 0);
  const dilation = pair(op, "dilation", options.dilation ?? 1, 1);
  const [y, x] = padding;
  const g = windowGeometry(op, images, kernel, stride, { top: y, bottom: y, left: x, right: x }, dilation);
  const padded = [g.batch, g.channels, g.height + 2 * y, g.width + 2 * x];
  const [image, plane, row, column] = rowMajorStrides(padded);
  const view = {
    shape: [g.batch, g.channels, g.kernelHeight, g.kernelWidth, g.outHeight, g.outWidth],
    strides: [image, plane, row * g.dilationY, column * g.dilationX, row * g.strideY, column * g.strideX],
    offset: 0,
  };
  return { g, padding, padded, view };
}
