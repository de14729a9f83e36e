import { noGrad } from "../autograd/gradMode.js";
import { record } from "../autograd/record.js";
import { normalizeDim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";

/**
 * Turn scores into probabilities along one dimension: positive, adding up to 1, in the same order.
 * The largest score is subtracted first, so that large scores do not overflow.
 *
 * @param x   any shape
 * @param dim along which the probabilities add up to 1
 * @returns the same shape
 * @throws {RangeError} if there is no such dimension
 */
export function softmax(x: Tensor, dim: number): Tensor {
  requireFloat("softmax", "x", x);
  const d = normalizeDim("softmax", dim, x.ndim);
  if (x.ndim === 0) return softmax(x.reshape(1), 0).reshape();
  if (x.numel === 0) return x.clone();
  const out = noGrad(() => {
    const powers = x.sub(x.max(d, { keepdim: true })).exp();
    return powers.div(powers.sum(d, { keepdim: true }));
  });
  // Raising one probability lowers the others: p ⊙ (g − Σ g ⊙ p)
  return record(
    "softmax",
    out,
    [x],
    [(gradOut) => out.detach().mul(gradOut.sub(gradOut.mul(out.detach()).sum(d, { keepdim: true })))],
  );
}
