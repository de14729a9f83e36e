import type { AvgPool2dGeometry, WindowGeometry } from "../../backend.js";

/** Stops that follow each other along one dimension, at which the same taps of a window lie on the image. */
export interface Stops {
  readonly first: number;
  /** The last, not included. */
  readonly end: number;
  /** The first tap that lies on the image, and how many do. */
  readonly tap: number;
  readonly taps: number;
  /** Places that an average counts: beside those on the image, those on the padding if `countIncludePad`. */
  readonly counted: number;
}

/** The stops of a window that is cut at the edges: padding is never written down. */
export interface Windows {
  readonly rows: readonly Stops[];
  readonly columns: readonly Stops[];
}

/** Taps that are written out at most, all ways to cut a window together: a routine of more would be long to compile. */
const MOST_TAPS = 2048;

/** @returns `undefined` where some window would have nothing on the image, or there are too many ways to cut it */
export function windowsOf(g: WindowGeometry | AvgPool2dGeometry): Windows | undefined {
  const countsPadding = "countIncludePad" in g && g.countIncludePad;
  const rows = stopsAlong(g.outHeight, g.strideY, g.padTop, g.kernelHeight, g.dilationY, g.height, countsPadding); // prettier-ignore
  const columns = stopsAlong(g.outWidth, g.strideX, g.padLeft, g.kernelWidth, g.dilationX, g.width, countsPadding); // prettier-ignore
  if ([...rows, ...columns].some(({ taps }) => taps < 1)) return undefined;
  const written = (runs: readonly Stops[]): number => runs.reduce((sum, { taps }) => sum + taps, 0);
  return written(rows) * written(columns) <= MOST_TAPS ? { rows, columns } : undefined;
}

function stopsAlong(
  stops: number,
  stride: number,
  pad: number,
  kernel: number,
  dilation: number,
  size: number,
  countsPadding: boolean,
): Stops[] {
  const runs: Stops[] = [];
  for (let stop = 0; stop < stops; stop++) {
    const start = stop * stride - pad;
    const tap = Math.max(0, Math.ceil(-start / dilation));
    const taps = Math.min(kernel, Math.ceil((size - start) / dilation)) - tap;
    const beside = countsPadding ? pad : 0; // what lies beyond the padding, which only ceilMode reaches, never counts
    const counted = Math.min(start + kernel, size + beside) - Math.max(start, -beside);
    const last = runs.at(-1);
    if (last && last.tap === tap && last.taps === taps && last.counted === counted) {
      runs[runs.length - 1] = { ...last, end: stop + 1 };
    } else runs.push({ first: stop, end: stop + 1, tap, taps, counted });
  }
  return runs;
}
