import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";

/**
 * −1, 0 or 1 for each value. A step has slope 0, so that is its gradient.
 *
 * @param x any shape
 * @returns the same shape
 */
export function sign(x: Tensor): Tensor {
  requireTensor("sign", "x", x);
  const out = backend.current.unary("sign", x);
  return record("sign", out, [x], [(gradOut) => gradOut.mul(0)]);
}
