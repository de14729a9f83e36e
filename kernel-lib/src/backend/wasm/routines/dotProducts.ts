import { add, constant, f32Add, I32, i32, lane, lessThan, load, loadF32, minimum, mul, type Local, type Value } from "../assembler.js"; // prettier-ignore
import { LANES, padded, type Grid } from "../grid.js";
import { positivePart } from "./relu.js";
import { place, routine, type Routine } from "./routine.js";
import { emitTile, Registers } from "./tile.js";
import { evenly, rowTiles } from "./tiling.js";

/** Rows whose factors stay in the first cache while the weights go by, so many terms at a time. */
const STRIP = 8;
const TERMS = 512;

/**
 * Products of rows with rows, so that weights are read as tensors hold them:
 *
 *     to[row][column] = bias[column] + Σ from[row][term] · weights[column][term]
 *
 * Rows of both factors are read in fours: what stands behind their last term has to be 0.
 */
export interface DotProducts {
  readonly name: string;
  /** What it reads and writes of maps. */
  readonly maps: readonly Grid[];
  readonly rows: number;
  readonly columns: number;
  readonly terms: number;
  /** Where each array starts in the block, and from one row to the next, in bytes. */
  readonly from: number;
  readonly fromRow: number;
  readonly weights: number;
  readonly weightRow: number;
  readonly to: number;
  readonly toRow: number;
  readonly bias: number;
  readonly relu: boolean;
  readonly fma: boolean;
}

export function dotProducts(p: DotProducts): Routine {
  return routine(p.name, { units: Math.ceil(p.rows / STRIP), grids: p.maps }, ({ f, base, first, end }) => {
    const [unit, row, column, chunk, terms, pair, strip] = f.locals(7, I32);
    const [from, weights, to, a, b] = f.locals(5, I32);
    const registers = new Registers(f);

    /** What happens to four results at a time, of all rows of this thread. */
    const eachResult = (write: (at: Value) => void): void =>
      f.for(row, mul(first.get, i32(STRIP)), minimum(mul(end.get, i32(STRIP)), i32(p.rows)), 1, () =>
        f.for(column, i32(0), i32(padded(p.columns) * 4), LANES * 4, () =>
          write(add(place(base, p.to, [row.get, p.toRow]), column.get)),
        ),
      );
    const move = (cursor: Local, bytes: number): void => f.set(cursor, add(cursor.get, i32(bytes)));

    /** All columns of so many rows, along so many fours of terms. */
    const products = (rows: number, fours: number): void => {
      f.set(weights, place(base, p.weights, [terms.get, LANES * 4]));
      f.set(column, i32(0));
      for (const { columns, count } of [
        { columns: 2, count: Math.floor(p.columns / 2) },
        { columns: 1, count: p.columns % 2 },
      ]) {
        if (count === 0) continue;
        f.repeat(pair, count, () => {
          f.set(from, place(base, p.from, [unit.get, STRIP * p.fromRow], [terms.get, LANES * 4]));
          f.set(to, add(place(base, p.to, [unit.get, STRIP * p.toRow]), column.get));
          for (const { size, count: tiles } of rowTiles(rows, columns, false)) {
            f.repeat(strip, tiles, () => {
              f.set(a, from.get);
              f.set(b, weights.get);
              emitTile(
                registers,
                {
                  rows: size,
                  vectors: columns,
                  rowStepA: p.fromRow,
                  columnStepB: p.weightRow,
                  levels: [{ count: fours, stepA: LANES * 4, stepB: LANES * 4 }],
                  fma: p.fma,
                },
                a,
                b,
                () => constant(0),
                (r, v, sum) => {
                  const at = r * p.toRow + v * 4;
                  f.storeF32(to.get, at, f32Add(loadF32(to.get, at), lanes(sum)));
                },
              );
              move(from, size * p.fromRow);
              move(to, size * p.toRow);
            });
          }
          move(weights, columns * p.weightRow);
          move(column, columns * 4);
        });
      }
    };

    eachResult((at) => f.store(at, 0, load(add(base.get, column.get), p.bias)));
    f.set(terms, i32(0));
    const whole = Math.floor(p.rows / STRIP);
    const rest = p.rows % STRIP;
    for (const { size, count } of evenly(Math.ceil(p.terms / LANES), TERMS / LANES)) {
      f.repeat(chunk, count, () => {
        f.for(unit, first.get, end.get, 1, () => {
          if (rest === 0) products(STRIP, size);
          else if (whole === 0) products(rest, size);
          else
            f.if(
              lessThan(unit.get, i32(whole)),
              () => products(STRIP, size),
              () => products(rest, size),
            );
        });
        move(terms, size);
      });
    }
    if (p.relu) eachResult((at) => f.store(at, 0, positivePart(load(at))));
  });
}

/** The sum of four floats. */
function lanes(v: Value): Value {
  return f32Add(f32Add(lane(v, 0), lane(v, 1)), f32Add(lane(v, 2), lane(v, 3)));
}
