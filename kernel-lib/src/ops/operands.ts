import { isFloat, promote, type DType } from "../tensor/dtype.js";
import { describe, typeError } from "../tensor/errors.js";
import { emptyTensor, Tensor } from "../tensor/tensor.js";

/** What arithmetic takes: a plain number stands for a tensor that holds it everywhere. */
export type Operand = Tensor | number;

/**
 * Both operands as tensors, with the dtype of the result. As in PyTorch a plain number takes the tensor's
 * dtype, and only makes it a float (float32) where the number is no whole one.
 */
export function operands(op: string, a: Operand, b: Operand): { a: Tensor; b: Tensor; dtype: DType } {
  const dtype = promote(dtypeBeside(op, a, b), dtypeBeside(op, b, a));
  return { a: asTensor(a, dtype), b: asTensor(b, dtype), dtype };
}

/** The dtype with which an operand enters: its own, or for a plain number the one its partner gives it. */
function dtypeBeside(op: string, value: Operand, partner: Operand): DType {
  if (value instanceof Tensor) return value.dtype;
  if (typeof value !== "number")
    throw typeError(op, "a Tensor or a number", describe(value), "wrap arrays with tensor(…)");
  const like = partner instanceof Tensor ? partner.dtype : "float32";
  if (isFloat(like) || (Number.isInteger(value) && like !== "bool")) return like;
  return Number.isInteger(value) ? "int32" : "float32";
}

function asTensor(value: Operand, dtype: DType): Tensor {
  if (value instanceof Tensor) return value;
  const scalar = emptyTensor([], dtype);
  scalar.storage[0] = value;
  if (isFloat(dtype) || scalar.storage[0] === value) return scalar;
  const wide = emptyTensor([], "float64"); // −1 beside uint8: comparing and dividing need the number itself
  wide.storage[0] = value;
  return wide;
}

/** Refuse anything that is no tensor, in the words of `op`. */
export function requireTensor(op: string, name: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor)) {
    throw typeError(op, `${name} as a Tensor`, describe(value), `write tensor(…) around it`);
  }
}

/** Refuse a tensor that is no float, since no gradient could flow through it. */
export function requireFloat(op: string, name: string, value: Tensor): void {
  requireTensor(op, name, value);
  if (!isFloat(value.dtype)) {
    throw typeError(
      op,
      `${name} of float32 or float64`,
      value.dtype,
      `convert it with ${name}.to("float32")`,
    );
  }
}

/** A tensor as float: whole numbers become float32, as in PyTorch's exp, sqrt and their like. */
export function asFloat(x: Tensor): DType {
  return isFloat(x.dtype) ? x.dtype : "float32";
}
