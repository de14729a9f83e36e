import { I32, i32, loadLane, loadSplat, type Value } from "../../assembler.js";
import { LANES, padded, type Layout } from "../../grid.js";
import { place, routine, type Routine } from "../routine.js";
import { columnTiles } from "../tiling.js";
import { PLANES, SPARE, square } from "./tiles.js";
import { TILE, Transforms } from "./transforms.js";

/** Floats from one plane of transformed weights to the next: a cache line apart, lest all planes share places in the cache. */
export function weightPlane(inChannels: number, outChannels: number): number {
  return inChannels * padded(outChannels) + 16;
}

/** Floats of transformed weights. */
export function transformedSize(inChannels: number, outChannels: number): number {
  return PLANES * weightPlane(inChannels, outChannels);
}

/** Where the weights lie, and how they are read. */
export interface WeightSpec {
  readonly name: string;
  /** As a tensor holds them: (outChannels, inChannels, taps, taps), with room for outChannels to be fours. */
  readonly from: number;
  readonly to: number;
  readonly taps: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Turned round, with the roles of the channels exchanged: for the way back to the input. */
  readonly back: boolean;
  readonly fma: boolean;
  readonly parts: number;
}

/** Weights into planes that `winograd` multiplies with: for each plane, tile by tile, a row for each channel read. */
export function transformWeights(spec: WeightSpec, layout: Layout): Routine {
  const { taps, inChannels, outChannels, back } = spec;
  const area = taps * taps;
  const [terms, columns] = back ? [outChannels, inChannels] : [inChannels, outChannels];
  const [termStep, columnStep] = back ? [inChannels * area * 4, area * 4] : [area * 4, inChannels * area * 4];
  const plane = weightPlane(terms, columns) * 4;
  const spare = layout.floats((spec.parts * SPARE) / 4);
  return routine(spec.name, terms, ({ f, base, first, end, part }) => {
    const [term, tile, source, target, scratch] = f.locals(5, I32);
    const transform = new Transforms(f, spec.fma).weights(taps);
    f.set(scratch, place(base, spare, [part.get, SPARE]));
    const read = (row: number, tap: number): Value => {
      const at = 4 * (back ? area - 1 - (row * taps + tap) : row * taps + tap);
      let value = loadSplat(source.get, at);
      for (let i = 1; i < LANES; i++) value = loadLane(source.get, at + i * columnStep, value, i);
      return value;
    };
    f.for(term, first.get, end.get, 1, () => {
      for (const { first: start, vectors, count } of columnTiles(columns)) {
        const width = vectors * LANES;
        f.for(tile, i32(0), i32(count), 1, () => {
          for (let v = 0; v < vectors; v++) {
            const column = (start + v) * LANES;
            f.set(
              source,
              place(
                base,
                spec.from + column * columnStep,
                [term.get, termStep],
                [tile.get, width * columnStep],
              ),
            );
            const panel = 4 * (start * LANES * terms + v * LANES);
            f.set(target, place(base, spec.to + panel, [term.get, width * 4], [tile.get, width * terms * 4]));
            square(
              f,
              { size: taps, outSize: TILE, transform, spare: scratch.get },
              read,
              (row, column, value) => f.store(target.get, (row * TILE + column) * plane, value),
            );
          }
        });
      }
    });
  });
}
