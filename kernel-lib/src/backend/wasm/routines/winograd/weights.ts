import { constant, I32, i32, loadLane, loadSplat, type Value } from "../../assembler.js";
import { LANES, padded, type Layout } from "../../grid.js";
import { place, routine, type Routine } from "../routine.js";
import { columnTiles } from "../tiling.js";
import type { Tiling } from "./pieces.js";
import { square, squareSpare } from "./tiles.js";
import { planesOf, Transforms } from "./transforms.js";

/** Floats from one plane of transformed weights to the next: a cache line apart, lest all planes share places in the cache. */
export function weightPlane(terms: number, outChannels: number): number {
  return terms * padded(outChannels) + 16;
}

/** Floats of transformed weights. */
export function transformedSize({ tile, pieces }: Tiling, inChannels: number, outChannels: number): number {
  return planesOf(tile) * weightPlane(pieces.length * inChannels, outChannels);
}

/** Where the weights lie, and how they are read. */
export interface WeightSpec {
  readonly name: string;
  /** As a tensor holds them: (outChannels, inChannels, kernel), with room for outChannels to be fours. */
  readonly from: number;
  readonly to: number;
  readonly kernel: readonly [height: number, width: number];
  readonly tiling: Tiling;
  readonly inChannels: number;
  readonly outChannels: number;
  /** With the roles of the channels exchanged: for the way back to the input. */
  readonly back: boolean;
  readonly fma: boolean;
  readonly parts: number;
}

/** Weights into planes that `winograd` multiplies with: for each plane, tile by tile, a row for each piece's channels. */
export function transformWeights(spec: WeightSpec, layout: Layout): Routine {
  const { inChannels, outChannels, back } = spec;
  const { pieces, tile: tileSize } = spec.tiling;
  const { size, taps } = tileSize;
  const [height, width] = spec.kernel;
  const area = height * width;
  const [channels, columns] = back ? [outChannels, inChannels] : [inChannels, outChannels];
  const [channelStep, columnStep] = back
    ? [inChannels * area * 4, area * 4]
    : [area * 4, inChannels * area * 4];
  const terms = pieces.length * channels;
  const plane = weightPlane(terms, columns) * 4;
  const spare = layout.floats((spec.parts * squareSpare(tileSize)) / 4);
  return routine(spec.name, { units: channels, grids: [] }, ({ f, base, first, end, part }) => {
    const [channel, tile, source, target, scratch] = f.locals(5, I32);
    const transform = new Transforms(f, tileSize, spec.fma).weights;
    f.set(scratch, place(base, spare, [part.get, squareSpare(tileSize)]));
    const read = (row: number | undefined, column: number | undefined): Value => {
      if (row === undefined || column === undefined) return constant(0);
      const at = 4 * (row * width + column);
      let value = loadSplat(source.get, at);
      for (let i = 1; i < LANES; i++) value = loadLane(source.get, at + i * columnStep, value, i);
      return value;
    };
    f.for(channel, first.get, end.get, 1, () => {
      for (const { first: start, vectors, count } of columnTiles(columns)) {
        const panelWidth = vectors * LANES;
        f.for(tile, i32(0), i32(count), 1, () => {
          for (let v = 0; v < vectors; v++) {
            const column = (start + v) * LANES;
            f.set(
              source,
              place(
                base,
                spec.from + column * columnStep,
                [channel.get, channelStep],
                [tile.get, panelWidth * columnStep],
              ),
            );
            pieces.forEach(({ rows, columns: across }, piece) => {
              const panel = 4 * (start * LANES * terms + piece * channels * panelWidth + v * LANES);
              f.set(
                target,
                place(
                  base,
                  spec.to + panel,
                  [channel.get, panelWidth * 4],
                  [tile.get, panelWidth * terms * 4],
                ),
              );
              square(
                f,
                { size: taps, outSize: size, transform, spare: scratch.get },
                (row, column) => read(rows[row], across[column]),
                (row, column, value) => f.store(target.get, (row * size + column) * plane, value),
              );
            });
          }
        });
      }
    });
  });
}
