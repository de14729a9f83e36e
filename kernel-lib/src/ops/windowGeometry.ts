import type { WindowGeometry } from "../backend/backend.js";
import { rangeError, ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape, pair, type Shape } from "../tensor/shape.js";

/** How a window moves: each a number, or a pair of height and width. */
export interface WindowOptions {
  /** Pixels from one stop to the next. */
  stride?: number | readonly [number, number];
  /** Rows and columns put around the image. */
  padding?: number | readonly [number, number];
  /** Distance between neighbouring pixels of the window. */
  dilation?: number | readonly [number, number];
}

/** How a pooling window moves. */
export interface PoolOptions extends WindowOptions {
  /** Let a last window hang over the edge instead of dropping its pixels, if it begins inside. False unless given. */
  ceilMode?: boolean;
}

/** Padding in pixels on the four sides. */
export interface Sides {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/**
 * How many stops a window makes: ⌊(size + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1,
 * with the padding of both sides together. Pixels that a last, incomplete stop would need are dropped.
 */
export function outputSize(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  return Math.floor((size + padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** As `outputSize`, with a last stop that hangs over the edge, unless it would begin on the padding behind it. */
export function ceilOutputSize(
  size: number,
  kernel: number,
  stride: number,
  padding: number,
  dilation: number,
): number {
  const stops = outputSize(size + stride - 1, kernel, stride, 2 * padding, dilation);
  return (stops - 1) * stride < size + padding ? stops : stops - 1;
}

/**
 * Check a window against images and work out where it stops.
 *
 * @param shape    (N, C, H, W)
 * @param sides    padding in pixels, the same on both for ceilMode
 * @param ceilMode whether a last window may hang over the edge
 */
export function windowGeometry(
  op: string,
  shape: Shape,
  kernel: readonly [number, number],
  stride: readonly [number, number],
  sides: Sides,
  dilation: readonly [number, number],
  ceilMode: boolean = false,
): WindowGeometry {
  const [batch, channels, height, width] = shape;
  const outHeight = ceilMode
    ? ceilOutputSize(height, kernel[0], stride[0], sides.top, dilation[0])
    : outputSize(height, kernel[0], stride[0], sides.top + sides.bottom, dilation[0]);
  const outWidth = ceilMode
    ? ceilOutputSize(width, kernel[1], stride[1], sides.left, dilation[1])
    : outputSize(width, kernel[1], stride[1], sides.left + sides.right, dilation[1]);
  if (outHeight < 1 || outWidth < 1) {
    const span = kernel.map((size, i) => dilation[i] * (size - 1) + 1);
    const least = `images of at least ${span[0]} × ${span[1]} pixels, padding included`;
    throw new ShapeError(
      op,
      `${least}, for a ${kernel[0]} × ${kernel[1]} window`,
      `${formatShape(shape)} with padding ${sides.top}, ${sides.bottom}, ${sides.left}, ${sides.right} (top, bottom, left, right)`,
      "use a smaller window, more padding, or one pooling layer less before it",
      { expected: least, actual: formatBatch(shape) },
    );
  }
  return {
    batch,
    channels,
    height,
    width,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    padTop: sides.top,
    padLeft: sides.left,
    dilationY: dilation[0],
    dilationX: dilation[1],
    outHeight,
    outWidth,
  };
}

/** Images as (N, C, H, W), in the words of `op`; a missing batch dimension is the usual slip. */
export function requireImages(op: string, shape: Shape): void {
  if (shape.length !== 4) {
    const wayOut =
      shape.length === 3
        ? "add the batch dimension with unsqueeze(0)"
        : "reshape to sample, channel, row, column";
    const expected = "x as (N, C, H, W)";
    throw new ShapeError(op, expected, formatShape(shape), wayOut, { expected, actual: formatBatch(shape) });
  }
}

/** The window of a pooling op, whose stride is its size unless given. */
export function poolGeometry(
  op: string,
  shape: Shape,
  kernelSize: number | readonly [number, number],
  options: PoolOptions,
): WindowGeometry {
  requireImages(op, shape);
  const kernel = pair(op, "kernelSize", kernelSize, 1);
  const stride = pair(op, "stride", options.stride ?? kernel, 1);
  const padding = pair(op, "padding", options.padding ?? 0, 0);
  const dilation = pair(op, "dilation", options.dilation ?? 1, 1);
  if (padding.some((size, i) => size > kernel[i] / 2)) {
    throw rangeError(
      op,
      `padding of at most (${Math.floor(kernel[0] / 2)}, ${Math.floor(kernel[1] / 2)}), half the window`,
      `(${padding[0]}, ${padding[1]})`,
      "a window that lies on padding alone would have nothing to pool",
    );
  }
  const [y, x] = padding;
  const sides = { top: y, bottom: y, left: x, right: x };
  return windowGeometry(op, shape, kernel, stride, sides, dilation, options.ceilMode);
}
