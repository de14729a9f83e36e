import { add, div, Func, I32, i32, mul, rem, sub, type Local, type Value } from "../assembler.js";
import type { Grid } from "../grid.js";

/**
 * A function of the module. It works on units `first` … `end − 1` (samples, or rows of samples) of a block of memory, so
 * that threads can share the units among themselves; `part` is the number of the thread.
 */
export interface Routine extends About {
  readonly name: string;
  readonly func: Func;
}

/** What is known of a routine before it is written. */
export interface About {
  /** How many units there are; 1 for what one thread does alone. */
  readonly units: number;
  /** The maps that it reads and writes. */
  readonly grids: readonly Grid[];
  /**
   * Whether it works on one sample after the other, each by itself: units are samples, or rows or groups of them. Then its
   * places in maps have to count from `Frame.of`.
   */
  readonly bySample?: boolean;
  /** Bytes that it needs for every sample: weights, or sums. */
  readonly shared?: number;
  /** Called with base and part before a part's first unit: it clears the sums of the part. */
  readonly begin?: Func;
}

/** The parameters that every routine has. */
export interface Frame {
  readonly f: Func;
  readonly base: Local;
  readonly first: Local;
  readonly end: Local;
  readonly part: Local;
  /** From where places in a grid count: the block's start, or so far before it that the samples under way stand in their room. */
  of(grid: Grid | undefined): Local;
}

/**
 * A routine, which is written when somebody wants to have its function. That has a fifth parameter: how many samples
 * before the first one under way are gone from the grids that have no room for more; whoever calls it alone leaves it out.
 */
export function routine(name: string, about: About, write: (frame: Frame) => void): Routine {
  let func: Func | undefined;
  return {
    ...about,
    name,
    get func() {
      return (func ??= written(about.grids, write));
    },
  };
}

function written(grids: readonly Grid[], write: (frame: Frame) => void): Func {
  const f = new Func();
  const [base, first, end, part, gone] = Array.from({ length: 5 }, () => f.param(I32));
  const starts = new Map<number, Local>();
  for (const { number, passing, sample } of grids) {
    if (!passing || starts.has(number)) continue;
    const start = f.local(I32);
    f.set(start, sub(base.get, mul(gone.get, i32(4 * sample))));
    starts.set(number, start);
  }
  const of = (grid: Grid | undefined): Local => (grid?.passing ? starts.get(grid.number)! : base);
  write({ f, base, first, end, part, of });
  return f;
}

/** What a part does before its first unit. */
export function beginning(write: (frame: Pick<Frame, "f" | "base" | "part">) => void): Func {
  const f = new Func();
  write({ f, base: f.param(I32), part: f.param(I32) });
  return f;
}

/** An address: a place in the block, moved by numbers of steps of so many bytes. */
export function place(base: Local, at: number, ...steps: readonly (readonly [Value, number])[]): Value {
  return steps
    .filter(([, bytes]) => bytes !== 0)
    .reduce((sum, [count, bytes]) => add(sum, mul(count, i32(bytes))), add(base.get, i32(at)));
}

/** The two indices of unit number `unit`, where the inner one runs to `inner`. */
export function unitIndex(unit: Value, inner: number): { outer: Value; inner: Value } {
  if (inner === 1) return { outer: unit, inner: i32(0) };
  return { outer: div(unit, i32(inner)), inner: rem(unit, i32(inner)) };
}
