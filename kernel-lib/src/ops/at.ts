import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { formatShape, rowMajorStrides } from "../tensor/shape.js";
import type { Index, Tensor } from "../tensor/tensor.js";
import { view } from "./view.js";

/**
 * Pick by position, as `x[…]` in Python: a whole number takes one position and drops the dimension, a range
 * `[start, stop, step]` keeps the dimension (`[]` is all of it, `null` an open end, negative numbers count from the
 * end), and `null` puts in a dimension of size 1. Dimensions that are not named are kept whole.
 *
 * @example
 * images.at(0, 2)             // third channel of the first image
 * images.at([], 0, [null, null, 2]) // first channel, every second row
 *
 * @returns as many dimensions as were kept or put in
 * @throws {RangeError} if a position lies outside
 * @throws {ShapeError} if more dimensions are named than there are
 */
export function at(x: Tensor, index: readonly Index[]): Tensor {
  const named = index.filter((step) => step !== null).length;
  if (named > x.ndim) {
    throw new ShapeError(
      "at",
      `at most ${x.ndim} positions for shape ${formatShape(x.shape)}`,
      String(named),
    );
  }
  const strides = rowMajorStrides(x.shape);
  const walk = { shape: [] as number[], strides: [] as number[], offset: 0 };
  let dim = 0;
  for (const step of index) {
    if (step === null) {
      walk.shape.push(1);
      walk.strides.push(0);
    } else if (typeof step === "number") {
      walk.offset += position(step, x.shape[dim], dim) * strides[dim];
      dim++;
    } else if (Array.isArray(step)) {
      const range = resolve(step as readonly (number | null)[], x.shape[dim]);
      walk.offset += range.start * strides[dim];
      walk.shape.push(range.length);
      walk.strides.push(range.step * strides[dim]);
      dim++;
    } else {
      throw typeError("at", "a whole number, a range [start, stop, step] or null", describe(step));
    }
  }
  walk.shape.push(...x.shape.slice(dim));
  walk.strides.push(...strides.slice(dim));
  return view("at", x, walk);
}

function position(place: number, size: number, dim: number): number {
  if (!Number.isInteger(place) || place < -size || place >= size) {
    throw rangeError("at", `a position from ${-size} to ${size - 1} in dimension ${dim}`, String(place));
  }
  return place < 0 ? place + size : place;
}

/** Python's rule for slices: open ends, negative positions, and everything pushed into the range. */
function resolve(
  range: readonly (number | null)[],
  size: number,
): { start: number; length: number; step: number } {
  const step = range[2] ?? 1;
  const whole = range.every((end) => end == null || Number.isInteger(end));
  if (!whole || step === 0) {
    throw rangeError("at", "[start, stop, step] in whole numbers, the step not 0", `[${range.join(", ")}]`);
  }
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const bound = (end: number | null | undefined, open: number): number =>
    end == null ? open : Math.min(Math.max(end < 0 ? end + size : end, lowest), highest);
  const start = bound(range[0], step > 0 ? 0 : size - 1);
  const stop = bound(range[1], step > 0 ? size : -1);
  return { start: Math.max(start, 0), length: Math.max(0, Math.ceil((stop - start) / step)), step };
}
