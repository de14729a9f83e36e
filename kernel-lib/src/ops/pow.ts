import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { isFloat } from "../tensor/dtype.js";
import { rangeError } from "../tensor/errors.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";
import { where } from "./where.js";

/**
 * Raise to a power, value by value.
 *
 * @param x base, tensor or number
 * @param y exponent, tensor or number, of a shape that broadcasts with `x`
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 * @throws {RangeError} for whole numbers to a negative number, which gives fractions (of a tensor of powers those are cut off)
 */
export function pow(x: Operand, y: Operand): Tensor {
  const { a, b, dtype } = operands("pow", x, y);
  if (typeof y === "number" && y < 0 && !isFloat(dtype)) {
    throw rangeError("pow", "a power ≥ 0 of whole numbers", String(y), 'convert the base with to("float32")');
  }
  const out = backend.current.binary("pow", a, b, broadcastShapes("pow", a.shape, b.shape), dtype);
  return record(
    "pow",
    out,
    [a, b],
    [
      // b · aᵇ⁻¹, and 0 for b = 0, where a = 0 would give 0 · ∞
      (gradOut) => sumTo(gradOut.mul(where(b.eq(0), 0, b.mul(pow(a, b.sub(1))))), a),
      // aᵇ · ln a, and 0 for a = 0, b ≥ 0, where the logarithm is −∞
      (gradOut) => sumTo(gradOut.mul(where(a.eq(0).mul(b.ge(0)), 0, out.detach().mul(a.log()))), b),
    ],
  );
}
