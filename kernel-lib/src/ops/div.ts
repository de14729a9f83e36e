import { record } from "../autograd/record.js";
import { noGrad } from "../autograd/gradMode.js";
import { backend } from "../backend/index.js";
import { isFloat } from "../tensor/dtype.js";
import { describe, rangeError } from "../tensor/errors.js";
import { broadcastShapes } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";
import { sumTo } from "./sumTo.js";

export interface DivOptions {
  /** Round the quotient towards 0 ("trunc") or down ("floor"), as Python's `//` does; whole numbers then stay whole. */
  roundingMode?: "trunc" | "floor";
}

/**
 * Divide value by value. Whole numbers give float32; dividing by zero gives ±inf or nan, as in PyTorch.
 *
 * @param x       tensor or number
 * @param y       tensor or number, of a shape that broadcasts with `x`
 * @param options roundingMode; a rounded quotient is a step, so its gradient is 0
 * @returns the broadcast shape
 * @throws {ShapeError} if the shapes do not broadcast
 * @throws {RangeError} for an unknown roundingMode, or whole numbers rounded after a division by 0
 */
export function div(x: Operand, y: Operand, options: DivOptions = {}): Tensor {
  const { roundingMode } = options;
  if (roundingMode !== undefined) return roundedDiv(x, y, roundingMode);
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

function roundedDiv(x: Operand, y: Operand, mode: "trunc" | "floor"): Tensor {
  if (mode !== "trunc" && mode !== "floor") {
    throw rangeError("div", 'roundingMode "trunc" or "floor"', describe(mode));
  }
  const { a, b, dtype } = operands("div", x, y);
  if (!isFloat(dtype) && b.storage.includes(0)) {
    throw rangeError(
      "div",
      "divisors other than 0 for whole numbers",
      "0",
      "leave roundingMode out: it gives ±inf",
    );
  }
  const out = emptyTensor(broadcastShapes("div", a.shape, b.shape), dtype);
  const [above, below] = noGrad(() => [a, b].map((each) => each.expand(...out.shape).storage));
  const narrow = dtype === "float32" ? Math.fround : (value: number): number => value;
  const rounded = mode === "trunc" ? (p: number, q: number): number => Math.trunc(narrow(p / q)) : floorDiv;
  for (let i = 0; i < out.storage.length; i++) out.storage[i] = rounded(above[i], below[i]);
  const nothing = (input: Tensor) => (): Tensor => emptyTensor(input.shape, input.dtype);
  return record("div", out, [a, b], [nothing(a), nothing(b)]);
}

/** Python's `//`: by way of the remainder, which is exact, so that 1 // 0.1 is 9. */
function floorDiv(p: number, q: number): number {
  if (q === 0) return p / q;
  const remainder = p % q;
  const whole = Math.round((p - remainder) / q);
  return remainder !== 0 && remainder < 0 !== q < 0 ? whole - 1 : whole;
}
