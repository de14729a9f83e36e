import { add, constant, I32, i32, load, minimum, mul, type Local } from "../assembler.js";
import { LANES, padded } from "../grid.js";
import { positivePart, whereActive } from "./relu.js";
import { place, routine, unitIndex, type Routine } from "./routine.js";
import { emitTile, Registers } from "./tile.js";
import { columnTiles, rowTiles } from "./tiling.js";

/** How far each array moves from one result to the next, in bytes. */
export interface Steps {
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly mask?: number;
}

/**
 * Sums of products with weights: what a convolution, a dense layer and their ways back to the input have in common.
 *
 *     to[unit][place][column] = bias[column] + Σ from[unit][place][term] · weights[term][column]
 */
export interface Products {
  readonly name: string;
  /** Where the first unit's first factor, result and mask lie in the block, in bytes. */
  readonly from: number;
  readonly to: number;
  /** Results are kept only where this array is positive. */
  readonly mask?: number;
  /** The units, shared among threads: an outer and an inner loop. */
  readonly units: readonly [Steps, Steps];
  /** Inner units that are several steps apart; the last starts no later than `last`, and may repeat some of another's. */
  readonly inner?: { readonly stride: number; readonly last: number };
  /** The places of one unit. */
  readonly strip: Steps;
  /** The terms of a sum, outermost loop first; weights are packed in this order. */
  readonly sum: readonly { readonly count: number; readonly step: number }[];
  readonly columns: number;
  /** Packed by `packing`; or as they lie, with so many bytes from one term's columns to the next's. */
  readonly weights: number;
  readonly weightRow?: number;
  readonly bias?: number;
  readonly relu?: boolean;
  readonly fma: boolean;
}

/** Floats that the packed weights take. */
export function packedSize(terms: number, columns: number): number {
  return terms * padded(columns);
}

/**
 * For each place of the packed weights the weight that stands there, or −1 for none: tile by tile, each term's columns
 * side by side.
 */
export function packing(
  terms: number,
  columns: number,
  weightAt: (term: number, column: number) => number,
): Int32Array {
  const map = new Int32Array(packedSize(terms, columns));
  let at = 0;
  for (const { first, vectors, count } of columnTiles(columns)) {
    const width = vectors * LANES;
    for (let tile = 0; tile < count; tile++) {
      for (let term = 0; term < terms; term++) {
        for (let i = 0; i < width; i++) {
          const column = first * LANES + tile * width + i;
          map[at++] = column < columns ? weightAt(term, column) : -1;
        }
      }
    }
  }
  return map;
}

export function products(p: Products): Routine {
  const [outer, inner] = p.units;
  const terms = p.sum.reduce((product, { count }) => product * count, 1);
  return routine(p.name, outer.count * inner.count, ({ f, base, first, end }) => {
    const [unit, a, b, weights, start, tile, strip] = f.locals(7, I32);
    const cursors = { from: f.local(I32), to: f.local(I32), mask: f.local(I32) };
    const registers = new Registers(f);
    f.for(unit, first.get, end.get, 1, () => {
      const index = unitIndex(unit.get, inner.count);
      const innerIndex = p.inner
        ? minimum(mul(index.inner, i32(p.inner.stride)), i32(p.inner.last))
        : index.inner;
      for (const tiles of columnTiles(p.columns)) {
        const width = tiles.vectors * LANES * 4; // bytes
        const column = tiles.first * LANES * 4;
        const packed = p.weightRow === undefined;
        const termStep = packed ? width : p.weightRow;
        const levels = p.sum.map(({ count, step }, i) => ({
          count,
          stepA: step,
          stepB: termStep * p.sum.slice(i + 1).reduce((product, level) => product * level.count, 1),
        }));
        f.set(weights, place(base, p.weights + column * (packed ? terms : 1)));
        f.set(start, i32(column)); // of the tile in a row of columns
        f.repeat(tile, tiles.count, () => {
          const at = (array: "from" | "to" | "mask", first: number): void =>
            f.set(
              cursors[array],
              place(base, first, [index.outer, outer[array] ?? 0], [innerIndex, inner[array] ?? 0]),
            );
          at("from", p.from);
          at("to", p.to);
          f.set(cursors.to, add(cursors.to.get, start.get));
          if (p.mask !== undefined) {
            at("mask", p.mask);
            f.set(cursors.mask, add(cursors.mask.get, start.get));
          }
          for (const { size, count } of rowTiles(p.strip.count, tiles.vectors)) {
            f.repeat(strip, count, () => {
              f.set(a, cursors.from.get);
              f.set(b, weights.get);
              emitTile(
                registers,
                { rows: size, vectors: tiles.vectors, rowStepA: p.strip.from, levels, fma: p.fma },
                a,
                b,
                (_, v) =>
                  p.bias === undefined ? constant(0) : load(add(base.get, start.get), p.bias + 16 * v),
                (row, v, sum) => {
                  let value = p.relu ? positivePart(sum) : sum;
                  if (p.mask !== undefined) {
                    const kept = load(cursors.mask.get, row * p.strip.mask! + 16 * v);
                    value = whereActive(value, kept);
                  }
                  f.store(cursors.to.get, row * p.strip.to + 16 * v, value);
                },
              );
              const move = (cursor: Local, step: number): void =>
                f.set(cursor, add(cursor.get, i32(size * step)));
              move(cursors.from, p.strip.from);
              move(cursors.to, p.strip.to);
              if (p.mask !== undefined) move(cursors.mask, p.strip.mask!);
            });
          }
          f.set(weights, add(weights.get, i32(width * (packed ? terms : 1))));
          f.set(start, add(start.get, i32(width)));
        });
      }
    });
  });
}
