import type { TypedArray } from "../../tensor/dtype.js";

/** A matrix within an array: where it starts, and the steps to the next row and to the next column. */
export interface Factor {
  values: TypedArray;
  start: number;
  rowStep: number;
  columnStep: number;
}

/*
 * Matrix products that convolution is made of. Four terms are added in one go, so that each sum is loaded and stored a
 * quarter as often: about twice as fast as one by one.
 */

/** out (rows, columns) += a (rows, inner) · b (inner, columns); `out` and `b` are row-major. */
export function addProduct(
  out: Float64Array,
  a: Factor,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    const to = row * columns;
    let at = a.start + row * a.rowStep;
    let k = 0;
    for (; k + 4 <= inner; k += 4, at += 4 * a.columnStep) {
      const [w0, w1] = [a.values[at], a.values[at + a.columnStep]];
      const [w2, w3] = [a.values[at + 2 * a.columnStep], a.values[at + 3 * a.columnStep]];
      const b0 = k * columns;
      const b1 = b0 + columns;
      const b2 = b1 + columns;
      const b3 = b2 + columns;
      for (let i = 0; i < columns; i++) {
        out[to + i] += w0 * b[b0 + i] + w1 * b[b1 + i] + w2 * b[b2 + i] + w3 * b[b3 + i];
      }
    }
    for (; k < inner; k++, at += a.columnStep) {
      const w = a.values[at];
      for (let i = 0; i < columns; i++) out[to + i] += w * b[k * columns + i];
    }
  }
}

/** out (rows, columns) += a (rows, inner) · bᵀ (inner, columns), all row-major: a dot product of two rows each. */
export function addProductTransposed(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * inner;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      const b0 = column * inner;
      const b1 = b0 + inner;
      const b2 = b1 + inner;
      const b3 = b2 + inner;
      for (let k = 0; k < inner; k++) {
        const value = a[from + k];
        s0 += value * b[b0 + k];
        s1 += value * b[b1 + k];
        s2 += value * b[b2 + k];
        s3 += value * b[b3 + k];
      }
      const to = row * columns + column;
      out[to] += s0;
      out[to + 1] += s1;
      out[to + 2] += s2;
      out[to + 3] += s3;
    }
    for (; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[from + k] * b[column * inner + k];
      out[row * columns + column] += sum;
    }
  }
}
