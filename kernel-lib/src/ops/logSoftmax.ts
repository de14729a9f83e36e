import { noGrad } from "../autograd/gradMode.js";
import { record } from "../autograd/record.js";
import { normalizeDim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";

/**
 * The logarithm of softmax, computed in one go: it stays exact where softmax itself would round to 0.
 *
 * @param x   any shape
 * @param dim along which the probabilities add up to 1
 * @returns the same shape
 * @throws {RangeError} if there is no such dimension
 */
export function logSoftmax(x: Tensor, dim: number): Tensor {
  requireFloat("logSoftmax", "x", x);
  const d = normalizeDim("logSoftmax", dim, x.ndim);
  if (x.ndim === 0) return logSoftmax(x.reshape(1), 0).reshape();
  if (x.numel === 0) return x.clone();
  const out = noGrad(() => {
    const shifted = x.sub(x.max(d, { keepdim: true }));
    return shifted.sub(shifted.exp().sum(d, { keepdim: true }).log());
  });
  return record(
    "logSoftmax",
    out,
    [x],
    [
      (gradOut) =>
        gradOut.sub(
          out
            .detach()
            .exp()
            .mul(gradOut.sum(d, { keepdim: true })),
        ),
    ],
  );
}
