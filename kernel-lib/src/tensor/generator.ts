import { rangeError } from "./errors.js";

/** Where a generator stands, ready to be saved. */
export interface GeneratorState {
  words: number[];
  /** Box and Muller's method makes two numbers at a time: the one that is still to come. */
  spareNormal: number | null;
}

/**
 * A source of random numbers that can be seeded, saved and restored.
 * The same seed gives the same numbers on every machine.
 *
 * The algorithm is xoshiro128** by Blackman and Vigna (2018, arXiv:1805.01407), seeded by splitmix32.
 *
 * @example
 * const generator = new Generator(7);
 * rand(2, 2, { generator });
 */
export class Generator {
  #state: Uint32Array = new Uint32Array(4);
  #spareNormal: number | null = null;

  /** @param seed whole number from 0 to 2³² − 1; without one, a seed is drawn from the clock */
  constructor(seed: number = (Date.now() ^ (Math.random() * 0x100000000)) >>> 0) {
    this.manualSeed(seed);
  }

  /** Start again from `seed`, a whole number from 0 to 2³² − 1. */
  manualSeed(seed: number): this {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw rangeError("manualSeed", "a whole number from 0 to 4294967295", String(seed));
    }
    let mix = seed | 0;
    for (let word = 0; word < 4; word++) {
      mix = (mix + 0x9e3779b9) | 0;
      let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.#state[word] = z ^ (z >>> 15);
    }
    this.#spareNormal = null;
    return this;
  }

  /** A whole number from 0 to 2³² − 1. */
  uint32(): number {
    const s = this.#state;
    const scrambled = Math.imul(s[1], 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** A number from [0, 1), a multiple of 2⁻²⁴, so that float32 holds it exactly and never rounds it to 1. */
  uniform(): number {
    return (this.uint32() >>> 8) / 0x1000000;
  }

  /** A number from the normal distribution with mean 0 and standard deviation 1 (Box and Muller 1958). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform())); // 1 − u is never 0
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A whole number from 0 to `limit` − 1, each as likely as the others. */
  integer(limit: number): number {
    if (!Number.isInteger(limit) || limit < 1 || limit > 0x100000000) {
      throw rangeError("Generator.integer", "a limit from 1 to 2³²", String(limit));
    }
    const unbiased = 0x100000000 - (0x100000000 % limit); // draws above would favour small results
    for (;;) {
      const draw = this.uint32();
      if (draw < unbiased) return draw % limit;
    }
  }

  /** The numbers 0 … `length` − 1 in random order (Fisher and Yates). */
  permutation(length: number): Int32Array {
    const order = Int32Array.from({ length }, (_, i) => i);
    for (let last = length - 1; last > 0; last--) {
      const pick = this.integer(last + 1);
      [order[last], order[pick]] = [order[pick], order[last]];
    }
    return order;
  }

  /** Where the generator stands, to be given to `setState` later. */
  getState(): GeneratorState {
    return { words: [...this.#state], spareNormal: this.#spareNormal };
  }

  /** Go back to a state that `getState` returned. */
  setState(state: GeneratorState): this {
    this.#state.set(state.words);
    this.#spareNormal = state.spareNormal;
    return this;
  }
}

/** The generator that is used where none is given. */
export const defaultGenerator: Generator = new Generator();

/** Seed the default generator: the same seed gives the same weights, batches and dropout. */
export function manualSeed(seed: number): Generator {
  return defaultGenerator.manualSeed(seed);
}
