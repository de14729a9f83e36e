import type { Shape } from "../../tensor/shape.js";

/** What to do with one row of the result: it starts at `to`; each input has its own start and step. */
type RowBody = (to: number, length: number, from: readonly number[], steps: readonly number[]) => void;

/**
 * Walk over `shape` row by row in storage order, keeping the place in several inputs at once.
 * The innermost dimension is left to `body`, so that the inner loop is a plain one.
 */
export function forEachRow(shape: Shape, strides: readonly (readonly number[])[], body: RowBody): void {
  const inner = shape.length - 1;
  const length = inner < 0 ? 1 : shape[inner];
  const steps = strides.map((stride) => (inner < 0 ? 0 : stride[inner]));
  const rows = shape.slice(0, Math.max(inner, 0)).reduce((product, size) => product * size, 1);
  const place = new Array<number>(Math.max(inner, 0)).fill(0);
  const from = strides.map(() => 0);
  if (length === 0) return;
  for (let row = 0; row < rows; row++) {
    body(row * length, length, from, steps);
    for (let dim = inner - 1; dim >= 0; dim--) {
      place[dim]++;
      strides.forEach((stride, input) => (from[input] += stride[dim]));
      if (place[dim] < shape[dim]) break;
      strides.forEach((stride, input) => (from[input] -= stride[dim] * shape[dim]));
      place[dim] = 0;
    }
  }
}
