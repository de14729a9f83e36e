import { add, constant, I32, i32, load, V128, vAdd, type Local, type Value } from "../../assembler.js";
import { inside, LANES, padded, type Grid, type Layout } from "../../grid.js";
import { beginning, place, routine, type Routine } from "../routine.js";
import { piecePixels } from "./convolution.js";
import type { Tiling } from "./pieces.js";
import { productOfColumns } from "./product.js";
import { cut, enterTiles, spareOf, square, squareSpare } from "./tiles.js";
import { planesOf, Transforms } from "./transforms.js";
import { weightPlane } from "./weights.js";

/** What the gradient of the weights needs. */
export interface WinogradGradSpec {
  readonly name: string;
  readonly x: Grid;
  readonly tiling: Tiling;
  readonly kernel: readonly [height: number, width: number];
  /** The gradient of the output; its border has to hold the last tile. */
  readonly grad: Grid;
  /** Where the result goes, as the weight lies: (outChannels with room, inChannels, kernel). */
  readonly to: number;
  /** Where the sums of the errors go, a row of channels for each unit: `gradUnits` rows. */
  readonly biasTo: number;
  readonly fma: boolean;
  readonly parts: number;
}

/** The gradient of the weights: input and error as tiles, their products summed over all tiles; then back to taps. */
export function winogradGradWeight(
  spec: WinogradGradSpec,
  layout: Layout,
): { readonly sum: Routine; readonly finish: Routine } {
  const { x, grad, fma, tiling, parts } = spec;
  const c = cut(grad.batch, tiling);
  const pieces = tiling.pieces.length;
  const planes = planesOf(c.tile);
  const sumOfTile = c.tile.size + 1; // the plane of the point 1 in both directions: of errors it holds each tile's sum
  const inDepth = pieces * padded(x.channels);
  const [inPlane, gradPlane] = [c.pitch * inDepth * 4, c.pitch * grad.pixel * 4];
  const scratchSize = planes * (inPlane + gradPlane) + spareOf(c, x.channels);
  const scratch = layout.floats((parts * scratchSize) / 4);
  const columns = padded(grad.channels);
  const sumPlane = weightPlane(inDepth, columns) * 4;
  const sums = layout.floats((parts * planes * sumPlane) / 4);
  const sumsOf = (base: Local, part: Local): Value => place(base, sums, [part.get, planes * sumPlane]);
  const begin = beginning(({ f, base, part }) => f.clear(sumsOf(base, part), i32(planes * sumPlane)));
  const about = {
    units: grad.batch / c.images,
    grids: [x, grad],
    bySample: true,
    shared: planes * sumPlane,
    begin,
  };
  const accumulate = routine(spec.name, about, ({ f, base, first, end, part, of }) => {
    const enter = enterTiles(
      c,
      piecePixels(x, tiling, 0),
      inDepth,
      inPlane,
      c.tile.size,
      (t) => t.input,
      fma,
    );
    const enterGrad = enterTiles(c, grad, grad.pixel, gradPlane, c.results, (t) => t.error, fma);
    const multiply = productOfColumns(
      { rows: c.tiles, pieces, channels: x.channels, outChannels: grad.channels },
      fma,
    );
    const [unit, image, plane, v, z, sum, spare, lanes, tile, cursor] = f.locals(10, I32);
    const total = f.local(V128);
    f.set(v, place(base, scratch, [part.get, scratchSize]));
    f.set(z, add(v.get, i32(planes * inPlane)));
    f.set(spare, add(z.get, i32(planes * gradPlane)));
    f.set(sum, sumsOf(base, part));
    const imageOf = (grid: Grid): Value =>
      place(of(grid), inside(grid), [unit.get, c.images * grid.sample * 4], [image.get, grid.sample * 4]);
    const tilesOf = (start: Local, depth: number, first = 0): Value =>
      place(start, 4 * first, [image.get, c.down * c.across * depth * 4]);
    f.for(unit, first.get, end.get, 1, () => {
      f.for(image, i32(0), i32(c.images), 1, () => {
        for (let piece = 0; piece < pieces; piece++) {
          const source = imageOf(piecePixels(x, tiling, piece));
          const target = tilesOf(v, inDepth, piece * padded(x.channels));
          f.call(enter, source, target, spare.get, i32(0), i32(c.down));
        }
        f.call(enterGrad, imageOf(grad), tilesOf(z, grad.pixel), spare.get, i32(0), i32(c.down));
      });
      f.for(lanes, i32(0), i32(grad.pixel * 4), LANES * 4, () => {
        f.set(cursor, add(place(z, sumOfTile * gradPlane), lanes.get));
        f.set(total, constant(0));
        f.for(tile, i32(0), i32(c.tiles), 1, () => {
          f.set(total, vAdd(total.get, load(cursor.get)));
          f.set(cursor, add(cursor.get, i32(grad.pixel * 4)));
        });
        f.store(add(place(base, spec.biasTo, [unit.get, grad.pixel * 4]), lanes.get), 0, total.get);
      });
      f.for(plane, i32(0), i32(planes), 1, () =>
        f.call(
          multiply,
          place(v, 0, [plane.get, inPlane]),
          place(z, 0, [plane.get, gradPlane]),
          place(sum, 0, [plane.get, sumPlane]),
        ),
      );
    });
  });
  return { sum: accumulate, finish: backToTaps(spec, layout, sums, sumPlane) };
}

/** The sums of all threads, from products to taps. */
function backToTaps(spec: WinogradGradSpec, layout: Layout, sums: number, sumPlane: number): Routine {
  const { x, grad, parts, fma } = spec;
  const { tile, pieces } = spec.tiling;
  const { size, taps } = tile;
  const planes = planesOf(tile);
  const [height, width] = spec.kernel;
  const columns = padded(grad.channels);
  const spare = layout.floats((parts * squareSpare(tile)) / 4);
  const area = height * width;
  const rowOut = x.channels * area * 4; // from one output channel's weights to the next, in bytes
  return routine(
    `${spec.name}.taps`,
    { units: x.channels, grids: [] },
    ({ f, base, first, end, part: thread }) => {
      const [channel, column, part, from, to, scratch] = f.locals(6, I32);
      const sum = f.locals(1, V128)[0];
      const transform = new Transforms(f, tile, fma).gradWeights;
      f.set(scratch, place(base, spare, [thread.get, squareSpare(tile)]));
      f.for(channel, first.get, end.get, 1, () =>
        f.for(column, i32(0), i32(columns), LANES, () => {
          f.set(to, place(base, spec.to, [column.get, rowOut], [channel.get, area * 4]));
          pieces.forEach(({ rows, columns: across }, piece) => {
            const start = sums + piece * padded(x.channels) * columns * 4;
            f.set(from, place(base, start, [channel.get, columns * 4], [column.get, 4]));
            f.for(part, i32(1), i32(parts), 1, () => {
              // Into the first thread's sums: whoever works on this channel is alone with it.
              for (let plane = 0; plane < planes; plane++) {
                f.set(sum, load(place(from, 0, [part.get, planes * sumPlane]), plane * sumPlane));
                f.store(from.get, plane * sumPlane, vAdd(load(from.get, plane * sumPlane), sum.get));
              }
            });
            square(
              f,
              { size, outSize: taps, transform, spare: scratch.get },
              (row, tap) => load(from.get, (row * size + tap) * sumPlane),
              (row, tap, value) => {
                if (row >= rows.length || tap >= across.length) return;
                const at = 4 * (rows[row] * width + across[tap]);
                for (let i = 0; i < LANES; i++) f.storeLane(to.get, i * rowOut + at, value, i);
              },
            );
          });
        }),
      );
    },
  );
}
