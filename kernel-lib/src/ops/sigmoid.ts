import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { asFloat, requireTensor } from "./operands.js";
import { to } from "./to.js";
/**
 * Squeeze each value into 0 … 1: 1 / (1 + e⁻ˣ).
 *
 * @param x any shape; whole numbers are taken as float32
 * @returns the same shape
 */
export function sigmoid(x: Tensor): Tensor {
  requireTensor("sigmoid", "x", x);
  const input = to(x, asFloat(x));
  const out = backend.current.unary("sigmoid", input);
  return record(
    "sigmoid",
    out,
    [input],
    [(gradOut) => gradOut.mul(out.detach()).mul(out.detach().neg().add(1))],
  );
}
