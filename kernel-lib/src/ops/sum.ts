import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { isFloat } from "../tensor/dtype.js";
import type { ReduceOptions, Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";
import { dropDims, reduceDims, restoreDims } from "./reduceDims.js";

/**
 * Add up the values of all dimensions, or of the given ones. Whole numbers add up to int32.
 *
 * @param dim dimension or dimensions to add over
 * @returns a single number, or `x` without those dimensions (with size 1 in their place for `keepdim`)
 */
export function sum(x: Tensor, dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
  requireTensor("sum", "x", x);
  const input = isFloat(x.dtype) ? x : x.to("int32");
  const dims = reduceDims("sum", input, dim);
  const out = dropDims(backend.current.reduce("sum", input, dims), dims, options.keepdim);
  return record("sum", out, [x], [(gradOut) => restoreDims(gradOut, x, dims).expand(...x.shape)]);
}
