import type { ReduceOptions, Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { reduceDims } from "./reduceDims.js";
import { sum } from "./sum.js";

/**
 * The average over all dimensions, or over the given ones; nan where there is nothing to average.
 *
 * @param dim dimension or dimensions to average over
 * @returns a single number, or `x` without those dimensions (with size 1 in their place for `keepdim`)
 * @throws {TypeError} for whole numbers, as in PyTorch
 */
export function mean(x: Tensor, dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
  requireFloat("mean", "x", x);
  const count = reduceDims("mean", x, dim).reduce((product, d) => product * x.shape[d], 1);
  return sum(x, dim, options).div(count);
}
