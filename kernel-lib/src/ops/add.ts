import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";

/**
 * Add value by value. The sum of two bool tensors is bool: whether either holds.
 *
 * @param x      tensor or number
 * @param y      tensor or number, of a shape that broadcasts with `x`
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 */
export function add(x: Operand, y: Operand): Tensor {
  const { a, b, dtype } = operands("add", x, y);
  const sum = dtype === "bool" ? "maximum" : "add"; // 1 + 1 would be 2, which is no bool
  const out = backend.current.binary(sum, a, b, broadcastShapes("add", a.shape, b.shape), dtype);
  return record("add", out, [a, b], [(gradOut) => sumTo(gradOut, a), (gradOut) => sumTo(gradOut, b)]);
}
