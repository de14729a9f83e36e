import type { TypedArray } from "../../../tensor/dtype.js";
import { broadcastStrides, sameShape, type Shape } from "../../../tensor/shape.js";
import type { Tensor } from "../../../tensor/tensor.js";
import { joinDims } from "../../reference/rows.js";

/** Puts `count` values from number `start` on into `to`; stretches follow each other, and none is longer than the first. */
export type Feed = (to: TypedArray, start: number, count: number) => void;

/** Runs of values that are copied one by one: a call for each run would take longer. */
const SHORT = 24;

/** The values of a tensor as if it had `shape`, a stretch at a time. */
export function feedFrom(x: Tensor, shape: Shape): Feed {
  const values = x.storage;
  if (sameShape(x.shape, shape)) return (to, start, count) => to.set(values.subarray(start, start + count));
  if (x.numel === 1)
    return (to, start, count) => {
      if (start === 0) to.fill(values[0], 0, count);
    };
  return rows(x, shape);
}

/** Row by row, a row being the values of `x` themselves, or one of them again and again. */
function rows(x: Tensor, shape: Shape): Feed {
  const values = x.storage;
  const joined = joinDims(shape, [broadcastStrides(x.shape, shape)]);
  const [strides] = joined.strides;
  const inner = strides.length - 1;
  const [length, step] = [joined.shape[inner], strides[inner]];
  const rowStart = (row: number): number => {
    let start = 0;
    for (let dim = inner - 1, rest = row; dim >= 0; dim--) {
      const size = joined.shape[dim];
      start += (rest % size) * strides[dim];
      rest = Math.floor(rest / size);
    }
    return start;
  };
  return (to, start, count) => {
    let row = Math.floor(start / length);
    let place = start - row * length;
    for (let done = 0; done < count; row++, place = 0) {
      const run = Math.min(length - place, count - done);
      const from = rowStart(row) + place * step;
      if (run < SHORT) for (let i = 0; i < run; i++) to[done + i] = values[from + i * step];
      else if (step === 0) to.fill(values[from], done, done + run);
      else to.set(values.subarray(from, from + run), done);
      done += run;
    }
  };
}
