/*
 * A WebAssembly module, byte by byte (WebAssembly Core Specification 2.0; Relaxed SIMD). A value is the bytes that leave
 * it on the stack, so an expression is written as a call: `add(get(x), i32(4))`. Only what the routines need is here.
 */

import { floatBytes, integerBytes, list, pour, signed, sized, unsigned, type Bytes } from "./encoding.js";

/** Bytes that leave one value on the stack. */
export type Value = Bytes;

export const I32 = 0x7f;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export type Type = typeof I32 | typeof F32 | typeof F64 | typeof V128;

const simd = (op: number, ...immediate: Bytes): Bytes => [0xfd, unsigned(op), ...immediate];

/** A variable of a function. */
export class Local {
  constructor(
    readonly index: number,
    readonly type: Type,
  ) {}
  get get(): Value {
    return [0x20, unsigned(this.index)];
  }
}

// ---- whole numbers: addresses and counts

export const i32 = (n: number): Value => [0x41, signed(n | 0)];
export const add = (a: Value, b: Value): Value => [a, b, 0x6a];
export const sub = (a: Value, b: Value): Value => [a, b, 0x6b];
export const mul = (a: Value, b: Value): Value => [a, b, 0x6c];
/** Quotient and rest of numbers that are not negative. */
export const div = (a: Value, b: Value): Value => [a, b, 0x6e];
export const rem = (a: Value, b: Value): Value => [a, b, 0x70];
export const lessThan = (a: Value, b: Value): Value => [a, b, 0x48];
export const minimum = (a: Value, b: Value): Value => [a, b, lessThan(a, b), 0x1b];

// ---- one float

export const f32 = (n: number): Value => [0x43, floatBytes(n)];
export const loadF32 = (address: Value, offset = 0): Value => [address, 0x2a, 2, unsigned(offset)];
export const f32Add = (a: Value, b: Value): Value => [a, b, 0x92];
export const f32Mul = (a: Value, b: Value): Value => [a, b, 0x94];
/** The larger and the smaller; nan if one is. */
export const f32Max = (a: Value, b: Value): Value => [a, b, 0x97];
export const f32Min = (a: Value, b: Value): Value => [a, b, 0x96];

// ---- float64, one alone and two side by side: what sums are kept in

export const loadF64 = (address: Value, offset = 0): Value => [address, 0x2b, 3, unsigned(offset)];
export const f64Add = (a: Value, b: Value): Value => [a, b, 0xa0];
/** One float as a float64. */
export const promote = (a: Value): Value => [a, 0xbb];
/** Two floats from memory, in the first lanes. */
export const loadHalf = (address: Value, offset = 0): Value => [address, simd(0x5d, 2, unsigned(offset))];
/** The first two floats as float64. */
export const vPromote = (a: Value): Value => [a, simd(0x5f)];
export const vAdd64 = (a: Value, b: Value): Value => [a, b, simd(0xf0)];
/** One of the two. */
export const f64Lane = (a: Value, n: number): Value => [a, simd(0x21, n)];

// ---- four floats side by side

export const load = (address: Value, offset = 0): Value => [address, simd(0, 2, unsigned(offset))];
/** Four bytes from memory as integers, 0 to 255. */
export const loadBytes = (address: Value, offset = 0): Value => [
  address,
  simd(0x5c, 0, unsigned(offset)),
  simd(0x89),
  simd(0xa9),
];
/** One float from memory, in all four lanes. */
export const loadSplat = (address: Value, offset = 0): Value => [address, simd(9, 2, unsigned(offset))];
/** `v` with one lane read from memory. */
export const loadLane = (address: Value, offset: number, v: Value, n: number): Value => [
  address,
  v,
  simd(0x56, 2, unsigned(offset), n),
];
export const splat = (n: Value): Value => [n, simd(0x13)];
export const constant = (n: number): Value => {
  const bytes = floatBytes(n);
  return simd(12, bytes, bytes, bytes, bytes);
};
export const integers = (n: number): Value => {
  const bytes = integerBytes(n);
  return simd(12, bytes, bytes, bytes, bytes);
};
export const vAdd = (a: Value, b: Value): Value => [a, b, simd(0xe4)];
export const vSub = (a: Value, b: Value): Value => [a, b, simd(0xe5)];
export const vMul = (a: Value, b: Value): Value => [a, b, simd(0xe6)];
export const vDiv = (a: Value, b: Value): Value => [a, b, simd(0xe7)];
export const vNegate = (a: Value): Value => [a, simd(0xe1)];
export const vAbs = (a: Value): Value => [a, simd(0xe0)];
/** The larger and the smaller; nan if one is. */
export const vMax = (a: Value, b: Value): Value => [a, b, simd(0xe9)];
export const vMin = (a: Value, b: Value): Value => [a, b, simd(0xe8)];
/** To the nearest whole number, as floats. */
export const vNearest = (a: Value): Value => [a, simd(0x6a)];
export const vSqrt = (a: Value): Value => [a, simd(0xe3)];
/** `a < b ? b : a`: one instruction, and nan in `a` stays. */
export const vPMax = (a: Value, b: Value): Value => [a, b, simd(0xeb)];
/** `b < a ? b : a`: nan in `a` stays. */
export const vPMin = (a: Value, b: Value): Value => [a, b, simd(0xea)];
export const vEqual = (a: Value, b: Value): Value => [a, b, simd(0x41)];
export const vNotEqual = (a: Value, b: Value): Value => [a, b, simd(0x42)];
export const vLess = (a: Value, b: Value): Value => [a, b, simd(0x43)];
export const vGreater = (a: Value, b: Value): Value => [a, b, simd(0x44)];
export const vLessEqual = (a: Value, b: Value): Value => [a, b, simd(0x45)];
export const vGreaterEqual = (a: Value, b: Value): Value => [a, b, simd(0x46)];
export const vNot = (a: Value): Value => [a, simd(0x4d)];
export const vEqualIntegers = (a: Value, b: Value): Value => [a, b, simd(0x37)];
/** From floats to integers and back; nan becomes 0. */
export const vToIntegers = (a: Value): Value => [a, simd(0xf8)];
export const vToFloats = (a: Value): Value => [a, simd(0xfa)];
export const vAddIntegers = (a: Value, b: Value): Value => [a, b, simd(0xae)];
export const vSubIntegers = (a: Value, b: Value): Value => [a, b, simd(0xb1)];
/** Bits moved up; and down, the sign being kept. */
export const vShiftUp = (a: Value, bits: number): Value => [a, i32(bits), simd(0xab)];
export const vShiftDown = (a: Value, bits: number): Value => [a, i32(bits), simd(0xac)];
export const vAnd = (a: Value, b: Value): Value => [a, b, simd(0x4e)];
/** Bits of `a` where `mask` is not set. */
export const vAndNot = (a: Value, mask: Value): Value => [a, mask, simd(0x4f)];
export const vOr = (a: Value, b: Value): Value => [a, b, simd(0x50)];
/** Bits of `a` where `mask` is set, of `b` elsewhere. */
export const vSelect = (a: Value, b: Value, mask: Value): Value => [a, b, mask, simd(0x52)];
/** Four of the eight floats of `a` and `b`, by their numbers. */
export const vShuffle = (a: Value, b: Value, numbers: readonly number[]): Value => [
  a,
  b,
  simd(
    13,
    numbers.flatMap((n) => [0, 1, 2, 3].map((byte) => 4 * n + byte)),
  ),
];
/** One of the four floats. */
export const lane = (a: Value, n: number): Value => [a, simd(0x1f, n)];
/** Integers, −128 to 127, as four bytes in the first lane. */
export const vToBytes = (a: Value): Value => {
  const halves = [a, integers(0), simd(0x85)];
  return [halves, integers(0), simd(0x65)];
};
/** `a · b + c`, rounded once (Relaxed SIMD). */
export const vFusedMultiplyAdd = (a: Value, b: Value, c: Value): Value => [a, b, c, simd(0x105)];

/** A function under construction. */
export class Func {
  readonly #params: Type[] = [];
  readonly #locals: Type[] = [];
  readonly #code: number[] = [];
  readonly #calls: { at: number; target: Func }[] = [];

  param(type: Type = I32): Local {
    this.#params.push(type);
    return new Local(this.#params.length - 1, type);
  }
  /** A new variable; parameters come first. */
  local(type: Type = I32): Local {
    this.#locals.push(type);
    return new Local(this.#params.length + this.#locals.length - 1, type);
  }
  locals(count: number, type: Type): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  set(local: Local, value: Value): void {
    this.#emit(value, [0x21, unsigned(local.index)]);
  }
  /** Store four floats (or as many integers). */
  store(address: Value, offset: number, value: Value): void {
    this.#emit(address, value, simd(11, 2, unsigned(offset)));
  }
  /** Store one lane of four floats. */
  storeLane(address: Value, offset: number, value: Value, n: number): void {
    this.#emit(address, value, simd(0x5a, 2, unsigned(offset), n));
  }
  storeF32(address: Value, offset: number, value: Value): void {
    this.#emit(address, value, [0x38, 2, unsigned(offset)]);
  }
  storeF64(address: Value, offset: number, value: Value): void {
    this.#emit(address, value, [0x39, 3, ...unsigned(offset)]);
  }
  /** Set `length` bytes to 0. */
  clear(address: Value, length: Value): void {
    this.#emit(address, i32(0), length, [0xfc, 11, 0]);
  }
  /** Call another function, which becomes part of the module with this one. */
  call(target: Func, ...args: readonly Value[]): void {
    this.#emit(...args, [0x10]);
    this.#calls.push({ at: this.#code.length, target });
    this.#emit([0, 0, 0, 0, 0]); // room for the number that it will have
  }

  /** `for (i = from; i < to; i += step)`. */
  for(i: Local, from: Value, to: Value, step: number, body: () => void): void {
    this.set(i, from);
    this.if(lessThan(i.get, to), () => {
      this.#emit([0x03, 0x40]);
      body();
      this.set(i, add(i.get, i32(step)));
      this.#emit(lessThan(i.get, to), [0x0d, 0, 0x0b]);
    });
  }
  /** `body` so many times (at least once), counting `i` down; a number of 1 needs no loop. */
  repeat(i: Local, times: number, body: () => void): void {
    if (times === 1) return body();
    this.set(i, i32(times));
    this.#emit([0x03, 0x40]);
    body();
    this.set(i, sub(i.get, i32(1)));
    this.#emit(i.get, [0x0d, 0, 0x0b]);
  }
  if(condition: Value, then: () => void, otherwise?: () => void): void {
    this.#emit(condition, [0x04, 0x40]);
    then();
    if (otherwise) {
      this.#emit([0x05]);
      otherwise();
    }
    this.#emit([0x0b]);
  }

  #emit(...parts: Bytes): void {
    pour(parts, this.#code);
  }

  /** For the module: the types of its parameters, and its body. */
  get signature(): readonly Type[] {
    return this.#params;
  }
  get callees(): Func[] {
    return this.#calls.map(({ target }) => target);
  }
  /** Its bytes in the module, which can be had once. */
  body(numbers: ReadonlyMap<Func, number>): Bytes {
    for (const { at, target } of this.#calls) {
      let number = numbers.get(target)!;
      for (let i = 0; i < 5; i++, number >>= 7) this.#code[at + i] = (number & 127) | (i < 4 ? 128 : 0);
    }
    const locals = list(runs(this.#locals).map(([type, count]) => [unsigned(count), type]));
    const body = sized([locals, this.#code, 0x0b]);
    this.#code.length = 0; // a program keeps its routines, and their bytes are far smaller than what they were made of
    return body;
  }
}

/** Neighbours of one type, counted. */
function runs(types: readonly Type[]): [Type, number][] {
  const counted: [Type, number][] = [];
  for (const type of types) {
    const last = counted.at(-1);
    if (last?.[0] === type) last[1]++;
    else counted.push([type, 1]);
  }
  return counted;
}

const section = (id: number, bytes: Bytes): Bytes => [id, sized(bytes)];

const text = (name: string): Bytes => sized([...new TextEncoder().encode(name)]);

/** How the memory is imported: the pages it may have, and whether threads share it. */
export interface MemoryImport {
  maximum: number;
  shared: boolean;
}

/** A module of these functions, exported by their names, on a memory imported as `env.memory`. */
export function assemble(
  functions: readonly (readonly [string, Func])[],
  memory: MemoryImport,
): Uint8Array<ArrayBuffer> {
  const all = new Set(functions.map(([, f]) => f));
  for (const f of all) for (const callee of f.callees) all.add(callee); // a set grows while it is gone through
  const numbers = new Map([...all].map((f, i) => [f, i]));
  const limits = [memory.shared ? 3 : 1, unsigned(1), unsigned(memory.maximum)];
  const parts = [
    [0, 97, 115, 109, 1, 0, 0, 0],
    section(1, list([...all].map((f) => [0x60, list(f.signature.map((type) => [type])), list([])]))),
    section(2, list([[text("env"), text("memory"), 2, limits]])),
    section(3, list([...all].map((_, i) => unsigned(i)))),
    section(7, list(functions.map(([name, f]) => [text(name), 0, unsigned(numbers.get(f)!)]))),
    section(10, list([...all].map((f) => f.body(numbers)))),
  ];
  return new Uint8Array(pour(parts, []));
}
