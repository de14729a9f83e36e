import { add, div, Func, I32, i32, mul, rem, type Local, type Value } from "../assembler.js";

/**
 * A function of the module. It works on units `first` … `end − 1` (samples, or rows of samples) of a block of memory, so
 * that threads can share the units among themselves; `part` is the number of the thread.
 */
export interface Routine {
  readonly name: string;
  readonly func: Func;
  /** How many units there are; 1 for what one thread does alone. */
  readonly units: number;
}

/** The parameters that every routine has. */
export interface Frame {
  readonly f: Func;
  readonly base: Local;
  readonly first: Local;
  readonly end: Local;
  readonly part: Local;
}

/** Write a routine. */
export function routine(name: string, units: number, write: (frame: Frame) => void): Routine {
  const f = new Func();
  write({ f, base: f.param(I32), first: f.param(I32), end: f.param(I32), part: f.param(I32) });
  return { name, func: f, units };
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
