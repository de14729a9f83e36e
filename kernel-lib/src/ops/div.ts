import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { isFloat } from "../tensor/dtype.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";

/**
 * Divide value by value. Whole numbers give float32; dividing by zero gives ±inf or nan, as in PyTorch.
 *
 * @param x tensor or number
 * @param y tensor or number, of a shape that broadcasts with `x`
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 */
export function div(x: Operand, y: Operand): Tensor {
  const { a, b, dtype } = operands("div", x, y);
  const shape = broadcastShapes("div", a.shape, b.shape);
  const out = backend.current.binary("div", a, b, shape, isFloat(dtype) ? dtype : "float32");
  return record(
    "div",
    out,
    [a, b],
    [
      (gradOut) => sumTo(gradOut.div(b), a),
      (gradOut) => sumTo(gradOut.mul(out.detach()).div(b).neg(), b), // −a / b² = −out / b
    ],
  );
}
