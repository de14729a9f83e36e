/** Pixels on the four sides. */
export interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Floats in one register. */
export const LANES = 4;

/** Room for channels: rounded up, so that they are read and written in fours. */
export function padded(channels: number): number {
  return Math.ceil(channels / LANES) * LANES;
}

/**
 * Feature maps as the routines hold them: sample, row, column, channel (NHWC), with a border of zeros, so that a window
 * needs no test for the edge, and channels side by side, so that four are computed at once.
 */
export interface Grid {
  /** Which grid of its layout it is, or lies in. */
  readonly number: number;
  /** Where it starts in its block, in bytes. */
  readonly at: number;
  /** Whether it has room for only those samples that are under way. */
  readonly passing: boolean;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Floats from one pixel to the next: the channels, with room. */
  readonly pixel: number;
  /** Floats from one row to the next, border included. */
  readonly row: number;
  /** Floats from one sample to the next. */
  readonly sample: number;
  readonly border: Sides;
}

/** Hands out places in a block of memory, before there is one. */
export class Layout {
  /** In bytes. */
  size = 0;
  #grids = 0;

  /** @param passing grids, by their numbers, that have room for so many samples instead of the whole batch */
  constructor(readonly passing: ReadonlyMap<number, number> = new Map()) {}

  /** Room for so many floats, on a cache line of its own. */
  floats(count: number): number {
    const at = this.size;
    this.size += Math.ceil((count * 4) / 64) * 64;
    return at;
  }

  grid(
    batch: number,
    channels: number,
    height: number,
    width: number,
    border: Sides = NO_BORDER,
    pixel: number = padded(channels),
  ): Grid {
    const row = (width + border.left + border.right) * pixel;
    const sample = (height + border.top + border.bottom) * row;
    const number = this.#grids++;
    const room = this.passing.get(number);
    const at = this.floats((room ?? batch) * sample);
    const passing = room !== undefined;
    return { number, at, passing, batch, height, width, channels, pixel, row, sample, border };
  }
}

export const NO_BORDER: Sides = { top: 0, bottom: 0, left: 0, right: 0 };

/** Every so many pixels of a grid, from `first` on, as a grid of its own; its border is not told. */
export function every(
  grid: Grid,
  first: readonly [y: number, x: number],
  step: readonly [y: number, x: number],
  [height, width]: readonly [height: number, width: number],
): Grid {
  return {
    ...grid,
    at: inside(grid) + 4 * (first[0] * grid.row + first[1] * grid.pixel),
    height,
    width,
    pixel: step[1] * grid.pixel,
    row: step[0] * grid.row,
    border: NO_BORDER,
  };
}

/** Where pixel (0, 0) of the first sample lies, in bytes from the block's start. */
export function inside(grid: Grid): number {
  return grid.at + 4 * (grid.border.top * grid.row + grid.border.left * grid.pixel);
}
