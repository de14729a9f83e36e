import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { rangeError } from "../tensor/errors.js";
import { formatShape, normalizeDim } from "../tensor/shape.js";
import type { ReduceOptions, Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";
import { dropDims, reduceDims, restoreDims } from "./reduceDims.js";

/**
 * The largest value of all, or the largest along one dimension.
 * PyTorch's `max(dim)` gives a pair of values and positions; here the positions are what `argmax(dim)` gives.
 * With `dim` the gradient goes to the first winner; without, equal winners share it. Both as in PyTorch.
 *
 * @param dim dimension to run over
 * @returns a single number, or `x` without that dimension (with size 1 in its place for `keepdim`)
 * @throws {RangeError} if there is no value to choose from
 */
export function max(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  return extremum("max", x, dim, options);
}

/** The smallest value; everything else as in `max`. */
export function min(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  return extremum("min", x, dim, options);
}

/**
 * Where the largest value stands: its position along `dim`, or in row-major order without one. The first of equals.
 *
 * @returns int32, shaped as the result of `max`
 */
export function argmax(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  return argExtremum("max", x, dim, options);
}

/** Where the smallest value stands; everything else as in `argmax`. */
export function argmin(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  return argExtremum("min", x, dim, options);
}

function extremum(op: "max" | "min", x: Tensor, dim: number | undefined, options: ReduceOptions): Tensor {
  requireChoice(op, x, dim);
  const dims = reduceDims(op, x, dim);
  const out = dropDims(backend.current.reduce(op, x, dims), dims, options.keepdim);
  const toWinners = (gradOut: Tensor): Tensor => {
    const top = restoreDims(out, x, dims);
    const winners = (Number.isNaN(out.item()) ? x.ne(x) : x.eq(top)).to(gradOut.dtype); // nan equals nothing
    return winners.mul(restoreDims(gradOut, x, dims)).div(winners.sum());
  };
  const toFirst = (gradOut: Tensor): Tensor => {
    const winner = backend.current.argReduce(op, x, dims[0]);
    return backend.current.scatterAdd(restoreDims(gradOut, x, dims), dims[0], winner, x.shape);
  };
  return record(op, out, [x], [dim === undefined || dims.length === 0 ? toWinners : toFirst]);
}

function argExtremum(op: "max" | "min", x: Tensor, dim: number | undefined, options: ReduceOptions): Tensor {
  const name = `arg${op}`;
  requireChoice(name, x, dim);
  if (dim === undefined || x.ndim === 0) {
    const place = backend.current.argReduce(op, x.detach().reshape(-1), 0);
    return place.reshape(...(options.keepdim ? x.shape.map(() => 1) : []));
  }
  const d = normalizeDim(name, dim, x.ndim);
  return dropDims(backend.current.argReduce(op, x, d), [d], options.keepdim);
}

function requireChoice(op: string, x: Tensor, dim: number | undefined): void {
  requireTensor(op, "x", x);
  const dims = reduceDims(op, x, dim);
  if (dims.some((d) => x.shape[d] === 0)) {
    throw rangeError(op, "at least one value to choose from", `shape ${formatShape(x.shape)}`);
  }
}
