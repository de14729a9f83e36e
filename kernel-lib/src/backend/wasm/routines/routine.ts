import { add, div, Func, I32, i32, mul, rem, type Local, type Value } from "../assembler.js";
import type { Grid } from "../grid.js";

/**
 * A function of the module. It works on units `first` … `end − 1` (samples, or rows of samples) of a block of memory, so
 * that threads can share the units among themselves; `part` is the number of the thread.
 */
export interface Routine {
  readonly name: string;
  readonly func: Func;
  /** How many units there are; 1 for what one thread does alone. */
  readonly units: number;
  /** Called with base and part before a part's first unit: it clears the sums of the part. */
  readonly begin?: Func;
  /** What it does to samples, if its units are samples in their order, or rows or groups of them. */
  readonly samples?: Samples;
}

/** Samples that a routine works on one after the other, each by itself. */
export interface Samples {
  readonly count: number;
  /** Bytes of a sample that it reads and writes, and bytes that it needs for each: weights, or sums. */
  readonly bytes: number;
  readonly shared: number;
}

/** The parameters that every routine has. */
export interface Frame {
  readonly f: Func;
  readonly base: Local;
  readonly first: Local;
  readonly end: Local;
  readonly part: Local;
}

/** Write a routine, over so many units. */
export function routine(
  name: string,
  over: number | Pick<Routine, "units" | "begin" | "samples">,
  write: (frame: Frame) => void,
): Routine {
  const f = new Func();
  write({ f, base: f.param(I32), first: f.param(I32), end: f.param(I32), part: f.param(I32) });
  return { name, func: f, ...(typeof over === "number" ? { units: over } : over) };
}

/** What a part does before its first unit. */
export function beginning(write: (frame: Pick<Frame, "f" | "base" | "part">) => void): Func {
  const f = new Func();
  write({ f, base: f.param(I32), part: f.param(I32) });
  return f;
}

/** Samples of which a routine reads and writes these grids. */
export function samplesOf(grids: readonly Grid[], shared = 0): Samples {
  return { count: grids[0].batch, bytes: grids.reduce((sum, { sample }) => sum + 4 * sample, 0), shared };
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
