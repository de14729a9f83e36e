import { allocate, type DType, type TypedArray } from "../../../tensor/dtype.js";
import { numelOf, type Shape } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import type { Backend, BinaryOp, UnaryOp } from "../../backend.js";
import { reference } from "../../reference/index.js";
import {
  add, I32, i32, integers, load, loadBytes, vAbs, vAdd, vDiv, vEqual, vEqualIntegers, vGreater, vGreaterEqual, vLess,
  vLessEqual, vMax, vMin, vMul, vNegate, vNotEqual, vSelect, vSqrt, vSub, vToBytes, type Func, type Value,
} from "../assembler.js"; // prettier-ignore
import type { Block } from "../chain/stage.js";
import { LANES } from "../grid.js";
import { exp, gelu, log, sigmoid, sign, tanh, truth } from "../routines/functions.js";
import { positivePart, whereActive } from "../routines/relu.js";
import { place, routine } from "../routines/routine.js";
import { Code } from "../threads/code.js";
import { feedFrom } from "./feed.js";
import { onBlock, WORTH, type Setting } from "./setting.js";

/** Values at a time: so many that two inputs and a result stay in the first cache. */
const CHUNK = 8192;
/** Bytes that a stretch of an input, or of the result, has for itself. */
const SLOT = CHUNK * 4;

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

type Compute = (f: Func, ...values: Value[]) => Value;
/** Computes so many fours of values in the block at `base`. */
type Stretch = (base: number, fours: number) => void;

/** Value by value, a stretch at a time: into the scratch memory, through a routine, and out. */
export function elementWise(setting: Setting): Pick<Backend, "unary" | "binary" | "reluGradInput" | "where"> {
  const made = new Map<string, Stretch>();

  const run = (name: string, compute: Compute, shape: Shape, dtype: DType, ...inputs: Tensor[]): Tensor => {
    const out = allocate(dtype, numelOf(shape));
    const dtypes = [...inputs.map((input) => input.dtype), dtype];
    if (!made.has(name)) made.set(name, prepare(setting, name, dtypes, compute));
    const stretch = made.get(name)!;
    const feeds = inputs.map((input) => feedFrom(input, shape));
    onBlock(setting.scratch(), dtypes.length * SLOT, (block) => {
      const slots = dtypes.map((each, i) => slot(block, i, each));
      const result = slots.at(-1)!;
      for (let start = 0; start < out.length; start += CHUNK) {
        const count = Math.min(CHUNK, out.length - start);
        feeds.forEach((feed, i) => feed(slots[i], start, count));
        stretch(block.base, Math.ceil(count / LANES));
        out.set(count === CHUNK ? result : result.subarray(0, count), start);
      }
    });
    return new Tensor(out, shape, dtype);
  };

  return {
    unary(op, x) {
      if (!isWorth(x.numel, x)) return reference.unary(op, x);
      return run(op, UNARY[op], x.shape, "float32", x);
    },
    binary(op, a, b, shape, dtype) {
      const compute = BINARY[op];
      if (!compute || !isWorth(numelOf(shape), a, b)) return reference.binary(op, a, b, shape, dtype);
      return run(op, compute, shape, dtype, a, b);
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

/** The routine on slots of these dtypes, float32 or bool, the result's being the last. */
function prepare(setting: Setting, name: string, dtypes: readonly DType[], compute: Compute): Stretch {
  const made = routine(name, 1, ({ f, base, first, end }) => {
    const [unit, at, atBytes] = f.locals(3, I32);
    f.set(at, place(base, 0, [first.get, 4 * LANES]));
    f.set(atBytes, place(base, 0, [first.get, LANES]));
    f.for(unit, first.get, end.get, 1, () => {
      const values = dtypes
        .slice(0, -1)
        .map((dtype, i) => (dtype === "bool" ? loadBytes(atBytes.get, i * SLOT) : load(at.get, i * SLOT)));
      const value = compute(f, ...values);
      const to = values.length * SLOT;
      if (dtypes.at(-1) === "bool") f.storeLane(atBytes.get, to, vToBytes(value), 0);
      else f.store(at.get, to, value);
      f.set(at, add(at.get, i32(4 * LANES)));
      if (dtypes.includes("bool")) f.set(atBytes, add(atBytes.get, i32(LANES)));
    });
  });
  const { routines } = new Code(setting.scratch(), [made]);
  return (base, fours) => routines[0](base, 0, fours, 0);
}

function slot({ floats, base }: Block, i: number, dtype: DType): TypedArray {
  const Kind = dtype === "bool" ? Uint8Array : Float32Array;
  return new Kind(floats.buffer as ArrayBuffer, base + i * SLOT, CHUNK);
}
