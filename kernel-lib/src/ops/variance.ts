import type { ReduceOptions, Tensor } from "../tensor/tensor.js";
import { mean } from "./mean.js";
import { requireFloat } from "./operands.js";
import { reduceDims } from "./reduceDims.js";
import { sqrt } from "./sqrt.js";
import { sum } from "./sum.js";

export interface VarOptions extends ReduceOptions {
  /** How much to take off the count: 1 (the default) for a sample's estimate, 0 for the plain average. */
  correction?: number;
}

/**
 * How far the values scatter: the average squared distance from the mean.
 * As in PyTorch the sum is divided by count − 1 unless `correction` says otherwise.
 *
 * @param dim dimension or dimensions to run over
 * @returns a single number, or `x` without those dimensions (with size 1 in their place for `keepdim`)
 */
export function variance(x: Tensor, dim?: number | readonly number[], options: VarOptions = {}): Tensor {
  requireFloat("var", "x", x);
  const { correction = 1, keepdim } = options;
  const dims = reduceDims("var", x, dim);
  const count = dims.reduce((product, d) => product * x.shape[d], 1);
  const distance = x.sub(mean(x, dims, { keepdim: true }));
  return sum(distance.mul(distance), dims, { keepdim }).div(Math.max(0, count - correction));
}

/** The square root of the variance; options and result as there. */
export function std(x: Tensor, dim?: number | readonly number[], options: VarOptions = {}): Tensor {
  return sqrt(variance(x, dim, options));
}
