import { ShapeError, typeError, describe } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/** What plotting functions take for a list of numbers. */
export type Numbers = Tensor | readonly number[];

/** Numbers as a plain array. */
export function list(op: string, values: Numbers): number[] {
  if (values instanceof Tensor) return Array.from(values.storage);
  if (!Array.isArray(values)) throw typeError(op, "numbers in an array or a Tensor", describe(values));
  return [...values];
}

/** The rows of a matrix. */
export function matrix(op: string, x: Tensor | readonly (readonly number[])[]): number[][] {
  if (!(x instanceof Tensor)) return x.map((row) => [...row]);
  if (x.ndim !== 2)
    throw new ShapeError(op, "a matrix (rows, columns)", formatShape(x.shape), "pick one with at(…)");
  return (x.dtype === "bool" ? x.to("uint8") : x).toArray() as number[][];
}

/** One grey image as a matrix: (H, W), or (1, H, W) with its channel. */
export function plane(op: string, x: Tensor): number[][] {
  if (!(x instanceof Tensor)) throw typeError(op, "a Tensor", describe(x));
  if (x.ndim === 3 && x.shape[0] === 1) return matrix(op, x.detach().reshape(x.shape[1], x.shape[2]));
  if (x.ndim !== 2) {
    throw new ShapeError(
      op,
      "one image, (H, W) or (1, H, W)",
      formatShape(x.shape),
      "pick one with at(…), or use plot.images for several",
    );
  }
  return matrix(op, x);
}

/** The smallest and the largest of many numbers, nan and infinite ones left out. */
export function extent(values: Iterable<number | null>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

/** A number as it stands in a cell: at most two decimals, no useless zeros. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}
