import { add, Func, I32, i32, lessThan, load, V128, vAdd, type Local, type Value } from "../../assembler.js";
import { LANES, padded, type Grid } from "../../grid.js";
import { positivePart, whereActive } from "../relu.js";
import { rescaled, type Rescale } from "../rescale.js";
import { place } from "../routine.js";
import { tilesAlong, type Tiling } from "./pieces.js";
import { planesOf, resultsOf, Transforms, type TileSize, type Transform } from "./transforms.js";

/** Places of tiles that are worked on together: as many as keep a product busy and still stay in a core's cache. */
const PLACES = 32 * 36;

/** How an image is cut into tiles, and how many images are worked on together. */
export interface Cut {
  readonly tile: TileSize;
  readonly results: number;
  readonly down: number;
  readonly across: number;
  /** Images of a unit: a divisor of the batch. */
  readonly images: number;
  /** Tiles of a unit, and from one plane to the next: an odd number, so that planes do not share places in the cache. */
  readonly tiles: number;
  readonly pitch: number;
}

export function cut(batch: number, { down: rows, across: columns, tile }: Tiling, together?: number): Cut {
  const results = resultsOf(tile);
  const [down, across] = [tilesAlong(rows, tile), tilesAlong(columns, tile)];
  const wanted = together ?? Math.max(1, Math.round(PLACES / (planesOf(tile) * down * across)));
  let images = Math.min(batch, wanted);
  while (batch % images !== 0) images--;
  const tiles = images * down * across;
  return { tile, results, down, across, images, tiles, pitch: tiles | 1 };
}

/** Units in which `winogradGradWeight` goes through a batch. */
export function gradUnits(batch: number, tiling: Tiling): number {
  return batch / cut(batch, tiling).images;
}

/** Bytes that `square` needs for what lies between its two passes. */
export const squareSpare = (tile: TileSize): number => planesOf(tile) * LANES * 4;

/** Bytes for the columns of a row of tiles, four channels of them, where neighbours share some. */
function sparePerLane({ across, results, tile }: Cut): number {
  return squareSpare(tile) + (across - 1) * results * tile.size * LANES * 4;
}
/** What may lie between the two passes and stay in the first cache beside what is read and written. */
const NEAR = 16 * 1024;

/** Columns that neighbouring tiles share, if those of a row of tiles with all their channels stay in the first cache. */
function sharedColumns(c: Cut, channels: number, size: number): number {
  return (padded(channels) / LANES) * sparePerLane(c) <= NEAR ? size - c.results : 0;
}

/** Bytes that `enterTiles` and `leaveTiles` need for what lies between their two passes. */
export function spareOf(c: Cut, channels: number): number {
  return sharedColumns(c, channels, c.tile.size)
    ? (padded(channels) / LANES) * sparePerLane(c)
    : squareSpare(c.tile);
}

/**
 * A transform on the rows of a square of values, then on its columns. What lies between the two is written down at
 * `spare`: with a line of values at work at a time, all of them stay in registers.
 */
export function square(
  f: Func,
  { size, outSize, transform, spare }: { size: number; outSize: number; transform: Transform; spare: Value },
  read: (row: number, column: number) => Value,
  put: (row: number, column: number, value: Value) => void,
): void {
  const line = f.locals(size, V128);
  const values = line.map((value) => value.get);
  for (let row = 0; row < size; row++) {
    line.forEach((value, i) => f.set(value, read(row, i)));
    transform(values, (i, value) => f.store(spare, (row * outSize + i) * LANES * 4, value));
  }
  for (let column = 0; column < outSize; column++) {
    line.forEach((value, i) => f.set(value, load(spare, (i * outSize + column) * LANES * 4)));
    transform(values, (row, value) => put(row, column, value));
  }
}

/**
 * Rows of an image's tiles into tiles, column by column and then row by row; what lies between the two is written down at
 * `spare`, and columns in which two tiles overlap serve both: (source: its first pixel, target: its first tile in plane 0, spare, first row, end).
 *
 * @param grid  the pixels, as the tiles go over them
 * @param depth floats from one tile to the next
 * @param plane bytes from one plane to the next
 * @param size  pixels on a side of what is read for a tile
 */
export function enterTiles(
  c: Cut,
  grid: Grid,
  depth: number,
  plane: number,
  size: number,
  which: (transforms: Transforms) => Transform,
  fma: boolean,
): Func {
  const f = new Func();
  const [source, target, spare, first, end] = Array.from({ length: 5 }, () => f.param(I32));
  const [from, to, between, down, across, lane, pixel, tile, written] = f.locals(9, I32);
  const transform = which(new Transforms(f, c.tile, fma));
  const line = f.locals(size, V128);
  const values = line.map((value) => value.get);
  const side = c.tile.size;
  const column = side * LANES * 4; // of what lies between the two passes, in bytes
  const downwards = (number: number): void => {
    line.forEach((value, row) => f.set(value, load(from.get, 4 * (row * grid.row + number * grid.pixel))));
    transform(values, (row, value) => f.store(between.get, number * column + row * LANES * 4, value));
  };
  const kept = sharedColumns(c, grid.channels, size);
  const eachLane = (body: () => void): void =>
    f.for(lane, i32(0), i32(padded(grid.channels) * 4), LANES * 4, () => {
      f.set(from, add(pixel.get, lane.get));
      f.set(between, kept ? place(written, 0, [lane.get, sparePerLane(c) / (LANES * 4)]) : spare.get);
      body();
    });
  f.for(down, first.get, end.get, 1, () => {
    f.set(pixel, place(source, 0, [down.get, c.results * grid.row * 4]));
    f.set(tile, place(target, 0, [down.get, c.across * depth * 4]));
    f.set(written, spare.get);
    if (kept) {
      eachLane(() => {
        for (let i = 0; i < kept; i++) downwards(i);
      });
    }
    f.repeat(across, c.across, () => {
      eachLane(() => {
        f.set(to, add(tile.get, lane.get));
        for (let i = kept; i < size; i++) downwards(i);
        for (let row = 0; row < side; row++) {
          line.forEach((value, i) => f.set(value, load(between.get, i * column + row * LANES * 4)));
          transform(values, (i, value) => f.store(to.get, (row * side + i) * plane, value));
        }
      });
      f.set(written, add(written.get, i32(c.results * column)));
      f.set(pixel, add(pixel.get, i32(c.results * grid.pixel * 4)));
      f.set(tile, add(tile.get, i32(depth * 4)));
    });
  });
  return f;
}

/** What happens to a result on its way out of the tiles. */
export interface Finish {
  /** One number a channel, in bytes from the base. */
  readonly bias?: number;
  readonly rescale?: Rescale;
  readonly relu?: boolean;
  readonly mask?: Grid;
  readonly fma: boolean;
}

/**
 * Rows of tiles of products to an image: (source: its first tile in plane 0, target and mask: first pixels, base, spare,
 * first row, end).
 */
export function leaveTiles(c: Cut, grid: Grid, plane: number, finish: Finish): Func {
  const f = new Func();
  const [source, target, mask, base, spare, first, end] = Array.from({ length: 7 }, () => f.param(I32));
  const [from, to, kept, down, across, lanes, tile, pixel, maskPixel] = f.locals(9, I32);
  const bias = f.local(V128);
  const transform = new Transforms(f, c.tile, finish.fma).output;
  // The last tiles may hang over the edge: what lies beyond is not written.
  const within = (axis: Local, offset: number, size: number, tiles: number, write: () => void): void => {
    if (tiles * c.results - size <= c.results - 1 - offset) return write();
    f.if(lessThan(axis.get, i32(tiles - 1)), write);
  };
  const depth = padded(grid.channels);
  const rowOf = (start: Local, { row }: Grid): Value => place(start, 0, [down.get, c.results * row * 4]);
  const move = (address: Local, bytes: number): void => f.set(address, add(address.get, i32(bytes)));
  f.for(down, first.get, end.get, 1, () => {
    f.set(tile, place(source, 0, [down.get, c.across * depth * 4]));
    f.set(pixel, rowOf(target, grid));
    if (finish.mask) f.set(maskPixel, rowOf(mask, finish.mask));
    f.for(across, i32(0), i32(c.across), 1, () => {
      f.for(lanes, i32(0), i32(depth * 4), LANES * 4, () => {
        f.set(from, add(tile.get, lanes.get));
        f.set(to, add(pixel.get, lanes.get));
        if (finish.mask) f.set(kept, add(maskPixel.get, lanes.get));
        if (finish.bias !== undefined) f.set(bias, load(add(base.get, lanes.get), finish.bias));
        square(
          f,
          { size: c.tile.size, outSize: c.results, transform, spare: spare.get },
          (row, column) => load(from.get, (row * c.tile.size + column) * plane),
          (row, column, value) =>
            within(down, row, grid.height, c.down, () =>
              within(across, column, grid.width, c.across, () => {
                let out = finish.bias === undefined ? value : vAdd(value, bias.get);
                if (finish.rescale) out = rescaled(out, finish.rescale, base, lanes.get, finish.fma);
                if (finish.relu) out = positivePart(out);
                if (finish.mask) {
                  out = whereActive(
                    out,
                    load(kept.get, 4 * (row * finish.mask.row + column * finish.mask.pixel)),
                  );
                }
                f.store(to.get, 4 * (row * grid.row + column * grid.pixel), out);
              }),
            ),
        );
      });
      move(tile, depth * 4);
      move(pixel, c.results * grid.pixel * 4);
      if (finish.mask) move(maskPixel, c.results * finish.mask.pixel * 4);
    });
  });
  return f;
}
