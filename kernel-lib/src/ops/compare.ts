import { backend } from "../backend/index.js";
import type { BinaryOp } from "../backend/backend.js";
import { broadcastShapes } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { operands, type Operand } from "./operands.js";

/*
 * Six comparisons of one form: value by value, with broadcasting, to a tensor of dtype bool.
 * Their results are steps, so no gradient flows through them.
 */

/** Whether the values are equal; nan equals nothing. */
export const eq = (x: Operand, y: Operand): Tensor => compare("eq", x, y);
/** Whether the values differ. */
export const ne = (x: Operand, y: Operand): Tensor => compare("ne", x, y);
/** Whether the values of `x` are smaller. */
export const lt = (x: Operand, y: Operand): Tensor => compare("lt", x, y);
/** Whether the values of `x` are smaller or equal. */
export const le = (x: Operand, y: Operand): Tensor => compare("le", x, y);
/** Whether the values of `x` are larger. */
export const gt = (x: Operand, y: Operand): Tensor => compare("gt", x, y);
/** Whether the values of `x` are larger or equal. */
export const ge = (x: Operand, y: Operand): Tensor => compare("ge", x, y);

function compare(op: BinaryOp, x: Operand, y: Operand): Tensor {
  const { a, b } = operands(op, x, y);
  return backend.current.binary(op, a, b, broadcastShapes(op, a.shape, b.shape), "bool");
}
