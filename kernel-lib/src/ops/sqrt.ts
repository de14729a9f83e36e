import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { asFloat, requireTensor } from "./operands.js";
import { to } from "./to.js";
/**
 * Square root of each value: nan below 0.
 *
 * @param x any shape; whole numbers are taken as float32
 * @returns the same shape
 */
export function sqrt(x: Tensor): Tensor {
  requireTensor("sqrt", "x", x);
  const input = to(x, asFloat(x));
  const out = backend.current.unary("sqrt", input);
  return record("sqrt", out, [input], [(gradOut) => gradOut.div(out.detach().mul(2))]);
}
