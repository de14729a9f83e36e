import { add, constant, I32, i32, load, V128, vAdd, type Local, type Value } from "../../assembler.js";
import { inside, LANES, padded, type Grid, type Layout } from "../../grid.js";
import { place, routine, type Routine } from "../routine.js";
import { productOfColumns } from "./product.js";
import { cut, enterTiles, PLANES, SPARE, square } from "./tiles.js";
import { TILE, Transforms } from "./transforms.js";
import { weightPlane } from "./weights.js";

/** The plane that belongs to the point 1 in both directions: of errors it holds each tile's sum. */
const SUM_PLANE = TILE + 1;

/** What the gradient of the weights needs. */
export interface WinogradGradSpec {
  readonly name: string;
  readonly x: Grid;
  readonly origin: readonly [y: number, x: number];
  readonly taps: number;
  /** The gradient of the output; its border has to hold the last tile. */
  readonly grad: Grid;
  /** Where the result goes, as the weight lies: (outChannels with room, inChannels, taps, taps). */
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
  const scratchSize = PLANES * (inPlane + gradPlane) + SPARE;
  const scratch = layout.floats((parts * scratchSize) / 4);
  const columns = padded(grad.channels);
  const sumPlane = weightPlane(x.pixel, columns) * 4;
  const sums = layout.floats((parts * PLANES * sumPlane) / 4);
  const enter = enterTiles(c, x, inPlane, TILE, (t) => t.input, fma);
  const enterGrad = enterTiles(c, grad, gradPlane, c.results, (t) => t.error(c.results), fma);
  const multiply = productOfColumns(c.tiles, x, grad, fma);
  const accumulate = routine(spec.name, grad.batch / c.images, ({ f, base, first, end, part }) => {
    const [unit, image, plane, v, z, sum, spare, lanes, tile, cursor] = f.locals(10, I32);
    const total = f.local(V128);
    f.set(v, place(base, scratch, [part.get, scratchSize]));
    f.set(z, add(v.get, i32(PLANES * inPlane)));
    f.set(spare, add(z.get, i32(PLANES * gradPlane)));
    f.set(sum, place(base, sums, [part.get, PLANES * sumPlane]));
    f.clear(sum.get, i32(PLANES * sumPlane));
    const imageOf = (grid: Grid, offset: number): Value =>
      place(
        base,
        inside(grid) + offset,
        [unit.get, c.images * grid.sample * 4],
        [image.get, grid.sample * 4],
      );
    const tilesOf = (start: Local, { pixel }: Grid): Value =>
      place(start, 0, [image.get, c.down * c.across * pixel * 4]);
    const origin = 4 * (spec.origin[0] * x.row + spec.origin[1] * x.pixel);
    f.for(unit, first.get, end.get, 1, () => {
      f.for(image, i32(0), i32(c.images), 1, () => {
        f.call(enter, imageOf(x, origin), tilesOf(v, x), spare.get, i32(0), i32(c.down));
        f.call(enterGrad, imageOf(grad, 0), tilesOf(z, grad), spare.get, i32(0), i32(c.down));
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
  return [accumulate, backToTaps(spec, layout, sums, sumPlane)];
}

/** The sums of all threads, from products to taps. */
function backToTaps(spec: WinogradGradSpec, layout: Layout, sums: number, sumPlane: number): Routine {
  const { x, grad, taps, parts, fma } = spec;
  const columns = padded(grad.channels);
  const spare = layout.floats((parts * SPARE) / 4);
  const area = taps * taps;
  const rowOut = x.channels * area * 4; // from one output channel's weights to the next, in bytes
  return routine(`${spec.name}.taps`, x.channels, ({ f, base, first, end, part: thread }) => {
    const [channel, column, part, from, to, scratch] = f.locals(6, I32);
    const sum = f.locals(1, V128)[0];
    const transform = new Transforms(f, fma).gradWeights(taps);
    f.set(scratch, place(base, spare, [thread.get, SPARE]));
    f.for(channel, first.get, end.get, 1, () =>
      f.for(column, i32(0), i32(columns), LANES, () => {
        f.set(from, place(base, sums, [channel.get, columns * 4], [column.get, 4]));
        f.for(part, i32(1), i32(parts), 1, () => {
          // Into the first thread's sums: whoever works on this channel is alone with it.
          for (let plane = 0; plane < PLANES; plane++) {
            f.set(sum, load(place(from, 0, [part.get, PLANES * sumPlane]), plane * sumPlane));
            f.store(from.get, plane * sumPlane, vAdd(load(from.get, plane * sumPlane), sum.get));
          }
        });
        f.set(to, place(base, spec.to, [column.get, rowOut], [channel.get, area * 4]));
        square(
          f,
          { size: TILE, outSize: taps, transform, spare: scratch.get },
          (row, tap) => load(from.get, (row * TILE + tap) * sumPlane),
          (row, tap, value) => {
            for (let i = 0; i < LANES; i++)
              f.storeLane(to.get, i * rowOut + (row * taps + tap) * 4, value, i);
          },
        );
      }),
    );
  });
}
