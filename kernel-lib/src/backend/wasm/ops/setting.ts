import type { Means } from "../chain/compile.js";
import type { Block } from "../chain/stage.js";
import type { Arena } from "../memory.js";
import type { CrewArena } from "../threads/crewArena.js";

/** Where products are computed, asked for at each call: the memory is taken on first use, and means may change. */
export interface Setting {
  arena(): CrewArena;
  means(): Means;
}

/**
 * Where values are computed one by one, taken on first use: memory of this thread alone, since copying into it and out
 * of it takes half as long as where others may look.
 */
export type Scratch = () => Arena;

/**
 * From how much work on an op is worth its way into the arena and back. The way takes some 9 µs for a convolution, 4 for
 * a product and 2 for values one by one, as long as the reference takes for 2,000 multiply-adds, 500, and 128 values. But
 * the routines of a convolution are first written for its sizes, in 1 ms, and those of a product in 0.3: these numbers
 * are where 60 calls make up for that. The tests set them to 0.
 */
export const WORTH = { convolution: 10_000, product: 2_000, values: 128 };

/** Routines of single ops that are kept: a network has a few for each of its layers. */
export const KEPT = 256;

/** Work on a block that is given back at once: what a single op computes leaves as a tensor. */
export function onBlock<T>(memory: Arena, bytes: number, work: (block: Block) => T): T {
  const base = memory.allocate(bytes);
  try {
    return work({ floats: memory.floats, base });
  } finally {
    memory.release(base, bytes);
  }
}
