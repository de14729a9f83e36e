import type { LinkParameters } from "../../backend.js";
import type { Grid, Layout } from "../grid.js";
import type { Rescale } from "../routines/rescale.js";
import type { Routine } from "../routines/routine.js";

/** What flows from one stage to the next: feature maps, and room for their gradient. */
export interface Flow {
  readonly grid: Grid;
  /** Where the gradient lies; none if nobody asks for it. */
  readonly grad: Grid | undefined;
  /** Whether the values came out of a relu: then whoever writes the gradient keeps it only where they are positive. */
  readonly relu: boolean;
}

/** A block while it is at work: the memory as floats, and where the block starts, in bytes. */
export interface Block {
  readonly floats: Float32Array;
  readonly base: number;
}

/** A step of a pass: a routine, or what is done to the block in between. */
export type Action = Routine | Between;

/** What this thread does alone, and the maps that it reads. */
export interface Between {
  readonly act: (block: Block) => void;
  readonly grids: readonly Grid[];
}

/** Gradients of a link's parameters, read from the block after the way back. */
export type Gradients = { weight?: Float32Array; bias?: Float32Array };

/** One link, or a link with the relu after it, made ready. */
export interface Stage {
  /** Put the parameters in place, before the routines run. */
  load(block: Block, parameters: LinkParameters): void;
  /**
   * Where weights stay in place from pass to pass: what the routines read is made of them. This and `load` are left out
   * while weight and bias have the values that are there already.
   */
  readonly prepare?: readonly Action[];
  readonly forward: readonly Action[];
  /** The way back; what it needs before the gradient arrives at any stage, and what is left when it has passed all. */
  readonly readyBack?: readonly Action[];
  readonly backward: readonly Action[];
  readonly finishBack?: readonly Action[];
  /** Mean and variance of the batch, after the way there. */
  statistics?(block: Block): { mean: Float32Array; variance: Float32Array };
  gradients(block: Block, parameters: LinkParameters): Gradients;
}

/** What every stage is made with. */
export interface Making {
  readonly layout: Layout;
  readonly name: string;
  /** Whether the gradients of weight and bias are wanted. */
  readonly learns: boolean;
  /** What a convolution does to its results, before the relu. */
  readonly rescale?: Rescale;
  readonly fma: boolean;
  /** Into how many parts the units of a routine are shared. */
  readonly parts: number;
}

/** The floats of a block from byte `at` on. */
export function view(block: Block, at: number, count: number): Float32Array {
  const first = (block.base + at) / 4;
  return block.floats.subarray(first, first + count);
}

/** Put each value where the map names its place, 0 where it names none (−1). */
export function gather(to: Float32Array, map: Int32Array, values: ArrayLike<number>): void {
  for (let i = 0; i < map.length; i++) {
    const from = map[i];
    to[i] = from < 0 ? 0 : values[from];
  }
}

/** Add each value to where the map names its place, nowhere where it names none (−1). */
export function scatter(to: Float32Array, map: Int32Array, values: ArrayLike<number>): void {
  for (let i = 0; i < map.length; i++) if (map[i] >= 0) to[map[i]] += values[i];
}
