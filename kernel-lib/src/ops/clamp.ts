import { record } from "../autograd/record.js";
import { noGrad } from "../autograd/gradMode.js";
import { rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { maximum } from "./maximum.js";
import { minimum } from "./minimum.js";
import { requireTensor } from "./operands.js";

/**
 * Push each value into the range from `min` to `max`. Values at or inside the border pass the gradient, others stop it.
 *
 * @param x   any shape
 * @param min smallest value to keep, or `undefined` for none
 * @param max largest value to keep, or `undefined` for none
 * @returns the same shape
 * @throws {RangeError} if neither is given
 */
export function clamp(x: Tensor, min?: number, max?: number): Tensor {
  requireTensor("clamp", "x", x);
  if (min === undefined && max === undefined) {
    throw rangeError("clamp", "a smallest or a largest value", "neither", "write clamp(min, max)");
  }
  const out = noGrad(() => {
    const raised = min === undefined ? x : maximum(x, min);
    return max === undefined ? raised : minimum(raised, max);
  });
  const inside = (): Tensor => x.ge(min ?? -Infinity).mul(x.le(max ?? Infinity));
  return record(
    "clamp",
    out === x ? x.clone() : out,
    [x],
    [(gradOut) => gradOut.mul(inside().to(gradOut.dtype))],
  );
}
