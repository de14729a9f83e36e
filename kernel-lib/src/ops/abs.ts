import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";

/**
 * Distance of each value from 0. At 0 the gradient is taken as 0.
 *
 * @param x any shape
 * @returns the same shape
 */
export function abs(x: Tensor): Tensor {
  requireTensor("abs", "x", x);
  const out = backend.current.unary("abs", x);
  return record("abs", out, [x], [(gradOut) => gradOut.mul(x.sign())]);
}
