import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { typeError } from "../tensor/errors.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, requireTensor, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";

/**
 * Pick from `x` where the condition holds, from `y` elsewhere. The gradient goes to the one that was picked.
 *
 * @param condition bool tensor; the three shapes broadcast
 * @param x         tensor or number
 * @param y         tensor or number
 * @returns the broadcast shape
 * @throws {TypeError} if the condition is no bool tensor
 * @throws {ShapeError} if the shapes do not broadcast
 */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  requireTensor("where", "condition", condition);
  if (condition.dtype !== "bool") {
    throw typeError(
      "where",
      "a condition of dtype bool",
      condition.dtype,
      "compare first, for example x.gt(0)",
    );
  }
  const { a, b, dtype } = operands("where", x, y);
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
  const out = backend.current.where(condition, a, b, shape, dtype);
  return record(
    "where",
    out,
    [a, b],
    [
      (gradOut) => sumTo(where(condition, gradOut, 0), a),
      (gradOut) => sumTo(where(condition, 0, gradOut), b),
    ],
  );
}
