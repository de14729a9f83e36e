import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";

/**
 * Multiply value by value.
 *
 * @param x      tensor or number
 * @param y      tensor or number, of a shape that broadcasts with `x`
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 */
export function mul(x: Operand, y: Operand): Tensor {
  const { a, b, dtype } = operands("mul", x, y);
  const out = backend.current.binary("mul", a, b, broadcastShapes("mul", a.shape, b.shape), dtype);
  return record(
    "mul",
    out,
    [a, b],
    [(gradOut) => sumTo(gradOut.mul(b), a), (gradOut) => sumTo(gradOut.mul(a), b)],
  );
}
