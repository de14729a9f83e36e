import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { where } from "./where.js";

/**
 * As relu, but what is negative is kept on a small scale, so that its gradient never dies.
 *
 * @param x             any shape
 * @param negativeSlope factor for negative values, PyTorch's 0.01 unless given; also as `{ negativeSlope }`
 * @returns the same shape
 */
export function leakyRelu(x: Tensor, negativeSlope: number | { negativeSlope?: number } = 0.01): Tensor {
  requireFloat("leakyRelu", "x", x);
  const slope = typeof negativeSlope === "object" ? (negativeSlope.negativeSlope ?? 0.01) : negativeSlope;
  return where(x.detach().gt(0), x, x.mul(slope));
}
