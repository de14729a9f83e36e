import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";

/**
 * Keep what is positive, put 0 for the rest. At 0 the gradient is taken as 0, as in PyTorch.
 *
 * @param x any shape
 * @returns the same shape
 */
export function relu(x: Tensor): Tensor {
  requireTensor("relu", "x", x);
  const out = backend.current.unary("relu", x);
  return record("relu", out, [x], [(gradOut) => backend.current.reluGradInput(gradOut, out)]);
}
