import { add, constant, I32, i32, load, minimum, mul, V128, type Local, type Value } from "../assembler.js";
import { LANES, padded, type Grid } from "../grid.js";
import { positivePart, whereActive } from "./relu.js";
import { rescaled, type Rescale } from "./rescale.js";
import { place, routine, unitIndex, type Routine } from "./routine.js";
import { emitTile, Registers } from "./tile.js";
import { columnTiles, rowTiles, type ColumnTiles } from "./tiling.js";

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
  /** Groups of columns that each have factors of their own: how many, and from one to the next in `from`, in bytes. */
  readonly groups?: { readonly count: number; readonly from: number };
  /** Whether each column has factors of its own: columns and factors are then four beside each other. */
  readonly lanewise?: boolean;
  /** Where the first unit's first factor, result and mask lie in the block, in bytes. */
  readonly from: number;
  readonly to: number;
  /** Results are kept only where this array is positive. */
  readonly mask?: number;
  /** The maps that they lie in; and whether the outer units are their samples. */
  readonly maps?: { readonly from?: Grid; readonly to?: Grid; readonly mask?: Grid };
  readonly bySample?: boolean;
  /** The units, shared among threads: an outer and an inner loop. */
  readonly units: readonly [Steps, Steps];
  /** Inner units that are several steps apart; the last starts no later than `last`, and may repeat some of another's. */
  readonly inner?: { readonly stride: number; readonly last: number };
  /** The places of one unit. */
  readonly strip: Steps;
  /** The terms of a sum, outermost loop first; weights are packed in this order. */
  readonly sum: readonly { readonly count: number; readonly step: number }[];
  /** In each group. */
  readonly columns: number;
  /** Packed by `packing`; or as they lie, with so many bytes from one term's columns to the next's. */
  readonly weights: number;
  readonly weightRow?: number;
  readonly bias?: number;
  readonly rescale?: Rescale;
  readonly relu?: boolean;
  readonly fma: boolean;
}

/** Floats that the packed weights take. */
export function packedSize(terms: number, columns: number): number {
  return terms * padded(columns);
}

/**
 * For each place of the packed weights the weight that stands there, or −1 for none: group by group, tile by tile, each
 * term's columns side by side.
 */
export function packing(
  terms: number,
  columns: number,
  weightAt: (term: number, column: number, group: number) => number,
  groups: number = 1,
): Int32Array {
  const map = new Int32Array(groups * packedSize(terms, columns));
  let at = 0;
  for (let group = 0; group < groups; group++) {
    for (const { first, vectors, count } of columnTiles(columns)) {
      const width = vectors * LANES;
      for (let tile = 0; tile < count; tile++) {
        for (let term = 0; term < terms; term++) {
          for (let i = 0; i < width; i++) {
            const column = first * LANES + tile * width + i;
            map[at++] = column < columns ? weightAt(term, column, group) : -1;
          }
        }
      }
    }
  }
  return map;
}

/** Tiles of columns, the last by itself if it is not full: what is behind it is another group's, or stays 0. */
function tilesOf(columns: number): ColumnTiles[] {
  const tiles = columnTiles(columns);
  const last = tiles.at(-1)!;
  if (columns % LANES === 0 || last.count === 1) return tiles;
  const full = { ...last, count: last.count - 1 };
  return [...tiles.slice(0, -1), full, { ...last, first: last.first + full.count * last.vectors, count: 1 }];
}

export function products(p: Products): Routine {
  const [outer, inner] = p.units;
  const { groups } = p;
  const terms = p.sum.reduce((product, { count }) => product * count, 1);
  const { maps = {} } = p;
  const about = {
    units: outer.count * inner.count,
    grids: Object.values(maps),
    bySample: p.bySample,
    shared: 4 * (groups?.count ?? 1) * packedSize(terms, p.columns),
  };
  return routine(p.name, about, ({ f, base, first, end, of }) => {
    const [unit, group, a, b, weights, start, tile, strip] = f.locals(8, I32);
    const cursors = { from: f.local(I32), to: f.local(I32), mask: f.local(I32) };
    const kept = f.local(V128);
    const registers = new Registers(f);
    const ofGroup = (bytes: number): readonly [Value, number] => [group.get, groups ? bytes : 0];
    const eachGroup = (body: () => void): void =>
      groups ? f.for(group, i32(0), i32(groups.count), 1, body) : body();

    /** All columns of a group. */
    const columns = (unitOuter: Value, unitInner: Value): void => {
      for (const tiles of tilesOf(p.columns)) {
        const width = tiles.vectors * LANES * 4; // bytes
        const column = tiles.first * LANES * 4;
        const packed = p.weightRow === undefined;
        const termStep = packed ? width : p.weightRow;
        const levels = p.sum.map(({ count, step }, i) => ({
          count,
          stepA: step,
          stepB: termStep * p.sum.slice(i + 1).reduce((product, level) => product * level.count, 1),
        }));
        const weightsAt = p.weights + column * (packed ? terms : 1);
        f.set(weights, place(base, weightsAt, ofGroup(4 * packedSize(terms, p.columns))));
        // Of the tile in a row of columns.
        f.set(start, groups ? add(mul(group.get, i32(4 * p.columns)), i32(column)) : i32(column));
        f.repeat(tile, tiles.count, () => {
          const at = (array: "from" | "to" | "mask", first: number): Value =>
            place(of(maps[array]), first, [unitOuter, outer[array] ?? 0], [unitInner, inner[array] ?? 0]);
          f.set(cursors.from, add(at("from", p.from), groups ? mul(group.get, i32(groups.from)) : i32(0)));
          f.set(cursors.to, add(at("to", p.to), start.get));
          if (p.mask !== undefined) f.set(cursors.mask, add(at("mask", p.mask), start.get));
          for (const { size, count } of rowTiles(p.strip.count, tiles.vectors)) {
            f.repeat(strip, count, () => {
              f.set(a, cursors.from.get);
              f.set(b, weights.get);
              emitTile(
                registers,
                {
                  rows: size,
                  vectors: tiles.vectors,
                  rowStepA: p.strip.from,
                  columnStepB: p.lanewise ? width : undefined,
                  levels,
                  fma: p.fma,
                },
                a,
                b,
                (_, v) =>
                  p.bias === undefined ? constant(0) : load(add(base.get, start.get), p.bias + 16 * v),
                (row, v, sum) => {
                  const at = add(start.get, i32(16 * v));
                  let value = p.rescale ? rescaled(sum, p.rescale, base, at, p.fma) : sum;
                  if (p.relu) value = positivePart(value);
                  if (p.mask !== undefined) {
                    value = whereActive(value, load(cursors.mask.get, row * p.strip.mask! + 16 * v));
                  }
                  const offset = row * p.strip.to + 16 * v;
                  const mine = p.columns - (tiles.first + v) * LANES; // lanes
                  if (tiles.count > 1 || mine >= LANES) {
                    f.store(cursors.to.get, offset, value);
                    return;
                  }
                  f.set(kept, value);
                  for (let n = 0; n < mine; n++) f.storeLane(cursors.to.get, offset + 4 * n, kept.get, n);
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
    };

    f.for(unit, first.get, end.get, 1, () => {
      const index = unitIndex(unit.get, inner.count);
      const innerIndex = p.inner
        ? minimum(mul(index.inner, i32(p.inner.stride)), i32(p.inner.last))
        : index.inner;
      eachGroup(() => columns(index.outer, innerIndex));
    });
  });
}
