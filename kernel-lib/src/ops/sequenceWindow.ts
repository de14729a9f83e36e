import { describe, rangeError, ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape, type Shape } from "../tensor/shape.js";
import { outputSize } from "./windowGeometry.js";

/*
 * A window that slides along sequences. What computes is the 2-D op on images of one row; here are the checks, so that
 * what is refused is refused in the words of one dimension.
 */

/** How a window moves along a sequence. */
export interface SequenceWindowOptions {
  /** Positions from one stop to the next. */
  stride?: number;
  /** Positions put at both ends. */
  padding?: number;
  /** Distance between neighbouring positions of the window. */
  dilation?: number;
}

/** How a pooling window moves along a sequence. */
export interface SequencePoolOptions extends SequenceWindowOptions {
  /** Let a last window hang over the end instead of dropping its positions, if it begins inside. False unless given. */
  ceilMode?: boolean;
}

/** Sequences as (N, C, L), in the words of `op`. */
export function requireSequences(op: string, shape: Shape): void {
  if (shape.length !== 3) {
    const wayOut =
      shape.length === 2
        ? "add the batch dimension with unsqueeze(0)"
        : "reshape to sample, channel, position";
    const expected = "x as (N, C, L)";
    throw new ShapeError(op, expected, formatShape(shape), wayOut, { expected, actual: formatBatch(shape) });
  }
}

/** A single whole number, where an op on images would take a pair as well. */
export function single(op: string, name: string, value: number, smallest: number): number {
  if (!Number.isInteger(value) || value < smallest) {
    throw rangeError(op, `${name} as a whole number ≥ ${smallest}`, describe(value));
  }
  return value;
}

/** A window that fits into the padded sequence, in the words of `op`. */
export function requireSequenceWindow(
  op: string,
  shape: Shape,
  kernelSize: number,
  padding: number,
  dilation: number,
  overhang: number = 0,
): void {
  if (outputSize(shape[2] + overhang, kernelSize, 1, 2 * padding, dilation) < 1) {
    const least = `sequences of at least ${dilation * (kernelSize - 1) + 1} positions, padding included`;
    throw new ShapeError(
      op,
      `${least}, for a window of ${kernelSize}`,
      `${formatShape(shape)} with padding ${padding} at both ends`,
      "use a smaller window, more padding, or one pooling layer less before it",
      { expected: least, actual: formatBatch(shape) },
    );
  }
}

/** The window of a pooling op on sequences, as the 2-D op on images of one row takes it. */
export function sequencePool(
  op: string,
  shape: Shape,
  kernelSize: number,
  options: SequencePoolOptions,
): {
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
  ceilMode: boolean;
} {
  requireSequences(op, shape);
  const kernel = single(op, "kernelSize", kernelSize, 1);
  const stride = single(op, "stride", options.stride ?? kernel, 1);
  const padding = single(op, "padding", options.padding ?? 0, 0);
  const dilation = single(op, "dilation", options.dilation ?? 1, 1);
  if (padding > kernel / 2) {
    throw rangeError(
      op,
      `padding of at most ${Math.floor(kernel / 2)}, half the window`,
      String(padding),
      "a window that lies on padding alone would have nothing to pool",
    );
  }
  const { ceilMode = false } = options;
  requireSequenceWindow(op, shape, kernel, padding, dilation, ceilMode ? stride - 1 : 0);
  return {
    kernel: [1, kernel],
    stride: [1, stride],
    padding: [0, padding],
    dilation: [1, dilation],
    ceilMode,
  };
}
