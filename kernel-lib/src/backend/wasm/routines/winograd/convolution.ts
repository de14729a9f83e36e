import { add, I32, i32, mul, type Func, type Local, type Value } from "../../assembler.js";
import { inside, type Grid, type Layout } from "../../grid.js";
import { place, routine, unitIndex, type Frame, type Routine } from "../routine.js";
import { product } from "./product.js";
import { cut, enterTiles, leaveTiles, PLANES, SPARE, type Cut } from "./tiles.js";
import { TILE } from "./transforms.js";
import { weightPlane } from "./weights.js";

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

/** Into tiles, a product for each place in a tile, and back. */
export function winograd(spec: WinogradSpec, layout: Layout): Routine[] {
  const { batch, height, width } = spec.to;
  const c = cut(batch, height, width, spec.taps);
  if (batch / c.images >= spec.parts) return [byImages(new Steps(spec, c), layout)];
  return byRowsAndPlanes(new Steps(spec, cut(batch, height, width, spec.taps, batch)), layout);
}

/** The three steps on the tiles of a unit, which lie at `v` before the products and at `m` after them. */
class Steps {
  readonly inPlane: number;
  readonly outPlane: number;
  readonly #enter: Func;
  readonly #multiply: Func;
  readonly #leave: Func;

  constructor(
    readonly spec: WinogradSpec,
    readonly c: Cut,
  ) {
    const { from, to, fma } = spec;
    this.inPlane = c.pitch * from.pixel * 4;
    this.outPlane = c.pitch * to.pixel * 4;
    this.#enter = enterTiles(c, from, this.inPlane, TILE, (t) => t.input, fma);
    this.#multiply = product(c.tiles, from, to, fma);
    this.#leave = leaveTiles(c, to, this.outPlane, spec);
  }

  /** Rows `first` to `end` of one image's tiles; `image` counts within the unit, whose first image is number `start`. */
  enter(
    { f, base }: Frame,
    start: Value,
    image: Local,
    v: Local,
    spare: Local,
    first: Value,
    end: Value,
  ): void {
    const { from, origin } = this.spec;
    const pixel = inside(from) + 4 * (origin[0] * from.row + origin[1] * from.pixel);
    const source = place(base, pixel, [start, from.sample * 4], [image.get, from.sample * 4]);
    f.call(this.#enter, source, this.#tilesOf(v, image, from), spare.get, first, end);
  }
  multiply({ f, base }: Frame, plane: Local, v: Local, m: Local): void {
    const { weights, from, to } = this.spec;
    f.call(
      this.#multiply,
      place(v, 0, [plane.get, this.inPlane]),
      place(base, weights, [plane.get, weightPlane(from.channels, to.channels) * 4]),
      place(m, 0, [plane.get, this.outPlane]),
    );
  }
  leave(
    { f, base }: Frame,
    start: Value,
    image: Local,
    m: Local,
    spare: Local,
    first: Value,
    end: Value,
  ): void {
    const { to, mask } = this.spec;
    const imageOf = (grid: Grid): Value =>
      place(base, inside(grid), [start, grid.sample * 4], [image.get, grid.sample * 4]);
    const kept = mask ? imageOf(mask) : i32(0);
    f.call(this.#leave, this.#tilesOf(m, image, to), imageOf(to), kept, base.get, spare.get, first, end);
  }

  #tilesOf(start: Local, image: Local, { pixel }: Grid): Value {
    return place(start, 0, [image.get, this.c.down * this.c.across * pixel * 4]);
  }
}

/** Units are a few images: all three steps in buffers that belong to the thread and stay in its cache. */
function byImages(steps: Steps, layout: Layout): Routine {
  const { spec, c, inPlane, outPlane } = steps;
  const scratchSize = PLANES * (inPlane + outPlane) + SPARE;
  const scratch = layout.floats((spec.parts * scratchSize) / 4);
  return routine(spec.name, spec.to.batch / c.images, (frame) => {
    const { f, base, first, end, part } = frame;
    const [unit, start, image, plane, v, m, spare] = f.locals(7, I32);
    f.set(v, place(base, scratch, [part.get, scratchSize]));
    f.set(m, add(v.get, i32(PLANES * inPlane)));
    f.set(spare, add(m.get, i32(PLANES * outPlane)));
    f.for(unit, first.get, end.get, 1, () => {
      f.set(start, mul(unit.get, i32(c.images)));
      f.for(image, i32(0), i32(c.images), 1, () =>
        steps.enter(frame, start.get, image, v, spare, i32(0), i32(c.down)),
      );
      f.for(plane, i32(0), i32(PLANES), 1, () => steps.multiply(frame, plane, v, m));
      f.for(image, i32(0), i32(c.images), 1, () =>
        steps.leave(frame, start.get, image, m, spare, i32(0), i32(c.down)),
      );
    });
  });
}

/** For fewer images than threads: each step by itself, its rows of tiles, or its planes, shared among the threads. */
function byRowsAndPlanes(steps: Steps, layout: Layout): Routine[] {
  const { spec, c, inPlane, outPlane } = steps;
  const [v0, m0] = [layout.floats((PLANES * inPlane) / 4), layout.floats((PLANES * outPlane) / 4)];
  const spares = layout.floats((spec.parts * SPARE) / 4);
  const rows = (name: string, at: number, step: "enter" | "leave"): Routine =>
    routine(`${spec.name}.${name}`, c.images * c.down, (frame) => {
      const { f, base, first, end, part } = frame;
      const [unit, image, row, tiles, spare] = f.locals(5, I32);
      f.set(tiles, place(base, at));
      f.set(spare, place(base, spares, [part.get, SPARE]));
      f.for(unit, first.get, end.get, 1, () => {
        const index = unitIndex(unit.get, c.down);
        f.set(image, index.outer);
        f.set(row, index.inner);
        steps[step](frame, i32(0), image, tiles, spare, row.get, add(row.get, i32(1)));
      });
    });
  const products = routine(`${spec.name}.products`, PLANES, (frame) => {
    const { f, base, first, end } = frame;
    const [plane, v, m] = f.locals(3, I32);
    f.set(v, place(base, v0));
    f.set(m, place(base, m0));
    f.for(plane, first.get, end.get, 1, () => steps.multiply(frame, plane, v, m));
  });
  return [rows("enter", v0, "enter"), products, rows("leave", m0, "leave")];
}
