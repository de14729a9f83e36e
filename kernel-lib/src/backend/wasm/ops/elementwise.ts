import { numelOf } from "../../../tensor/shape.js";
import type { Tensor } from "../../../tensor/tensor.js";
import type { Backend, BinaryOp, UnaryOp } from "../../backend.js";
import { reference } from "../../reference/index.js";
import {
  integers, vAbs, vAdd, vDiv, vEqual, vEqualIntegers, vGreater, vGreaterEqual, vLess, vLessEqual, vMax, vMin, vMul,
  vNegate, vNotEqual, vSelect, vSqrt, vSub, type Func, type Value,
} from "../assembler.js"; // prettier-ignore
import { exp, gelu, log, sigmoid, sign, tanh, truth } from "../routines/functions.js";
import { positivePart, whereActive } from "../routines/relu.js";
import type { Compute, EachValue } from "./eachValue.js";
import { WORTH } from "./setting.js";

const UNARY: Record<UnaryOp, (f: Func, x: Value) => Value> = {
  neg: (_, x) => vNegate(x),
  exp,
  log,
  sqrt: (_, x) => vSqrt(x),
  abs: (_, x) => vAbs(x),
  sign,
  relu: (_, x) => positivePart(x),
  gelu,
  sigmoid,
  tanh,
};

const BINARY: Partial<Record<BinaryOp, (f: Func, a: Value, b: Value) => Value>> = {
  add: (_, a, b) => vAdd(a, b),
  sub: (_, a, b) => vSub(a, b),
  mul: (_, a, b) => vMul(a, b),
  div: (_, a, b) => vDiv(a, b),
  maximum: (_, a, b) => vMax(a, b),
  minimum: (_, a, b) => vMin(a, b),
  eq: (_, a, b) => truth(vEqual(a, b)),
  ne: (_, a, b) => truth(vNotEqual(a, b)),
  lt: (_, a, b) => truth(vLess(a, b)),
  le: (_, a, b) => truth(vLessEqual(a, b)),
  gt: (_, a, b) => truth(vGreater(a, b)),
  ge: (_, a, b) => truth(vGreaterEqual(a, b)),
};

const reluGrad: Compute = (_, grad, kept) => whereActive(grad, kept);
const select: Compute = (_, condition, a, b) => vSelect(b, a, vEqualIntegers(condition, integers(0)));

type ElementWise = Pick<Backend, "unary" | "binary" | "reluGradInput" | "where">;

/** Ops that compute each value from those at its place. */
export function elementWise(run: EachValue): ElementWise {
  return {
    unary(op, x) {
      if (!isWorth(x.numel, x)) return reference.unary(op, x);
      return run(op, UNARY[op], x.shape, "float32", x);
    },
    binary(op, a, b, shape, dtype) {
      // A square is a product: exact in float64, both are rounded the same.
      const [name, second] =
        op === "pow" && b.numel === 1 && b.storage[0] === 2 ? (["mul", a] as const) : [op, b];
      const compute = BINARY[name];
      if (!compute || !isWorth(numelOf(shape), a, b)) return reference.binary(op, a, b, shape, dtype);
      return run(name, compute, shape, dtype, a, second);
    },
    reluGradInput(gradOut, out) {
      if (!isWorth(out.numel, gradOut, out)) return reference.reluGradInput(gradOut, out);
      return run("reluGradInput", reluGrad, out.shape, "float32", gradOut, out);
    },
    where(condition, a, b, shape, dtype) {
      if (!isWorth(numelOf(shape), a, b)) return reference.where(condition, a, b, shape, dtype);
      return run("where", select, shape, "float32", condition, a, b);
    },
  };
}

const isWorth = (numel: number, ...inputs: readonly Tensor[]): boolean =>
  numel >= WORTH.values && inputs.every(({ dtype }) => dtype === "float32");
