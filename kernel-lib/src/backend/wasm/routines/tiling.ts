import { LANES } from "../grid.js";
import { pairsAreOne } from "./pairs.js";

/*
 * How large a tile is: so many rows, by its width in fours of columns. Eight sums in flight hide the latency of a
 * multiply-add, and with their factors they stay in the sixteen registers of x86-64; more sums spill. Measured on Node
 * 20, 22 and 24 (AVX-512 EPYC), product of 512 × 512 matrices in GFLOP/s with FMA:
 *
 *              4 × 8   2 × 16   6 × 8   4 × 16   7 × 8
 *     Node 20     41       41      27
 *     Node 22     41       42      28
 *     Node 24     41       42      43
 *      … paired   43       44      55       67      56
 *
 * Without FMA 2 × 16 falls to 20 of 33 on Node 20, and 6 × 8 to 25. So tiles are 4 × 8 everywhere, unless neighbouring
 * fours are one register of eight: then the same sixteen registers hold twice as much.
 */
const ROWS: Readonly<Record<number, number>> = { 1: 8, 2: 4, 3: 3 };
const ROWS_OF_PAIRS: Readonly<Record<number, number>> = { 1: 8, 2: 7, 4: 4 };

/** Tiles of one width beside each other: where the first starts, in fours of columns, and how many there are. */
export interface ColumnTiles {
  readonly first: number;
  readonly vectors: number;
  readonly count: number;
}

/** So many columns, split into tiles, the widest first. */
export function columnTiles(columns: number): ColumnTiles[] {
  const total = Math.ceil(columns / LANES);
  let first = 0;
  return (pairsAreOne() ? inPairs(total) : inTwos(total))
    .filter(([, count]) => count > 0)
    .map(([vectors, count]) => {
      const tiles = { first, vectors, count };
      first += vectors * count;
      return tiles;
    });
}

type Widths = readonly (readonly [vectors: number, count: number])[];

/** Twos of fours, and a three or a one where their number is odd. */
function inTwos(total: number): Widths {
  const last = total % 2 === 0 ? 0 : total === 1 ? 1 : 3;
  return [
    [2, (total - last) / 2],
    [last, last ? 1 : 0],
  ];
}

/** Two pairs of fours, one pair, and a four alone. */
function inPairs(total: number): Widths {
  return [
    [4, Math.floor(total / 4)],
    [2, Math.floor((total % 4) / 2)],
    [1, total % 2],
  ];
}

/** Rows of tiles, and how many tiles' weights one of them takes side by side. */
export interface RowTiles {
  readonly size: number;
  readonly count: number;
  readonly panels: number;
}

/**
 * So many rows, split into tiles that are full: one or two rows that are left over make tiles as large across several
 * panels of weights.
 */
export function fullRowTiles(rows: number, vectors: number): RowTiles[] {
  const most = ROWS[2];
  const rest = rows % most;
  if (pairsAreOne() || vectors !== 2 || rows < most || rest === 0 || rest > 2) {
    return rowTiles(rows, vectors).map((tiles) => ({ ...tiles, panels: 1 }));
  }
  return [
    { size: most, count: (rows - rest) / most, panels: 1 },
    { size: rest, count: 1, panels: rest === 1 ? 3 : 2 }, // of four panels, V8 would spill the factors
  ];
}

/** So many rows, split into tiles of nearly the same size; only fours that lie side by side can be a pair. */
export function rowTiles(
  rows: number,
  vectors: number,
  sideBySide: boolean = true,
): { size: number; count: number }[] {
  const most = (sideBySide && pairsAreOne() ? ROWS_OF_PAIRS : ROWS)[vectors];
  return evenly(rows, most);
}

/** So many split into parts of nearly the same size, none larger than `most`. */
export function evenly(total: number, most: number): { size: number; count: number }[] {
  const parts = Math.ceil(total / most);
  const size = Math.floor(total / parts);
  const larger = total - size * parts;
  return [
    { size: size + 1, count: larger },
    { size, count: parts - larger },
  ].filter(({ count }) => count > 0);
}

/** The largest divisor of `n` up to `limit`. */
export function divisor(n: number, limit: number): number {
  for (let d = Math.min(n, limit); d > 1; d--) if (n % d === 0) return d;
  return 1;
}
