import { rangeError } from "../tensor/errors.js";
import { normalizeDim } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/** The dimensions that a reduction runs over: all of them unless some are named; of an empty list all, as in PyTorch. */
export function reduceDims(op: string, x: Tensor, dim?: number | readonly number[]): number[] {
  const dims = [dim ?? []].flat() as number[];
  if (dims.length === 0) return x.shape.map((_, d) => d);
  const places = dims.map((d) => normalizeDim(op, d, x.ndim)).filter((d) => d < x.ndim);
  if (new Set(places).size < places.length) {
    throw rangeError(op, "each dimension at most once", `[${dims.join(", ")}]`);
  }
  return places;
}

/** Drop the dimensions that a reduction left with size 1, unless they are to be kept. */
export function dropDims(reduced: Tensor, dims: readonly number[], keepdim?: boolean): Tensor {
  const shape = keepdim ? reduced.shape : reduced.shape.filter((_, dim) => !dims.includes(dim));
  return new Tensor(reduced.storage, shape, reduced.dtype);
}

/** Bring a reduced tensor back to a form that broadcasts against the input. */
export function restoreDims(reduced: Tensor, like: Tensor, dims: readonly number[]): Tensor {
  const shape = like.shape.map((size, dim) => (dims.includes(dim) ? 1 : size));
  return new Tensor(reduced.storage, shape, reduced.dtype);
}
