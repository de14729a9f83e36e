import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";
import { shareOfWinner } from "./shareOfWinner.js";
import { sumTo } from "./sumTo.js";

/**
 * The larger of two, value by value; where they are equal each gets half of the gradient, as in PyTorch.
 *
 * @param x      tensor or number
 * @param y      tensor or number, of a shape that broadcasts with `x`
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 */
export function maximum(x: Operand, y: Operand): Tensor {
  const { a, b, dtype } = operands("maximum", x, y);
  const out = backend.current.binary("maximum", a, b, broadcastShapes("maximum", a.shape, b.shape), dtype);
  return record(
    "maximum",
    out,
    [a, b],
    [
      (gradOut) => sumTo(gradOut.mul(shareOfWinner(a, b)), a),
      (gradOut) => sumTo(gradOut.mul(shareOfWinner(b, a)), b),
    ],
  );
}
