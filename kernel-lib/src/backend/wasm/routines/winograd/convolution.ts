import { add, I32, i32, type Local, type Value } from "../../assembler.js";
import { inside, padded, type Grid, type Layout } from "../../grid.js";
import { place, routine, type Routine } from "../routine.js";
import { product } from "./product.js";
import { cut, enterTiles, leaveTiles, PLANES, SPARE } from "./tiles.js";
import { TILE } from "./transforms.js";

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

/** Into tiles, a product for each place in a tile, and back: all in a few buffers that belong to the thread. */
export function winograd(spec: WinogradSpec, layout: Layout): Routine {
  const { from, to, mask, fma } = spec;
  const c = cut(to.batch, to.height, to.width, spec.taps);
  const inPlane = c.pitch * from.pixel * 4;
  const outPlane = c.pitch * to.pixel * 4;
  const scratchSize = PLANES * (inPlane + outPlane) + SPARE;
  const scratch = layout.floats((spec.parts * scratchSize) / 4);
  const enter = enterTiles(c, from, inPlane, TILE, (t) => t.input, fma);
  const multiply = product(c.tiles, from, to, fma);
  const leave = leaveTiles(c, to, outPlane, spec);
  const weightPlane = from.channels * padded(to.channels) * 4;
  return routine(spec.name, to.batch / c.images, ({ f, base, first, end, part }) => {
    const [unit, image, plane, v, m, spare] = f.locals(6, I32);
    f.set(v, place(base, scratch, [part.get, scratchSize]));
    f.set(m, add(v.get, i32(PLANES * inPlane)));
    f.set(spare, add(m.get, i32(PLANES * outPlane)));
    const imageOf = (grid: Grid, offset: number): Value =>
      place(
        base,
        inside(grid) + offset,
        [unit.get, c.images * grid.sample * 4],
        [image.get, grid.sample * 4],
      );
    const tilesOf = (start: Local, { pixel }: Grid): Value =>
      place(start, 0, [image.get, c.down * c.across * pixel * 4]);
    const origin = 4 * (spec.origin[0] * from.row + spec.origin[1] * from.pixel);
    f.for(unit, first.get, end.get, 1, () => {
      f.for(image, i32(0), i32(c.images), 1, () =>
        f.call(enter, imageOf(from, origin), tilesOf(v, from), spare.get),
      );
      f.for(plane, i32(0), i32(PLANES), 1, () =>
        f.call(
          multiply,
          place(v, 0, [plane.get, inPlane]),
          place(base, spec.weights, [plane.get, weightPlane]),
          place(m, 0, [plane.get, outPlane]),
        ),
      );
      f.for(image, i32(0), i32(c.images), 1, () =>
        f.call(leave, tilesOf(m, to), imageOf(to, 0), mask ? imageOf(mask, 0) : i32(0), base.get, spare.get),
      );
    });
  });
}
