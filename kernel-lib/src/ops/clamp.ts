import { record } from "../autograd/record.js";
import { noGrad } from "../autograd/gradMode.js";
import { rangeError } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import { maximum } from "./maximum.js";
import { minimum } from "./minimum.js";
import { requireTensor, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";

/**
 * Push each value into the range from `min` to `max`. Values at or inside the border pass the gradient; of the others
 * the border hears it, where it is a tensor.
 *
 * @param x   any shape
 * @param min smallest value to keep: a number, a tensor that broadcasts with `x`, or `undefined` for none
 * @param max largest value to keep, likewise; where it lies below `min` it wins, as in PyTorch
 * @returns the broadcast shape
 * @throws {RangeError} if neither is given
 */
export function clamp(x: Tensor, min?: Operand, max?: Operand): Tensor {
  requireTensor("clamp", "x", x);
  if (min === undefined && max === undefined) {
    throw rangeError("clamp", "a smallest or a largest value", "neither", "write clamp(min, max)");
  }
  const out = noGrad(() => {
    const raised = min === undefined ? x : maximum(x, min);
    return max === undefined ? raised : minimum(raised, max);
  });
  const [low, high] = [min ?? -Infinity, max ?? Infinity];
  const borders = [min, max].map((border) => (border instanceof Tensor ? border : undefined));
  // Which of the three each value of the result came from: a value, `min` or `max`.
  const share = (gradOut: Tensor, from: Tensor, to: Tensor): Tensor =>
    sumTo(gradOut.mul(from.to(gradOut.dtype)), to);
  return record(
    "clamp",
    out,
    [x, ...borders],
    [
      (gradOut) => share(gradOut, x.ge(low).mul(x.le(high)), x),
      (gradOut) => share(gradOut, x.lt(low).mul(asTensor(low, x).lt(high)), low as Tensor),
      (gradOut) => share(gradOut, x.gt(high).add(asTensor(low, x).gt(high)), high as Tensor),
    ],
  );
}

function asTensor(border: Operand, x: Tensor): Tensor {
  return border instanceof Tensor ? border : x.mul(0).add(border);
}
