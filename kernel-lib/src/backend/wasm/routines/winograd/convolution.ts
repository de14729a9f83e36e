import { add, I32, i32, mul, type Func, type Local, type Value } from "../../assembler.js";
import { every, inside, padded, type Grid, type Layout } from "../../grid.js";
import type { Rescale } from "../rescale.js";
import { place, routine, unitIndex, type Frame, type Routine } from "../routine.js";
import type { Tiling } from "./pieces.js";
import { product } from "./product.js";
import { cut, enterTiles, leaveTiles, spareOf, type Cut } from "./tiles.js";
import { planesOf } from "./transforms.js";
import { weightPlane } from "./weights.js";

/** A window that slides over maps, by way of tiles. */
export interface WinogradSpec {
  readonly name: string;
  readonly from: Grid;
  /** The border of `from` has to hold all that the tiles reach. */
  readonly tiling: Tiling;
  /** A pixel for each stop. */
  readonly to: Grid;
  /** Transformed by `transformWeights`. */
  readonly weights: number;
  readonly bias?: number;
  readonly rescale?: Rescale;
  readonly relu?: boolean;
  readonly mask?: Grid;
  readonly fma: boolean;
  readonly parts: number;
}

/** Into tiles, a product for each place in a tile, and back. */
export function winograd(spec: WinogradSpec, layout: Layout): Routine[] {
  const { batch } = spec.to;
  const c = cut(batch, spec.tiling);
  if (batch / c.images >= spec.parts) return [byImages(new Steps(spec, c), layout)];
  return byRowsAndPlanes(new Steps(spec, cut(batch, spec.tiling, batch)), layout);
}

/** The three steps on the tiles of a unit, which lie at `v` before the products and at `m` after them. */
class Steps {
  /** Floats of a tile in one plane, before the products and after them, and bytes of the planes. */
  readonly inDepth: number;
  readonly outDepth: number;
  readonly inPlane: number;
  readonly outPlane: number;
  readonly weightPlane: number;
  /** The maps that the results go to, or depend on when they do. */
  readonly written: readonly Grid[];
  #written: { readonly enter: Func; readonly multiply: Func; readonly leave: Func } | undefined;

  constructor(
    readonly spec: WinogradSpec,
    readonly c: Cut,
  ) {
    const { from, to, mask, tiling } = spec;
    const pieces = tiling.pieces.length;
    this.inDepth = pieces * padded(from.channels);
    this.outDepth = padded(to.channels);
    this.inPlane = c.pitch * this.inDepth * 4;
    this.outPlane = c.pitch * this.outDepth * 4;
    this.weightPlane = weightPlane(pieces * from.channels, to.channels) * 4;
    this.written = mask ? [to, mask] : [to];
  }

  /** Written with the first routine that calls one of them. */
  get #funcs(): { readonly enter: Func; readonly multiply: Func; readonly leave: Func } {
    const { c, inDepth, inPlane, outPlane, spec } = this;
    const { from, to, fma, tiling } = spec;
    const sizes = { rows: c.tiles, pieces: tiling.pieces.length, channels: from.channels, outChannels: to.channels }; // prettier-ignore
    return (this.#written ??= {
      enter: enterTiles(c, piecePixels(from, tiling, 0), inDepth, inPlane, tiling.tile.size, (t) => t.input, fma), // prettier-ignore
      multiply: product(sizes, fma),
      leave: leaveTiles(c, to, outPlane, spec),
    });
  }

  /** Rows `first` to `end` of one image's tiles; `image` counts within the unit, whose first image is number `start`. */
  enter(
    { f, of }: Frame,
    start: Value,
    image: Local,
    v: Local,
    spare: Local,
    first: Value,
    end: Value,
  ): void {
    const { from, tiling } = this.spec;
    const sample = from.sample * 4;
    for (let piece = 0; piece < tiling.pieces.length; piece++) {
      const pixel = inside(piecePixels(from, tiling, piece));
      const source = place(of(from), pixel, [start, sample], [image.get, sample]);
      const target = this.#tilesOf(v, image, this.inDepth, piece * padded(from.channels));
      f.call(this.#funcs.enter, source, target, spare.get, first, end);
    }
  }
  multiply({ f, base }: Frame, number: Local, v: Local, m: Local): void {
    f.call(
      this.#funcs.multiply,
      place(v, 0, [number.get, this.inPlane]),
      place(base, this.spec.weights, [number.get, this.weightPlane]),
      place(m, 0, [number.get, this.outPlane]),
    );
  }
  leave(
    { f, base, of }: Frame,
    start: Value,
    image: Local,
    m: Local,
    spare: Local,
    first: Value,
    end: Value,
  ): void {
    const { to, mask } = this.spec;
    const imageOf = (grid: Grid): Value =>
      place(of(grid), inside(grid), [start, grid.sample * 4], [image.get, grid.sample * 4]);
    const kept = mask ? imageOf(mask) : i32(0);
    f.call(
      this.#funcs.leave,
      this.#tilesOf(m, image, this.outDepth),
      imageOf(to),
      kept,
      base.get,
      spare.get,
      first,
      end,
    );
  }

  #tilesOf(start: Local, image: Local, depth: number, first = 0): Value {
    return place(start, 4 * first, [image.get, this.c.down * this.c.across * depth * 4]);
  }
}

/** The pixels of a source that the tiles of a piece go over. */
export function piecePixels(from: Grid, { pieces, down, across }: Tiling, piece: number): Grid {
  return every(from, pieces[piece].origin, [down.stride, across.stride], [down.stops, across.stops]);
}

/** Units are a few images: all three steps in buffers that belong to the thread and stay in its cache. */
function byImages(steps: Steps, layout: Layout): Routine {
  const { spec, c, inPlane, outPlane } = steps;
  const planes = planesOf(c.tile);
  const scratchSize = planes * (inPlane + outPlane) + spareOf(c, spec.from.channels);
  const scratch = layout.floats((spec.parts * scratchSize) / 4);
  const about = {
    units: spec.to.batch / c.images,
    grids: [spec.from, ...steps.written],
    bySample: true,
    shared: planes * steps.weightPlane,
  };
  return routine(spec.name, about, (frame) => {
    const { f, base, first, end, part } = frame;
    const [unit, start, image, plane, v, m, spare] = f.locals(7, I32);
    f.set(v, place(base, scratch, [part.get, scratchSize]));
    f.set(m, add(v.get, i32(planes * inPlane)));
    f.set(spare, add(m.get, i32(planes * outPlane)));
    f.for(unit, first.get, end.get, 1, () => {
      f.set(start, mul(unit.get, i32(c.images)));
      f.for(image, i32(0), i32(c.images), 1, () =>
        steps.enter(frame, start.get, image, v, spare, i32(0), i32(c.down)),
      );
      f.for(plane, i32(0), i32(planes), 1, () => steps.multiply(frame, plane, v, m));
      f.for(image, i32(0), i32(c.images), 1, () =>
        steps.leave(frame, start.get, image, m, spare, i32(0), i32(c.down)),
      );
    });
  });
}

/** For fewer images than threads: each step by itself, its rows of tiles, or its planes, shared among the threads. */
function byRowsAndPlanes(steps: Steps, layout: Layout): Routine[] {
  const { spec, c, inPlane, outPlane } = steps;
  const planes = planesOf(c.tile);
  const [v0, m0] = [layout.floats((planes * inPlane) / 4), layout.floats((planes * outPlane) / 4)];
  const spares = layout.floats((spec.parts * spareOf(c, spec.from.channels)) / 4);
  const rows = (step: "enter" | "leave", at: number, maps: readonly Grid[]): Routine =>
    routine(`${spec.name}.${step}`, { units: c.images * c.down, grids: maps }, (frame) => {
      const { f, base, first, end, part } = frame;
      const [unit, image, row, tiles, spare] = f.locals(5, I32);
      f.set(tiles, place(base, at));
      f.set(spare, place(base, spares, [part.get, spareOf(c, spec.from.channels)]));
      f.for(unit, first.get, end.get, 1, () => {
        const index = unitIndex(unit.get, c.down);
        f.set(image, index.outer);
        f.set(row, index.inner);
        steps[step](frame, i32(0), image, tiles, spare, row.get, add(row.get, i32(1)));
      });
    });
  const products = routine(`${spec.name}.products`, { units: planes, grids: [] }, (frame) => {
    const { f, base, first, end } = frame;
    const [plane, v, m] = f.locals(3, I32);
    f.set(v, place(base, v0));
    f.set(m, place(base, m0));
    f.for(plane, first.get, end.get, 1, () => steps.multiply(frame, plane, v, m));
  });
  return [rows("enter", v0, [spec.from]), products, rows("leave", m0, steps.written)];
}
