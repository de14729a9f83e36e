import { backend } from "../backend/index.js";
import type { ReduceOptions, Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";
import { dropDims, reduceDims } from "./reduceDims.js";

/**
 * Whether every value differs from 0: over all dimensions, or the given ones. The result is bool, and as in PyTorch
 * uint8 for a uint8 tensor.
 *
 * @param dim dimension or dimensions to look along
 * @returns a single answer, or one for each place of the other dimensions (with size 1 for `dim` for `keepdim`)
 * @throws {RangeError} if there is no such dimension
 */
export function all(x: Tensor, dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
  return holds("all", "prod", x, dim, options);
}

/** Whether any value differs from 0; everything else as in `all`. */
export function any(x: Tensor, dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
  return holds("any", "max", x, dim, options);
}

function holds(
  op: string,
  reduction: "prod" | "max",
  x: Tensor,
  dim: number | readonly number[] | undefined,
  options: ReduceOptions,
): Tensor {
  requireTensor(op, "x", x);
  const truth = backend.current.cast(x, "bool");
  const dims = Array.isArray(dim) && dim.length === 0 ? [] : reduceDims(op, x, dim); // of none, none: here PyTorch differs from sum
  const out = dropDims(backend.current.reduce(reduction, truth, dims), dims, options.keepdim);
  return x.dtype === "uint8" ? out.to("uint8") : out;
}
