import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { asFloat, requireTensor } from "./operands.js";
import { to } from "./to.js";
/**
 * Natural logarithm of each value: −inf at 0, nan below.
 *
 * @param x any shape; whole numbers are taken as float32
 * @returns the same shape
 */
export function log(x: Tensor): Tensor {
  requireTensor("log", "x", x);
  const input = to(x, asFloat(x));
  const out = backend.current.unary("log", input);
  return record("log", out, [input], [(gradOut) => gradOut.div(input)]);
}
