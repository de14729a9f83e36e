import type { Conv2dGeometry } from "../../backend.js";
import type { Sides } from "../grid.js";
import {
  planesOf,
  reach,
  resultsOf,
  tilesAlong,
  tiling,
  type Axis,
  type TileSize,
  type Tiling,
} from "../routines/winograd/index.js";
import { columnPhases, rowPhases, type Phase } from "./convReach.js";

/*
 * Which convolutions go by way of tiles, on which tiles, and which pixels those reach.
 */

/**
 * What the transforms of a tile cost, in the multiplications that take as long: found by measuring way there and back
 * with 1 to 36 channels on 5×5 to 28×28 pixels.
 */
const TRANSFORM: Readonly<Record<TileSize["size"], number>> = { 6: 120, 8: 330 };

/** Channels, and pairs of them, below which sums are plain: a picture under a kernel made by hand gives whole numbers. */
const CHANNELS = 4;
const PAIRS = 64;

/**
 * The tiles that a window may take. They stay within 2e-5 of the plain sum, measured by its largest value; 8 × 8 for 3 taps
 * would be 3e-5 away, except in the gradient of the weights.
 */
const TILES: readonly TileSize[] = [
  { size: 6, taps: 3 },
  { size: 6, taps: 4 },
  { size: 6, taps: 5 },
  { size: 8, taps: 4 },
  { size: 8, taps: 5 },
];
const TILES_OF_GRADIENT: readonly TileSize[] = [...TILES, { size: 8, taps: 3 }];

/**
 * Whether a convolution is computed on tiles: without groups and dilation, where that is worth its way. A stride may leave
 * pixels over at the end that no window meets; tiles would, and so would their rounding errors.
 */
export function suitsWinograd(g: Conv2dGeometry): boolean {
  if (g.groups !== 1 || g.dilationY !== 1 || g.dilationX !== 1) return false;
  const met = (stops: number, stride: number, taps: number, pad: number): number =>
    (stops - 1) * stride + taps - pad;
  if (met(g.outHeight, g.strideY, g.kernelHeight, g.padTop) < g.height) return false;
  if (met(g.outWidth, g.strideX, g.kernelWidth, g.padLeft) < g.width) return false;
  if (Math.min(g.channels, g.outChannels) < CHANNELS || g.channels * g.outChannels < PAIRS) return false;
  const plain = g.outHeight * g.outWidth * g.kernelHeight * g.kernelWidth;
  return cost(forwardTiling(g), g.channels, g.outChannels) <= plain;
}

/** Multiplications for each pair of channels, with the transforms as such. */
function cost({ down, across, tile, pieces }: Tiling, channels: number, outChannels: number): number {
  const transforms = TRANSFORM[tile.size] * (pieces.length / outChannels + 1 / channels);
  return tilesAlong(down, tile) * tilesAlong(across, tile) * (pieces.length * planesOf(tile) + transforms);
}

/** The tiles that cost least. */
function bestTiling(
  down: Axis,
  across: Axis,
  channels: number,
  outChannels: number,
  choice: readonly TileSize[] = TILES,
): Tiling {
  const all = choice.map((tile) => tiling(down, across, tile));
  const costs = all.map((tiles) => cost(tiles, channels, outChannels));
  return all[costs.indexOf(Math.min(...costs))];
}

/** The way there. */
export const forwardTiling = (g: Conv2dGeometry): Tiling => tilingOver(g, TILES);

/** The gradient of the weights: the same window over the same pixels. */
export const gradWeightTiling = (g: Conv2dGeometry): Tiling => tilingOver(g, TILES_OF_GRADIENT);

function tilingOver(g: Conv2dGeometry, choice: readonly TileSize[]): Tiling {
  const axis = (stops: number, stride: number, pad: number, kernel: number): Axis => ({
    stops,
    stride,
    origin: -pad,
    taps: Array.from({ length: kernel }, (_, tap) => tap),
  });
  return bestTiling(
    axis(g.outHeight, g.strideY, g.padTop, g.kernelHeight),
    axis(g.outWidth, g.strideX, g.padLeft, g.kernelWidth),
    g.channels,
    g.outChannels,
    choice,
  );
}

/** The way back to those pixels of the input that the same taps have met. */
export interface Backward {
  readonly tiling: Tiling;
  readonly first: readonly [y: number, x: number];
}

export function backwardTilings(g: Conv2dGeometry): Backward[] {
  const axis = ({ stops, origin, taps }: Phase): Axis => ({ stops, stride: 1, origin, taps });
  return rowPhases(g).flatMap((row) =>
    columnPhases(g).map((column) => ({
      tiling: bestTiling(axis(row), axis(column), g.outChannels, g.channels),
      first: [row.first, column.first],
    })),
  );
}

/** The border that the tiles reach around the input. */
export function winogradBorder(g: Conv2dGeometry): Sides {
  return around([forwardTiling(g), gradWeightTiling(g)], g.height, g.width);
}

/** The border around the gradient of the output: for its way back, and for tiles of the errors. */
export function winogradGradBorder(g: Conv2dGeometry): Sides {
  const sides = around(
    backwardTilings(g).map(({ tiling }) => tiling),
    g.outHeight,
    g.outWidth,
  );
  const { down, across, tile } = gradWeightTiling(g);
  const errors = (axis: Axis): number => tilesAlong(axis, tile) * resultsOf(tile) - axis.stops;
  return {
    ...sides,
    bottom: Math.max(sides.bottom, errors(down)),
    right: Math.max(sides.right, errors(across)),
  };
}

function around(tilings: readonly Tiling[], height: number, width: number): Sides {
  const [rows, columns] = (["down", "across"] as const).map((way) =>
    tilings.map((tiles) => reach(tiles[way], tiles.tile)),
  );
  const before = (reaches: typeof rows): number => Math.max(0, ...reaches.map(({ first }) => -first));
  const after = (reaches: typeof rows, size: number): number =>
    Math.max(0, ...reaches.map(({ last }) => last - (size - 1)));
  return {
    top: before(rows),
    left: before(columns),
    bottom: after(rows, height),
    right: after(columns, width),
  };
}
