import {
  add, constant, F32, f32Max, f32Min, F64, f64Add, f64Lane, Func, I32, i32, integers, lane, load, loadF32, loadF64,
  loadHalf, mul, promote, splat, sub, V128, vAdd64, vAnd, vEqual, vMax, vMin, vPMax, vPMin, vPromote, vSelect,
  type Local, type Value,
} from "../assembler.js"; // prettier-ignore
import type { ReduceOp } from "../../backend.js";
import { LANES } from "../grid.js";
import type { Routine } from "./routine.js";

/**
 * How many values become one. Both routines are called with the address of the first value, their number, and where the
 * result stands so far.
 */
export interface Fold {
  /** What results are kept in. */
  readonly Sums: Float64ArrayConstructor | Float32ArrayConstructor;
  /** The result of no values. */
  readonly start: number;
  /** All values into one result. */
  readonly along: Routine;
  /** Each value into a result of its own, beside the one before. */
  readonly across: Routine;
}

/** Registers that fill up side by side: one alone would wait for each addition to end before the next. */
const SIDE_BY_SIDE = 4;

/** Sums are kept in float64, so that the order matters little. */
function sum(): Fold {
  const along = fold("sum.along", 2 * SIDE_BY_SIDE, (f, to) => {
    const sums = f.locals(SIDE_BY_SIDE, V128);
    const rest = f.local(F64);
    return {
      several: (at) => sums.forEach((sum, i) => f.set(sum, vAdd64(sum.get, vPromote(loadHalf(at, 8 * i))))),
      one: (at) => f.set(rest, f64Add(rest.get, promote(loadF32(at)))),
      end: () => {
        const total = sums.map((sum) => sum.get).reduce(vAdd64);
        f.set(sums[0], total);
        const pair = f64Add(f64Lane(sums[0].get, 0), f64Lane(sums[0].get, 1));
        f.storeF64(to.get, 0, f64Add(loadF64(to.get), f64Add(pair, rest.get)));
      },
    };
  });
  const across = fold("sum.across", LANES, (f, to) => ({
    several: (at) => {
      for (const half of [0, 1]) {
        f.store(to.get, 16 * half, vAdd64(load(to.get, 16 * half), vPromote(loadHalf(at, 8 * half))));
      }
      f.set(to, add(to.get, i32(8 * LANES)));
    },
    one: (at) => {
      f.storeF64(to.get, 0, f64Add(loadF64(to.get), promote(loadF32(at))));
      f.set(to, add(to.get, i32(8)));
    },
  }));
  return { Sums: Float64Array, start: 0, along, across };
}

/** The largest or smallest; nan if one is. Of 0 and −0 it may be either, as in PyTorch. */
function extreme(
  name: string,
  start: number,
  /** Of a register; quick, but what becomes of nan is open. */
  quick: (a: Value, b: Value) => Value,
  exact: (a: Value, b: Value) => Value,
  ofOne: (a: Value, b: Value) => Value,
): Fold {
  const along = fold(`${name}.along`, SIDE_BY_SIDE * LANES, (f, to) => {
    const best = f.locals(SIDE_BY_SIDE, V128);
    const values = f.locals(SIDE_BY_SIDE, V128);
    const numbers = f.local(V128); // where no nan has come by
    const result = f.local(F32);
    best.forEach((each) => f.set(each, splat(loadF32(to.get))));
    f.set(numbers, integers(-1));
    f.set(result, loadF32(to.get));
    return {
      several: (at) =>
        best.forEach((each, i) => {
          f.set(values[i], load(at, 16 * i));
          f.set(each, quick(each.get, values[i].get));
          f.set(numbers, vAnd(numbers.get, vEqual(values[i].get, values[i].get)));
        }),
      one: (at) => f.set(result, ofOne(result.get, loadF32(at))),
      end: () => {
        f.set(best[0], vSelect(best.map((each) => each.get).reduce(exact), constant(NaN), numbers.get));
        for (let i = 0; i < LANES; i++) f.set(result, ofOne(result.get, lane(best[0].get, i)));
        f.storeF32(to.get, 0, result.get);
      },
    };
  });
  const across = fold(`${name}.across`, LANES, (f, to) => ({
    several: (at) => {
      f.store(to.get, 0, exact(load(to.get), load(at)));
      f.set(to, add(to.get, i32(4 * LANES)));
    },
    one: (at) => {
      f.storeF32(to.get, 0, ofOne(loadF32(to.get), loadF32(at)));
      f.set(to, add(to.get, i32(4)));
    },
  }));
  return { Sums: Float32Array, start, along, across };
}

export const folds: Partial<Record<ReduceOp, () => Fold>> = {
  sum,
  max: () => extreme("max", -Infinity, vPMax, vMax, f32Max),
  min: () => extreme("min", Infinity, vPMin, vMin, f32Min),
};

/** A routine that takes `count` values at a time while there are so many, and then one by one. */
function fold(
  name: string,
  count: number,
  write: (
    f: Func,
    to: Local,
  ) => {
    several: (at: Value) => void;
    one: (at: Value) => void;
    end?: () => void;
  },
): Routine {
  const f = new Func();
  const [from, length, to] = [f.param(I32), f.param(I32), f.param(I32)];
  const [at, single, end] = f.locals(3, I32);
  const { several, one, end: finish } = write(f, to);
  f.set(end, add(from.get, mul(length.get, i32(4))));
  f.for(at, from.get, sub(end.get, i32(4 * (count - 1))), 4 * count, () => several(at.get));
  f.for(single, at.get, end.get, 4, () => one(single.get));
  finish?.();
  return { name, func: f, units: 1, grids: [] };
}
