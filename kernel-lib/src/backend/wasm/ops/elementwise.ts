import { allocate, type DType } from "../../../tensor/dtype.js";
import { broadcastStrides, numelOf, sameShape, type Shape } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import type { Backend, BinaryOp, UnaryOp } from "../../backend.js";
import { reference } from "../../reference/index.js";
import {
  add, I32, i32, load, vAbs, vAdd, vDiv, vEqual, vGreater, vGreaterEqual, vLess, vLessEqual, vMax, vMin, vMul,
  vNegate, vNotEqual, vSqrt, vSub, type Func, type Value,
} from "../assembler.js"; // prettier-ignore
import { Performer } from "../chain/performer.js";
import { view } from "../chain/stage.js";
import { LANES } from "../grid.js";
import { exp, gelu, log, sigmoid, sign, tanh, truth } from "../routines/functions.js";
import { positivePart, whereActive } from "../routines/relu.js";
import { place, routine, type Routine } from "../routines/routine.js";
import { onBlock, WORTH, type Setting } from "./setting.js";

/** Values at a time: few of a small tensor; and of a large one so many that two inputs and a result stay in the cache. */
const CHUNKS = [1024, 16384];

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

const BINARY: Partial<Record<BinaryOp, (a: Value, b: Value) => Value>> = {
  add: vAdd,
  sub: vSub,
  mul: vMul,
  div: vDiv,
  maximum: vMax,
  minimum: vMin,
  eq: (a, b) => truth(vEqual(a, b)),
  ne: (a, b) => truth(vNotEqual(a, b)),
  lt: (a, b) => truth(vLess(a, b)),
  le: (a, b) => truth(vLessEqual(a, b)),
  gt: (a, b) => truth(vGreater(a, b)),
  ge: (a, b) => truth(vGreaterEqual(a, b)),
};

type ElementWise = Pick<Backend, "unary" | "binary" | "reluGradInput">;
/** Puts the values from `start` on into `to`. */
type Feed = (to: Float32Array, start: number) => void;

/** Value by value, a stretch at a time: into the arena, through a routine, and out. */
export function elementWise(setting: Setting): ElementWise {
  const made = new Map<string, Performed>();

  const run = (
    name: string,
    compute: Compute,
    shape: Shape,
    dtype: DType,
    ...inputs: readonly Tensor[]
  ): Tensor => {
    const out = allocate(dtype, numelOf(shape));
    const chunk = CHUNKS.find((size) => size >= out.length) ?? CHUNKS.at(-1)!;
    const key = `${name}.${chunk}`;
    if (!made.has(key)) made.set(key, prepare(setting, name, chunk, compute));
    const { routine, performer } = made.get(key)!;
    const feeds = inputs.map((input) => feedFrom(input, shape, chunk));
    onBlock(setting, 3 * chunk * 4, (block) => {
      const [a, b, result] = [0, 1, 2].map((i) => view(block, i * chunk * 4, chunk));
      for (let start = 0; start < out.length; start += chunk) {
        feeds[0](a, start);
        feeds[1]?.(b, start);
        performer.perform([routine], block);
        const count = Math.min(chunk, out.length - start);
        out.set(count === chunk ? result : result.subarray(0, count), start);
      }
    });
    return new Tensor(out, shape, dtype);
  };

  return {
    unary(op, x) {
      if (!isLarge(x.numel, x)) return reference.unary(op, x);
      return run(op, UNARY[op], x.shape, "float32", x);
    },
    binary(op, a, b, shape, dtype) {
      const compute = BINARY[op];
      if (!compute || !isLarge(numelOf(shape), a, b)) return reference.binary(op, a, b, shape, dtype);
      return run(op, (_, x, y) => compute(x, y), shape, dtype, a, b);
    },
    reluGradInput(gradOut, out) {
      if (!isLarge(out.numel, gradOut, out)) return reference.reluGradInput(gradOut, out);
      return run(
        "reluGradInput",
        (_, grad, kept) => whereActive(grad, kept),
        out.shape,
        "float32",
        gradOut,
        out,
      );
    },
  };
}

const isLarge = (numel: number, ...inputs: readonly Tensor[]): boolean =>
  numel >= WORTH.values && inputs.every(({ dtype }) => dtype === "float32");

type Compute = (f: Func, a: Value, b: Value) => Value;
interface Performed {
  readonly routine: Routine;
  readonly performer: Performer;
}

function prepare(setting: Setting, name: string, chunk: number, compute: Compute): Performed {
  const made = routine(name, chunk / LANES, ({ f, base, first, end }) => {
    const [unit, at] = f.locals(2, I32);
    f.set(at, place(base, 0, [first.get, 4 * LANES]));
    f.for(unit, first.get, end.get, 1, () => {
      f.store(at.get, 8 * chunk, compute(f, load(at.get), load(at.get, 4 * chunk)));
      f.set(at, add(at.get, i32(4 * LANES)));
    });
  });
  return { routine: made, performer: new Performer(setting.arena(), [made], 1) };
}

/** An input as if it had `shape`, `chunk` values at a time. */
function feedFrom(x: Tensor, shape: Shape, chunk: number): Feed {
  const values = x.storage as Float32Array;
  if (sameShape(x.shape, shape)) return (to, start) => to.set(values.subarray(start, start + chunk));
  if (x.numel === 1)
    return (to, start) => {
      if (start === 0) to.fill(values[0]);
    };
  const strides = broadcastStrides(x.shape, shape);
  return feedFrom(reference.read(x, { shape, strides, offset: 0 }), shape, chunk);
}
