import { resultsOf, type TileSize } from "./transforms.js";

/*
 * A window that slides over maps as a sum of small square ones that all do so with the same step: a tile takes one piece of
 * the window at every pixel or, with a stride, at every second or third. So all windows go by way of the same tiles.
 */

/** A window along one axis, on the source of its pixels. */
export interface Axis {
  /** Places where the window stops. */
  readonly stops: number;
  /** The pixel under the first tap at the first stop. */
  readonly origin: number;
  readonly stride: number;
  /** The numbers of its taps in the kernel, by the pixels that lie under them, one beside the other. */
  readonly taps: readonly number[];
}

/** What a tile takes of a window. */
export interface Piece {
  /** The pixel under its first tap at the first stop. */
  readonly origin: readonly [y: number, x: number];
  /** The taps of the kernel that it holds, no more than the tile has each way; the others are zero. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** How a window goes by way of tiles. */
export interface Tiling {
  readonly down: Axis;
  readonly across: Axis;
  readonly tile: TileSize;
  readonly pieces: readonly Piece[];
}

/** A window in pieces that a tile can take. */
export function tiling(down: Axis, across: Axis, tile: TileSize): Tiling {
  const { taps } = tile;
  const pieces = piecesAlong(down, taps).flatMap((row) =>
    piecesAlong(across, taps).map((column): Piece => ({
      origin: [row.origin, column.origin],
      rows: row.taps,
      columns: column.taps,
    })),
  );
  return { down, across, tile, pieces };
}

/** Taps that stride apart meet pixels that stride apart; of those, as many as a piece holds. */
function piecesAlong(
  { origin, stride, taps }: Axis,
  most: number,
): { origin: number; taps: readonly number[] }[] {
  return Array.from({ length: Math.min(stride, taps.length) }, (_, phase) => {
    const met = taps.filter((_, i) => i % stride === phase);
    return Array.from({ length: Math.ceil(met.length / most) }, (_, i) => ({
      origin: origin + phase + stride * most * i,
      taps: met.slice(most * i, most * (i + 1)),
    }));
  }).flat();
}

/** Tiles along an axis. */
export function tilesAlong({ stops }: Axis, tile: TileSize): number {
  return Math.ceil(stops / resultsOf(tile));
}

/** The first pixel that the tiles reach along an axis, and the last; what lies outside of the source has to be zero. */
export function reach(axis: Axis, tile: TileSize): { first: number; last: number } {
  const origins = piecesAlong(axis, tile.taps).map(({ origin }) => origin);
  const pixels = (tilesAlong(axis, tile) - 1) * resultsOf(tile) + tile.size;
  return { first: Math.min(...origins), last: Math.max(...origins) + axis.stride * (pixels - 1) };
}
