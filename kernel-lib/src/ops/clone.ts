import { record } from "../autograd/record.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * A copy with storage of its own; gradients flow through it.
 *
 * @param x any shape
 * @returns the same shape
 */
export function clone(x: Tensor): Tensor {
  return record("clone", new Tensor(x.data, x.shape, x.dtype), [x], [(gradOut) => gradOut]);
}
