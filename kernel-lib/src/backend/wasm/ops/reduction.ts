import { rowMajorStrides } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import type { Backend, ReduceOp } from "../../backend.js";
import { forEachRow } from "../../reference/rows.js";
import { reference } from "../../reference/index.js";

/** How neighbours become one number, and how a row of numbers joins another. */
interface Reduction {
  readonly start: number;
  along(values: Float32Array, from: number, length: number): number;
  across(sofar: Float64Array, to: number, values: Float32Array, from: number, length: number): void;
  join(a: number, b: number): number;
}

/*
 * A loop for each, so that the engine knows what it computes. Four numbers are under way at a time: one alone would wait
 * for each addition to end before the next.
 */
const REDUCTIONS: Partial<Record<ReduceOp, Reduction>> = {
  sum: {
    start: 0,
    along(values, from, length) {
      let [a, b, c, d] = [0, 0, 0, 0];
      let i = 0;
      for (; i + 4 <= length; i += 4) {
        a += values[from + i];
        b += values[from + i + 1];
        c += values[from + i + 2];
        d += values[from + i + 3];
      }
      for (; i < length; i++) a += values[from + i];
      return a + b + (c + d);
    },
    across(sofar, to, values, from, length) {
      for (let i = 0; i < length; i++) sofar[to + i] += values[from + i];
    },
    join: (a, b) => a + b,
  },
  max: {
    start: -Infinity,
    along(values, from, length) {
      let best = -Infinity;
      for (let i = from; i < from + length; i++) best = Math.max(best, values[i]);
      return best;
    },
    across(sofar, to, values, from, length) {
      for (let i = 0; i < length; i++) sofar[to + i] = Math.max(sofar[to + i], values[from + i]);
    },
    join: Math.max,
  },
  min: {
    start: Infinity,
    along(values, from, length) {
      let best = Infinity;
      for (let i = from; i < from + length; i++) best = Math.min(best, values[i]);
      return best;
    },
    across(sofar, to, values, from, length) {
      for (let i = 0; i < length; i++) sofar[to + i] = Math.min(sofar[to + i], values[from + i]);
    },
    join: Math.min,
  },
};

/** Sums, largest and smallest values of float32, as the reference takes them: in float64. */
export const reductions: Pick<Backend, "reduce"> = {
  reduce(op, x, dims) {
    const reduction = REDUCTIONS[op];
    if (!reduction || x.dtype !== "float32") return reference.reduce(op, x, dims);
    const { start, along, across, join } = reduction;
    const outShape = x.shape.map((size, dim) => (dims.includes(dim) ? 1 : size));
    const strides = rowMajorStrides(outShape).map((stride, dim) => (dims.includes(dim) ? 0 : stride));
    const sofar = new Float64Array(outShape.reduce((product, size) => product * size, 1)).fill(start);
    const values = x.storage as Float32Array;
    forEachRow(x.shape, [strides], (from, length, [to], [step]) => {
      if (step === 0) sofar[to] = join(sofar[to], along(values, from, length));
      else across(sofar, to, values, from, length); // the innermost dimension stays, so its step is 1
    });
    return new Tensor(Float32Array.from(sofar), outShape, "float32");
  },
};
