import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { asFloat, requireTensor } from "./operands.js";
import { to } from "./to.js";
/**
 * e raised to each value.
 *
 * @param x any shape; whole numbers are taken as float32
 * @returns the same shape
 */
export function exp(x: Tensor): Tensor {
  requireTensor("exp", "x", x);
  const input = to(x, asFloat(x));
  const out = backend.current.unary("exp", input);
  return record("exp", out, [input], [(gradOut) => gradOut.mul(out.detach())]);
}
