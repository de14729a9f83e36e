import { rowMajorStrides } from "../../tensor/shape.js";
import { emptyTensor, type Tensor } from "../../tensor/tensor.js";
import type { ReduceOp } from "../backend.js";
import { forEachRow } from "./rows.js";

const START: Record<ReduceOp, number> = { sum: 0, prod: 1, max: -Infinity, min: Infinity };
const COMBINE: Record<ReduceOp, (sofar: number, x: number) => number> = {
  sum: (sofar, x) => sofar + x,
  prod: (sofar, x) => sofar * x,
  max: Math.max, // both pass NaN on
  min: Math.min,
};

export function reduce(op: ReduceOp, x: Tensor, dims: readonly number[]): Tensor {
  const combine = COMBINE[op];
  const outShape = x.shape.map((size, dim) => (dims.includes(dim) ? 1 : size));
  const out = emptyTensor(outShape, x.dtype);
  const sums = new Float64Array(out.storage.length).fill(START[op]); // wider than float32, so order matters little
  const strides = rowMajorStrides(outShape).map((stride, dim) => (dims.includes(dim) ? 0 : stride));
  const values = x.storage;
  forEachRow(x.shape, [strides], (from, length, [to], [step]) => {
    if (step === 0) {
      let sofar = sums[to];
      for (let i = 0; i < length; i++) sofar = combine(sofar, values[from + i]);
      sums[to] = sofar;
    } else {
      for (let i = 0; i < length; i++) sums[to + i * step] = combine(sums[to + i * step], values[from + i]);
    }
  });
  out.storage.set(sums);
  return out;
}

export function argReduce(op: "max" | "min", x: Tensor, dim: number): Tensor {
  const size = x.shape[dim];
  const inner = x.shape.slice(dim + 1).reduce((product, length) => product * length, 1);
  const outShape = x.shape.map((length, d) => (d === dim ? 1 : length));
  const out = emptyTensor(outShape, "int32");
  const sign = op === "max" ? 1 : -1;
  for (let place = 0; place < out.storage.length; place++) {
    const start = Math.floor(place / inner) * inner * size + (place % inner);
    let best = 0;
    for (let i = 0; i < size; i++) {
      const value = x.storage[start + i * inner];
      const champion = x.storage[start + best * inner];
      if (Number.isNaN(champion)) break; // the first NaN wins, as in PyTorch
      if (sign * value > sign * champion || Number.isNaN(value)) best = i;
    }
    out.storage[place] = best;
  }
  return out;
}
