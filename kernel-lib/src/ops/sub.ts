import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, requireNumbers, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";

/**
 * Subtract value by value.
 *
 * @param x      tensor or number
 * @param y      tensor or number, of a shape that broadcasts with `x`
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 * @throws {TypeError} for two bool tensors
 */
export function sub(x: Operand, y: Operand): Tensor {
  const { a, b, dtype } = operands("sub", x, y);
  requireNumbers("sub", dtype);
  const out = backend.current.binary("sub", a, b, broadcastShapes("sub", a.shape, b.shape), dtype);
  return record("sub", out, [a, b], [(gradOut) => sumTo(gradOut, a), (gradOut) => sumTo(gradOut.neg(), b)]);
}
