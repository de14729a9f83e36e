import { isFloat, promote, type DType } from "../tensor/dtype.js";
import { describe, typeError } from "../tensor/errors.js";
import { emptyTensor, Tensor } from "../tensor/tensor.js";

/** What arithmetic takes: a plain number stands for a tensor that holds it everywhere. */
export type Operand = Tensor | number;

/**
 * Both operands as tensors, with the dtype of the result. As in PyTorch a plain number takes the tensor's
 * dtype, and only makes it a float (float32) where the number is no whole one. A tensor without dimensions gives way
 * likewise: it changes the kind of number (whole to float), never its width.
 */
export function operands(op: string, a: Operand, b: Operand): { a: Tensor; b: Tensor; dtype: DType } {
  const [left, right] = [dtypeBeside(op, a, b), dtypeBeside(op, b, a)];
  const dtype = isSingle(a, b)
    ? widened(right, left)
    : isSingle(b, a)
      ? widened(left, right)
      : promote(left, right);
  return { a: asTensor(a, dtype), b: asTensor(b, dtype), dtype };
}

/** Whether `value` is a tensor without dimensions beside one that has some. */
function isSingle(value: Operand, partner: Operand): boolean {
  return value instanceof Tensor && partner instanceof Tensor && value.ndim === 0 && partner.ndim > 0;
}

/** The dtype of many values beside that of a single one. */
function widened(many: DType, single: DType): DType {
  return isFloat(many) || (many !== "bool" && !isFloat(single)) ? many : promote(many, single);
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

/** Refuse bool, where PyTorch does: neither "true minus true" nor "minus true" has a meaning that is bool. */
export function requireNumbers(op: string, dtype: DType): void {
  if (dtype === "bool") throw typeError(op, "numbers", "bool", 'convert them with to("int32")');
}

/** A tensor as float: whole numbers become float32, as in PyTorch's exp, sqrt and their like. */
export function asFloat(x: Tensor): DType {
  return isFloat(x.dtype) ? x.dtype : "float32";
}
