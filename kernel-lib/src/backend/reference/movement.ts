import { numelOf, type Shape } from "../../tensor/shape.js";
import { emptyTensor, type Tensor } from "../../tensor/tensor.js";
import type { StridedView } from "../backend.js";
import { forEachRow } from "./rows.js";

export function read(x: Tensor, view: StridedView): Tensor {
  const out = emptyTensor(view.shape, x.dtype);
  const [o, values, { offset }] = [out.storage, x.storage, view];
  forEachRow(view.shape, [view.strides], (to, length, [from], [step]) => {
    for (let i = 0; i < length; i++) o[to + i] = values[offset + from + i * step];
  });
  return out;
}

export function write(out: Tensor, view: StridedView, source: Tensor): void {
  const [o, values, { offset }] = [out.storage, source.storage, view];
  forEachRow(view.shape, [view.strides], (from, length, [to], [step]) => {
    for (let i = 0; i < length; i++) o[offset + to + i * step] = values[from + i];
  });
}

export function accumulate(out: Tensor, view: StridedView, source: Tensor): void {
  const [o, values, { offset }] = [out.storage, source.storage, view];
  forEachRow(view.shape, [view.strides], (from, length, [to], [step]) => {
    for (let i = 0; i < length; i++) o[offset + to + i * step] += values[from + i];
  });
}

export function indexSelect(x: Tensor, dim: number, places: ArrayLike<number>): Tensor {
  const out = emptyTensor(
    x.shape.map((size, d) => (d === dim ? places.length : size)),
    x.dtype,
  );
  const length = numelOf(x.shape.slice(dim + 1)); // of a slice within one outer position: it lies in one piece
  const outer = numelOf(x.shape.slice(0, dim));
  for (let o = 0, to = 0; o < outer; o++) {
    for (let i = 0; i < places.length; i++, to += length) {
      const from = (o * x.shape[dim] + places[i]) * length;
      out.storage.set(x.storage.subarray(from, from + length), to);
    }
  }
  return out;
}

export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  const out = emptyTensor(index.shape, x.dtype);
  const place = placeOf(x.shape, index, dim);
  for (let i = 0; i < out.storage.length; i++) out.storage[i] = x.storage[place(i)];
  return out;
}

export function scatterAdd(source: Tensor, dim: number, index: Tensor, shape: Shape): Tensor {
  const out = emptyTensor(shape, source.dtype);
  const place = placeOf(shape, index, dim);
  for (let i = 0; i < source.storage.length; i++) out.storage[place(i)] += source.storage[i];
  return out;
}

/** From a position of `index` to the storage offset in `shape` that it names. */
function placeOf(shape: Shape, index: Tensor, dim: number): (i: number) => number {
  const steps = shape.map((_, d) => numelOf(shape.slice(d + 1)));
  const indexSteps = index.shape.map((_, d) => numelOf(index.shape.slice(d + 1)));
  return (i) => {
    let offset = index.storage[i] * steps[dim];
    for (let d = 0; d < shape.length; d++) {
      if (d !== dim) offset += (Math.floor(i / indexSteps[d]) % index.shape[d]) * steps[d];
    }
    return offset;
  };
}
