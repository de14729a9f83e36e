import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireNumbers, requireTensor } from "./operands.js";

/**
 * Change the sign of each value.
 *
 * @param x any shape
 * @returns the same shape
 * @throws {TypeError} for a bool tensor
 */
export function neg(x: Tensor): Tensor {
  requireTensor("neg", "x", x);
  requireNumbers("neg", x.dtype);
  const out = backend.current.unary("neg", x);
  return record("neg", out, [x], [(gradOut) => gradOut.neg()]);
}
