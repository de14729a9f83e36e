import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { isFloat } from "../tensor/dtype.js";
import { rowMajorStrides } from "../tensor/shape.js";
import { emptyTensor, type ReduceOptions, type Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";
import { dropDims, reduceDims, restoreDims } from "./reduceDims.js";

/**
 * Multiply the values of all dimensions, or along one. Its gradient is the product of all the others,
 * computed as such, so that zeros do no harm.
 *
 * @param dim dimension to multiply over
 * @returns a single number, or `x` without that dimension (with size 1 in its place for `keepdim`)
 */
export function prod(x: Tensor, dim?: number, options: ReduceOptions = {}): Tensor {
  requireTensor("prod", "x", x);
  const input = isFloat(x.dtype) ? x : x.to("int32");
  const dims = reduceDims("prod", input, dim);
  const out = dropDims(backend.current.reduce("prod", input, dims), dims, options.keepdim);
  return record("prod", out, [x], [(gradOut) => productOfOthers(x, dims).mul(restoreDims(gradOut, x, dims))]);
}

function productOfOthers(x: Tensor, dims: readonly number[]): Tensor {
  const out = emptyTensor(x.shape, x.dtype);
  const strides = rowMajorStrides(x.shape);
  const groups = new Map<number, number[]>(); // offsets that are multiplied together, by what they share
  for (let i = 0; i < x.numel; i++) {
    const key = dims.reduce((rest, d) => rest - (Math.floor(i / strides[d]) % x.shape[d]) * strides[d], i);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  for (const members of groups.values()) {
    const before = [1];
    members.forEach((at, i) => before.push(before[i] * x.storage[at]));
    members.reduceRight((after, at, i) => {
      out.storage[at] = before[i] * after;
      return after * x.storage[at];
    }, 1);
  }
  return out;
}
