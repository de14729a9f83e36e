import { add, constant, Func, I32, i32, lessThan, load, V128, vAdd, type Local, type Value } from "../assembler.js"; // prettier-ignore
import { inside, LANES, padded, type Grid, type Layout } from "../grid.js";
import { positivePart, whereActive } from "./relu.js";
import { place, routine, type Frame, type Routine } from "./routine.js";
import { columnTiles, emitTile, Registers, rowTiles, type Level } from "./tile.js";
import { resultsPerTile, TILE, Transforms, type Transform } from "./winogradTransforms.js";

/** Products that a tile needs for each pair of channels. */
const PLANES = TILE * TILE;
/** The plane that belongs to the point 1 in both directions: of errors it holds each tile's sum. */
const SUM_PLANE = TILE + 1;
/** Tiles that are worked on together: as many as keep a product busy and still stay in a core's cache. */
const TILES = 64;

/** How an image is cut into tiles, and how many images are worked on together. */
interface Cut {
  readonly results: number;
  readonly down: number;
  readonly across: number;
  /** Images of a unit: a divisor of the batch. */
  readonly images: number;
  /** Tiles of a unit, and from one plane to the next: an odd number, so that planes do not share places in the cache. */
  readonly tiles: number;
  readonly pitch: number;
}

function cut(batch: number, height: number, width: number, taps: number): Cut {
  const results = resultsPerTile(taps);
  const [down, across] = [Math.ceil(height / results), Math.ceil(width / results)];
  const wanted = Math.max(1, Math.round(TILES / (down * across)));
  let images = Math.min(batch, wanted);
  while (batch % images !== 0) images--;
  const tiles = images * down * across;
  return { results, down, across, images, tiles, pitch: tiles | 1 };
}

/** A square window with stride 1 that slides over maps, by way of tiles. */
export interface WinogradSpec {
  readonly name: string;
  readonly from: Grid;
  /** Where the first tap lies at the first stop, counted from pixel (0, 0); the border has to hold the last tile. */
  readonly origin: readonly [y: number, x: number];
  readonly taps: number;
  readonly to: Grid;
  /** Transformed by `transformWeights`. */
  readonly weights: number;
  readonly bias?: number;
  readonly relu?: boolean;
  readonly mask?: Grid;
  readonly fma: boolean;
  readonly parts: number;
}

/** Floats of transformed weights. */
export function transformedSize(inChannels: number, outChannels: number): number {
  return PLANES * inChannels * padded(outChannels);
}

/** Units in which `winogradGradWeight` goes through a batch. */
export function gradUnits(batch: number, height: number, width: number, taps: number): number {
  return batch / cut(batch, height, width, taps).images;
}

/** Pixels that the tiles reach: at least so many rows or columns from the first tap on. */
export function reach(stops: number, taps: number): number {
  const results = resultsPerTile(taps);
  return Math.ceil(stops / results) * results + taps - 1;
}

/** Into tiles, a product for each place in a tile, and back: all in a few buffers that belong to the thread. */
export function winograd(spec: WinogradSpec, layout: Layout): Routine {
  const { from, to, mask, fma } = spec;
  const c = cut(to.batch, to.height, to.width, spec.taps);
  const inPlane = c.pitch * from.pixel * 4;
  const outPlane = c.pitch * to.pixel * 4;
  const scratchSize = (PLANES * (inPlane + outPlane)) / 4;
  const scratch = layout.floats(spec.parts * scratchSize);
  const enter = transformTiles(c, from, inPlane, (t) => t.input, TILE, fma);
  const multiply = product(c.tiles, from, to, fma);
  const leave = finishTiles(c, to, outPlane, spec);
  const weightPlane = from.channels * padded(to.channels) * 4;
  return routine(spec.name, to.batch / c.images, (frame) => {
    const { f, base, first, end, part } = frame;
    const [unit, image, plane, v, m] = f.locals(5, I32);
    f.set(v, place(base, scratch, [part.get, scratchSize * 4]));
    f.set(m, add(v.get, i32(PLANES * inPlane)));
    f.for(unit, first.get, end.get, 1, () => {
      const at = (grid: Grid, offset: number): Value =>
        place(
          base,
          inside(grid) + offset,
          [unit.get, c.images * grid.sample * 4],
          [image.get, grid.sample * 4],
        );
      const tilesOf = (start: Local, pixel: number): Value =>
        place(start, 0, [image.get, c.down * c.across * pixel * 4]);
      const origin = 4 * (spec.origin[0] * from.row + spec.origin[1] * from.pixel);
      f.for(image, i32(0), i32(c.images), 1, () => f.call(enter, at(from, origin), tilesOf(v, from.pixel)));
      f.for(plane, i32(0), i32(PLANES), 1, () =>
        f.call(
          multiply,
          place(v, 0, [plane.get, inPlane]),
          place(base, spec.weights, [plane.get, weightPlane]),
          place(m, 0, [plane.get, outPlane]),
        ),
      );
      f.for(image, i32(0), i32(c.images), 1, () =>
        f.call(leave, tilesOf(m, to.pixel), at(to, 0), mask ? at(mask, 0) : i32(0), base.get),
      );
    });
  });
}

/** What the gradient of the weights needs. */
export interface WinogradGradSpec {
  readonly name: string;
  readonly x: Grid;
  readonly origin: readonly [y: number, x: number];
  readonly taps: number;
  /** The gradient of the output; its border has to hold the last tile. */
  readonly grad: Grid;
  /** Where the result goes: (taps, taps, x.pixel, padded outChannels). */
  readonly to: number;
  /** Where the sums of the errors go, a row of channels for each unit: `gradUnits` rows. */
  readonly biasTo: number;
  readonly fma: boolean;
  readonly parts: number;
}

/** The gradient of the weights: input and error as tiles, their products summed over all tiles, and back to taps. */
export function winogradGradWeight(spec: WinogradGradSpec, layout: Layout): Routine[] {
  const { x, grad, fma, taps, parts } = spec;
  const c = cut(grad.batch, grad.height, grad.width, taps);
  const [inPlane, gradPlane] = [c.pitch * x.pixel * 4, c.pitch * grad.pixel * 4];
  const scratchSize = (PLANES * (inPlane + gradPlane)) / 4;
  const scratch = layout.floats(parts * scratchSize);
  const columns = padded(grad.channels);
  const sumPlane = x.pixel * columns * 4;
  const sums = layout.floats((parts * PLANES * sumPlane) / 4);
  const enter = transformTiles(c, x, inPlane, (t) => t.input, TILE, fma);
  const enterGrad = transformTiles(c, grad, gradPlane, (t) => t.error(c.results), c.results, fma);
  const multiply = productOfColumns(c.tiles, x, grad, fma);
  const accumulate = routine(spec.name, grad.batch / c.images, (frame) => {
    const { f, base, first, end, part } = frame;
    const [unit, image, plane, v, z, sum, lanes, tile, cursor] = f.locals(9, I32);
    const total = f.local(V128);
    f.set(v, place(base, scratch, [part.get, scratchSize * 4]));
    f.set(z, add(v.get, i32(PLANES * inPlane)));
    f.set(sum, place(base, sums, [part.get, PLANES * sumPlane]));
    f.clear(sum.get, i32(PLANES * sumPlane));
    f.for(unit, first.get, end.get, 1, () => {
      const at = (grid: Grid, offset: number): Value =>
        place(
          base,
          inside(grid) + offset,
          [unit.get, c.images * grid.sample * 4],
          [image.get, grid.sample * 4],
        );
      const tilesOf = (start: Local, pixel: number): Value =>
        place(start, 0, [image.get, c.down * c.across * pixel * 4]);
      const origin = 4 * (spec.origin[0] * x.row + spec.origin[1] * x.pixel);
      f.for(image, i32(0), i32(c.images), 1, () => {
        f.call(enter, at(x, origin), tilesOf(v, x.pixel));
        f.call(enterGrad, at(grad, 0), tilesOf(z, grad.pixel));
      });
      f.for(lanes, i32(0), i32(grad.pixel * 4), LANES * 4, () => {
        f.set(cursor, add(place(z, SUM_PLANE * gradPlane), lanes.get));
        f.set(total, constant(0));
        f.for(tile, i32(0), i32(c.tiles), 1, () => {
          f.set(total, vAdd(total.get, load(cursor.get)));
          f.set(cursor, add(cursor.get, i32(grad.pixel * 4)));
        });
        f.store(add(place(base, spec.biasTo, [unit.get, grad.pixel * 4]), lanes.get), 0, total.get);
      });
      f.for(plane, i32(0), i32(PLANES), 1, () =>
        f.call(
          multiply,
          place(v, 0, [plane.get, inPlane]),
          place(z, 0, [plane.get, gradPlane]),
          place(sum, 0, [plane.get, sumPlane]),
        ),
      );
    });
  });
  const back = routine(`${spec.name}.taps`, x.channels, (frame) => {
    const { f, base, first, end } = frame;
    const [channel, column, part, from, to] = f.locals(5, I32);
    const u = f.locals(PLANES, V128);
    const transform = new Transforms(f, fma).gradWeights(taps);
    f.for(channel, first.get, end.get, 1, () =>
      f.for(column, i32(0), i32(columns * 4), LANES * 4, () => {
        f.set(from, add(place(base, sums, [channel.get, columns * 4]), column.get));
        u.forEach((value, i) => f.set(value, load(from.get, i * sumPlane)));
        f.for(part, i32(1), i32(parts), 1, () => {
          f.set(from, add(from.get, i32(PLANES * sumPlane)));
          u.forEach((value, i) => f.set(value, vAdd(value.get, load(from.get, i * sumPlane))));
        });
        f.set(to, add(place(base, spec.to, [channel.get, columns * 4]), column.get));
        both(f, u, TILE, taps, transform, (row, tap, value) => {
          f.store(to.get, (row * taps + tap) * sumPlane, value);
        });
      }),
    );
  });
  return [accumulate, back];
}

/** Weights (taps, taps, inChannels, padded outChannels) into planes that `winograd` multiplies with. */
export function transformWeights(
  name: string,
  from: number,
  to: number,
  taps: number,
  inChannels: number,
  outChannels: number,
  fma: boolean,
): Routine {
  const columns = padded(outChannels);
  const plane = inChannels * columns * 4;
  return routine(name, inChannels, (frame: Frame) => {
    const { f, base, first, end } = frame;
    const [channel, tile, source, target] = f.locals(4, I32);
    const g = f.locals(PLANES, V128);
    const transform = new Transforms(f, fma).weights(taps);
    f.for(channel, first.get, end.get, 1, () => {
      for (const { first: start, vectors, count } of columnTiles(outChannels)) {
        const width = vectors * LANES * 4;
        f.for(tile, i32(0), i32(count), 1, () => {
          for (let v = 0; v < vectors; v++) {
            const column = (start + v) * LANES * 4;
            f.set(source, place(base, from + column, [channel.get, columns * 4], [tile.get, width]));
            const panel = start * LANES * 4 * inChannels + 16 * v;
            f.set(target, place(base, to + panel, [channel.get, width], [tile.get, width * inChannels]));
            for (let row = 0; row < taps; row++) {
              for (let tap = 0; tap < taps; tap++) {
                f.set(g[row * TILE + tap], load(source.get, (row * taps + tap) * plane));
              }
            }
            both(f, g, taps, TILE, transform, (row, place, value) => {
              f.store(target.get, (row * TILE + place) * plane, value);
            });
          }
        });
      }
    });
  });
}

/**
 * A transform on the rows of a square, then on its columns. The square lies in `values`, `TILE` to a row; rows are
 * transformed in place, columns handed to `put`.
 */
function both(
  f: Func,
  values: readonly Local[],
  size: number,
  outSize: number,
  transform: Transform,
  put: (row: number, column: number, value: Value) => void,
): void {
  const spare = f.locals(outSize, V128);
  for (let row = 0; row < size; row++) {
    const line = Array.from({ length: size }, (_, i) => values[row * TILE + i].get);
    transform(line, (i, value) => f.set(spare[i], value));
    spare.forEach((value, i) => f.set(values[row * TILE + i], value.get));
  }
  for (let column = 0; column < outSize; column++) {
    const line = Array.from({ length: size }, (_, i) => values[i * TILE + column].get);
    transform(line, (row, value) => put(row, column, value));
  }
}

/** One image into tiles: (source: its first pixel, target: its first tile in plane 0). */
function transformTiles(
  c: Cut,
  grid: Grid,
  plane: number,
  which: (transforms: Transforms) => Transform,
  size: number,
  fma: boolean,
): Func {
  const f = new Func();
  const [source, target] = [f.param(I32), f.param(I32)];
  const [down, across, lanes, from, to] = f.locals(5, I32);
  const values = f.locals(PLANES, V128);
  const transform = which(new Transforms(f, fma));
  f.for(down, i32(0), i32(c.down), 1, () =>
    f.for(across, i32(0), i32(c.across), 1, () =>
      f.for(lanes, i32(0), i32(grid.pixel * 4), LANES * 4, () => {
        const step = c.results * 4;
        f.set(
          from,
          add(place(source, 0, [down.get, step * grid.row], [across.get, step * grid.pixel]), lanes.get),
        );
        f.set(
          to,
          add(
            place(target, 0, [down.get, c.across * grid.pixel * 4], [across.get, grid.pixel * 4]),
            lanes.get,
          ),
        );
        for (let row = 0; row < size; row++) {
          for (let column = 0; column < size; column++) {
            f.set(values[row * TILE + column], load(from.get, 4 * (row * grid.row + column * grid.pixel)));
          }
        }
        both(f, values, size, TILE, transform, (row, column, value) => {
          f.store(to.get, (row * TILE + column) * plane, value);
        });
      }),
    ),
  );
  return f;
}

/** Tiles of products to one image: (source: its first tile in plane 0, target, mask: their first pixels, base). */
function finishTiles(c: Cut, grid: Grid, plane: number, spec: WinogradSpec): Func {
  const f = new Func();
  const [source, target, mask, base] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32)];
  const [down, across, lanes, from, to, kept] = f.locals(6, I32);
  const values = f.locals(PLANES, V128);
  const bias = f.local(V128);
  const transform = new Transforms(f, spec.fma).output(c.results);
  const { results } = c;
  const step = results * 4;
  f.for(down, i32(0), i32(c.down), 1, () =>
    f.for(across, i32(0), i32(c.across), 1, () =>
      f.for(lanes, i32(0), i32(grid.pixel * 4), LANES * 4, () => {
        const pixelOf = (start: Local, { row, pixel }: Grid): Value =>
          add(place(start, 0, [down.get, step * row], [across.get, step * pixel]), lanes.get);
        f.set(
          from,
          add(
            place(source, 0, [down.get, c.across * grid.pixel * 4], [across.get, grid.pixel * 4]),
            lanes.get,
          ),
        );
        f.set(to, pixelOf(target, grid));
        if (spec.mask) f.set(kept, pixelOf(mask, spec.mask));
        if (spec.bias !== undefined) f.set(bias, load(add(base.get, lanes.get), spec.bias));
        values.forEach((value, i) => f.set(value, load(from.get, i * plane)));
        // The last tiles may hang over the edge: what lies beyond is not written.
        const within = (
          axis: Local,
          offset: number,
          size: number,
          tiles: number,
          write: () => void,
        ): void => {
          if (tiles * results - size <= results - 1 - offset) return write();
          f.if(lessThan(axis.get, i32(tiles - 1)), write);
        };
        both(f, values, TILE, results, transform, (row, column, value) => {
          within(down, row, grid.height, c.down, () =>
            within(across, column, grid.width, c.across, () => {
              let out = spec.bias === undefined ? value : vAdd(value, bias.get);
              if (spec.relu) out = positivePart(out);
              if (spec.mask) {
                const at = 4 * (row * spec.mask.row + column * spec.mask.pixel);
                out = whereActive(out, load(kept.get, at));
              }
              f.store(to.get, 4 * (row * grid.row + column * grid.pixel), out);
            }),
          );
        });
      }),
    ),
  );
  return f;
}

/** (a: rows of input channels, b: packed weights, c: rows of output channels): c = a · b. */
function product(rows: number, from: Grid, to: Grid, fma: boolean): Func {
  const f = new Func();
  const [a0, b0, c0] = [f.param(I32), f.param(I32), f.param(I32)];
  const [a, b, startA, startB, target, tile, strip] = f.locals(7, I32);
  const registers = new Registers(f);
  const row = to.pixel * 4;
  f.set(startA, a0.get);
  // All weights of a plane stay in the first cache while the rows go by.
  for (const { size, count } of rowTiles(rows, 2)) {
    f.repeat(strip, count, () => {
      f.set(startB, b0.get);
      f.set(target, c0.get);
      for (const { vectors, count: tiles } of columnTiles(to.channels)) {
        const width = vectors * LANES * 4;
        const levels: Level[] = [{ count: from.channels, stepA: 4, stepB: width }];
        f.repeat(tile, tiles, () => {
          f.set(a, startA.get);
          f.set(b, startB.get);
          emitTile(
            registers,
            { rows: size, vectors, rowStepA: from.pixel * 4, levels, fma },
            a,
            b,
            () => constant(0),
            (r, v, sum) => f.store(target.get, r * row + 16 * v, sum),
          );
          f.set(startB, add(startB.get, i32(width * from.channels)));
          f.set(target, add(target.get, i32(width)));
        });
      }
      f.set(startA, add(startA.get, i32(size * from.pixel * 4)));
      f.set(c0, add(c0.get, i32(size * row)));
    });
  }
  return f;
}

/** (a: rows of input channels, b: rows of output channels, c: (input channels, output channels)): c += aᵀ · b. */
function productOfColumns(rows: number, x: Grid, grad: Grid, fma: boolean): Func {
  const f = new Func();
  const [a0, b0, c0] = [f.param(I32), f.param(I32), f.param(I32)];
  const [a, b, startA, target, tile, strip] = f.locals(6, I32);
  const registers = new Registers(f);
  const row = padded(grad.channels) * 4;
  const levels: Level[] = [{ count: rows, stepA: x.pixel * 4, stepB: grad.pixel * 4 }];
  for (const tiles of columnTiles(grad.channels)) {
    const width = tiles.vectors * LANES * 4;
    f.for(tile, i32(0), i32(tiles.count), 1, () => {
      f.set(startA, a0.get);
      f.set(target, place(c0, tiles.first * LANES * 4, [tile.get, width]));
      for (const { size, count } of rowTiles(x.pixel, tiles.vectors)) {
        f.repeat(strip, count, () => {
          f.set(a, startA.get);
          f.set(b, place(b0, tiles.first * LANES * 4, [tile.get, width]));
          emitTile(
            registers,
            { rows: size, vectors: tiles.vectors, rowStepA: 4, levels, fma },
            a,
            b,
            (r, v) => load(target.get, r * row + 16 * v),
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
