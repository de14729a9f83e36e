import type { Shape } from "../../tensor/shape.js";

/** What to do with one row of the result: it starts at `to`; each input has its own start and step. */
type RowBody = (to: number, length: number, from: readonly number[], steps: readonly number[]) => void;

/**
 * Walk over `shape` row by row in storage order, keeping the place in several inputs at once.
 * The innermost dimension is left to `body`, so that the inner loop is a plain one; dimensions that every input
 * walks through evenly are joined first, so that it is a long one.
 */
export function forEachRow(shape: Shape, strides: readonly (readonly number[])[], body: RowBody): void {
  const joined = joinDims(shape, strides);
  const inner = joined.shape.length - 1;
  const length = joined.shape[inner];
  const steps = joined.strides.map((stride) => stride[inner]);
  const rows = joined.shape.slice(0, inner).reduce((product, size) => product * size, 1);
  const place = new Array<number>(inner).fill(0);
  const from = strides.map(() => 0);
  if (length === 0) return;
  for (let row = 0; row < rows; row++) {
    body(row * length, length, from, steps);
    for (let dim = inner - 1; dim >= 0; dim--) {
      place[dim]++;
      for (let input = 0; input < from.length; input++) from[input] += joined.strides[input][dim];
      if (place[dim] < joined.shape[dim]) break;
      for (let input = 0; input < from.length; input++) {
        from[input] -= joined.strides[input][dim] * joined.shape[dim];
      }
      place[dim] = 0;
    }
  }
}

/** The same walk with fewer dimensions: neighbours become one where each input's outer step is a whole inner walk. */
export function joinDims(
  shape: Shape,
  strides: readonly (readonly number[])[],
): { shape: number[]; strides: number[][] } {
  const out = { shape: [1], strides: strides.map(() => [0]) };
  shape.forEach((size, dim) => {
    if (size === 1) return;
    const last = out.shape.length - 1;
    const even = strides.every((stride, input) => out.strides[input][last] === stride[dim] * size);
    if (out.shape[last] === 1 || even) {
      out.shape[last] *= size;
      strides.forEach((stride, input) => (out.strides[input][last] = stride[dim]));
    } else {
      out.shape.push(size);
      strides.forEach((stride, input) => out.strides[input].push(stride[dim]));
    }
  });
  return out;
}
