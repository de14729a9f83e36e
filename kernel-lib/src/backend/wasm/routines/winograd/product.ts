import { add, constant, Func, I32, i32, load } from "../../assembler.js";
import { LANES, padded } from "../../grid.js";
import { place } from "../routine.js";
import { emitTile, Registers, type Level } from "../tile.js";
import { columnTiles, divisor, fullRowTiles, rowTiles } from "../tiling.js";

/*
 * One plane's matrix product, as a function that the routines call for each of the planes.
 */

/** How many there are of what a plane multiplies. */
export interface ProductSize {
  /** Tiles. */
  readonly rows: number;
  /** Pieces of the window, one after the other in a row of `a`, each with its input channels and room behind them. */
  readonly pieces: number;
  readonly channels: number;
  readonly outChannels: number;
}

/** Terms that are summed up at a time: rounding errors grow with the square root of their number. */
const TERMS = 64;

/** A sum as blocks of so many pieces with so many channels each. */
function blocksOf(pieces: number, channels: number): { pieces: number; channels: number; count: number } {
  if (channels > TERMS) {
    const some = channels % LANES === 0 ? divisor(channels, TERMS) : 1;
    const block = some >= TERMS / 4 ? some : channels; // what has no divisor of use is left whole
    return { pieces: 1, channels: block, count: (pieces * channels) / block };
  }
  const together = divisor(pieces, Math.floor(TERMS / channels));
  return { pieces: together, channels, count: pieces / together };
}

/** (a: rows of pieces of input channels, b: packed weights, c: rows of output channels): c = a · b. */
export function product({ rows, pieces, channels, outChannels }: ProductSize, fma: boolean): Func {
  const f = new Func();
  const [a0, b0, c0] = [f.param(I32), f.param(I32), f.param(I32)];
  const [a, b, startA, startB, target, tile, strip, block] = f.locals(8, I32);
  const blocks = blocksOf(pieces, channels);
  const alone = blocks.count === 1;
  const registers = new Registers(f);
  const row = padded(outChannels) * 4;
  const rowA = pieces * padded(channels) * 4;
  f.set(startA, a0.get);
  const tilesOfRow = columnTiles(outChannels);
  // All weights of a plane stay in the first cache while the rows go by.
  for (const { size, count, panels } of fullRowTiles(rows, tilesOfRow[0].vectors)) {
    f.repeat(strip, count, () => {
      f.set(startB, b0.get);
      f.set(target, c0.get);
      for (const { vectors, count: tiles } of tilesOfRow) {
        const width = vectors * LANES * 4;
        const levels: Level[] = [
          { count: blocks.pieces, stepA: padded(channels) * 4, stepB: width * channels },
          { count: blocks.channels, stepA: 4, stepB: width },
        ];
        const step = width * pieces * channels;
        const across = (panels: number, count: number): void => {
          if (count === 0) return;
          f.repeat(tile, count, () => {
            f.set(a, startA.get);
            f.set(b, startB.get);
            const whole = { rows: size, vectors: panels * vectors, rowStepA: rowA, levels, fma };
            const placeOf = (r: number, v: number): number => r * row + 16 * v;
            const plus = alone ? undefined : (r: number, v: number) => load(target.get, placeOf(r, v));
            if (!alone) {
              for (let r = 0; r < size; r++)
                for (let v = 0; v < whole.vectors; v++) f.store(target.get, placeOf(r, v), constant(0));
            }
            f.repeat(block, blocks.count, () => {
              emitTile(
                registers,
                { ...whole, plus, panel: { vectors, step } },
                a,
                b,
                () => constant(0),
                (r, v, sum) => f.store(target.get, placeOf(r, v), sum),
              );
              // A loop over one piece has stopped before the room behind its channels.
              const room = (padded(channels) - channels) * 4;
              if (!alone && blocks.pieces === 1 && room > 0) f.set(a, add(a.get, i32(room)));
            });
            f.set(startB, add(startB.get, i32(panels * step)));
            f.set(target, add(target.get, i32(panels * width)));
          });
        };
        const together = tiles >= panels ? panels : 1;
        across(together, Math.floor(tiles / together));
        across(1, tiles % together);
      }
      f.set(startA, add(startA.get, i32(size * rowA)));
      f.set(c0, add(c0.get, i32(size * row)));
    });
  }
  return f;
}

/**
 * (a: rows of pieces of input channels, b: rows of output channels, c: (those of a, output channels)): c += aᵀ · b. What is
 * added is summed up by itself first, as each term would otherwise be rounded to the size of all.
 */
export function productOfColumns({ rows, pieces, channels, outChannels }: ProductSize, fma: boolean): Func {
  const f = new Func();
  const [a0, b0, c0] = [f.param(I32), f.param(I32), f.param(I32)];
  const [a, b, startA, target, tile, strip] = f.locals(6, I32);
  const registers = new Registers(f);
  const row = padded(outChannels) * 4;
  const terms = pieces * padded(channels);
  const levels: Level[] = [{ count: rows, stepA: terms * 4, stepB: row }];
  for (const tiles of columnTiles(outChannels)) {
    const width = tiles.vectors * LANES * 4;
    f.for(tile, i32(0), i32(tiles.count), 1, () => {
      f.set(startA, a0.get);
      f.set(target, place(c0, tiles.first * LANES * 4, [tile.get, width]));
      for (const { size, count } of rowTiles(terms, tiles.vectors)) {
        f.repeat(strip, count, () => {
          f.set(a, startA.get);
          f.set(b, place(b0, tiles.first * LANES * 4, [tile.get, width]));
          emitTile(
            registers,
            {
              rows: size,
              vectors: tiles.vectors,
              rowStepA: 4,
              levels,
              plus: (r, v) => load(target.get, r * row + 16 * v),
              fma,
            },
            a,
            b,
            () => constant(0),
            (r, v, sum) => f.store(target.get, r * row + 16 * v, sum),
          );
          f.set(startA, add(startA.get, i32(size * 4)));
          f.set(target, add(target.get, i32(size * row)));
        });
      }
    });
  }
  return f;
}
