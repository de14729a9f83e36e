import { record } from "../autograd/record.js";
import { noGrad } from "../autograd/gradMode.js";
import type { ReduceOptions, Tensor } from "../tensor/tensor.js";
import { mean } from "./mean.js";
import { requireFloat } from "./operands.js";
import { reduceDims, restoreDims } from "./reduceDims.js";
import { sqrt } from "./sqrt.js";
import { sum } from "./sum.js";
import { where } from "./where.js";

export interface VarOptions extends ReduceOptions {
  /** How much to take off the count: 1 (the default) for a sample's estimate, 0 for the plain average. */
  correction?: number;
  /** An older way to say it: true for correction 1, false for 0. */
  unbiased?: boolean;
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
  const { out, dims, slope } = scatter("var", x, dim, options);
  return record("var", out, [x], [(gradOut) => slope.mul(restoreDims(gradOut, x, dims))]);
}

/** The square root of the variance; options and result as there. Where nothing scatters the gradient is taken as 0. */
export function std(x: Tensor, dim?: number | readonly number[], options: VarOptions = {}): Tensor {
  requireFloat("std", "x", x);
  const { out, dims, slope } = scatter("std", x, dim, options);
  const root = noGrad(() => sqrt(out));
  const passed = (gradOut: Tensor): Tensor => where(root.eq(0), 0, gradOut.div(root.mul(2)));
  return record("std", root, [x], [(gradOut) => slope.mul(restoreDims(passed(gradOut), x, dims))]);
}

/** The variance, the dimensions it ran over, and its slope for each value: 2 · distance / (count − correction). */
function scatter(
  op: string,
  x: Tensor,
  dim: number | readonly number[] | undefined,
  options: VarOptions,
): { out: Tensor; dims: number[]; slope: Tensor } {
  const { keepdim, unbiased = true, correction = unbiased ? 1 : 0 } = options;
  const dims = reduceDims(op, x, dim);
  const count = dims.reduce((product, d) => product * x.shape[d], 1);
  const free = Math.max(0, count - correction);
  return noGrad(() => {
    const distance = x.sub(mean(x, dims, { keepdim: true }));
    const out = sum(distance.mul(distance), dims, { keepdim }).div(free);
    return { out, dims, slope: distance.mul(2 / free) };
  });
}
