import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";
import { shareOfWinner } from "./shareOfWinner.js";
import { sumTo } from "./sumTo.js";

/**
 * The smaller of two, value by value; where they are equal each gets half of the gradient, as in PyTorch.
 *
 * @param x      tensor or number
 * @param y      tensor or number, of a shape that broadcasts with `x`
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 */
export function minimum(x: Operand, y: Operand): Tensor {
  const { a, b, dtype } = operands("minimum", x, y);
  const out = backend.current.binary("minimum", a, b, broadcastShapes("minimum", a.shape, b.shape), dtype);
  return record(
    "minimum",
    out,
    [a, b],
    [
      (gradOut) => sumTo(gradOut.mul(shareOfWinner(b, a)), a),
      (gradOut) => sumTo(gradOut.mul(shareOfWinner(a, b)), b),
    ],
  );
}
