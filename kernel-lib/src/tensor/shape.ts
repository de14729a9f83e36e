import { describe, rangeError, ShapeError } from "./errors.js";

/** Sizes of a tensor's dimensions, outermost first; `[]` is a single number. */
export type Shape = readonly number[];

/** How many values a tensor of this shape holds. */
export function numelOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** How far apart neighbours along each dimension lie in row-major storage. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let dim = shape.length - 1, step = 1; dim >= 0; dim--) {
    strides[dim] = step;
    step *= shape[dim];
  }
  return strides;
}

/** A shape in words: `(2, 3)`, `(5,)` as Python writes it, `()` for a single number. */
export function formatShape(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** The shape of a batch where its size does not matter: `(N, 3, 28, 28)`. */
export function formatBatch([, ...sample]: Shape): string {
  return sample.length === 0 ? "(N,)" : `(N, ${sample.join(", ")})`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, dim) => size === b[dim]);
}

/** `dim` counted from the front, where −1 is the last dimension. */
export function normalizeDim(op: string, dim: number, ndim: number): number {
  const range = Math.max(ndim, 1); // a single number has no dimension, but PyTorch lets 0 and −1 pass
  if (!Number.isInteger(dim) || dim < -range || dim >= range) {
    throw rangeError(
      op,
      `a dimension from ${-range} to ${range - 1}`,
      describe(dim),
      `the tensor has ${ndim} dimension${ndim === 1 ? "" : "s"}`,
    );
  }
  return dim < 0 ? dim + range : dim;
}

/** `normalizeDim` for ops that make no sense on a single number. */
export function existingDim(op: string, dim: number, shape: Shape): number {
  if (shape.length === 0) {
    throw new ShapeError(op, "a tensor with at least one dimension", "()", "reshape(1) gives it one");
  }
  return normalizeDim(op, dim, shape.length);
}

/**
 * The shape in which `a` and `b` meet: sizes are compared from the last dimension,
 * and a size of 1 (or a missing one) stretches. The rule of NumPy and PyTorch.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const ndim = Math.max(a.length, b.length);
  const out = new Array<number>(ndim);
  for (let back = 1; back <= ndim; back++) {
    const sizeA = a[a.length - back] ?? 1;
    const sizeB = b[b.length - back] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new ShapeError(
        op,
        "shapes that broadcast (equal sizes, or 1, counted from the last dimension)",
        `${formatShape(a)} and ${formatShape(b)}`,
        `dimension −${back} has ${sizeA} against ${sizeB}: reshape or unsqueeze one of them`,
      );
    }
    out[ndim - back] = sizeA === 1 ? sizeB : sizeA;
  }
  return out;
}

/** Strides with which a tensor of shape `from` is read as if it had shape `to`. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const strides = rowMajorStrides(from);
  const missing = to.length - from.length;
  return to.map((size, dim) => (dim < missing || from[dim - missing] !== size ? 0 : strides[dim - missing]));
}

/** A height and a width from one number or a pair. */
export function pair(
  op: string,
  name: string,
  value: number | readonly number[],
  smallest: number,
): [number, number] {
  const sizes = typeof value === "number" ? [value, value] : Array.isArray(value) ? [...value] : [];
  if (sizes.length !== 2 || !sizes.every((size) => Number.isInteger(size) && size >= smallest)) {
    throw rangeError(
      op,
      `${name} as a whole number ≥ ${smallest} or a pair of them`,
      Array.isArray(value) ? `[${value.join(", ")}]` : describe(value),
    );
  }
  return [sizes[0], sizes[1]];
}
