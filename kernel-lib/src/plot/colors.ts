import type { Scale } from "./figure.js";

export type Rgb = readonly [number, number, number];

/** Lines and bars, told apart by people with any kind of colour vision (Okabe & Ito 2008). */
export const SERIES: readonly string[] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** Frames around cells: strong on light and on dark ones. */
export const BOX = "#d55e00";

/** Each scale as colours at equal distances, from the smallest value to the largest. */
export const SCALES: Record<Scale, readonly Rgb[]> = {
  ink: [
    [255, 255, 255],
    [20, 20, 30],
  ],
  sequential: [
    [247, 251, 255],
    [158, 202, 225],
    [49, 130, 189],
    [8, 48, 107],
  ],
  diverging: [
    [33, 102, 172],
    [146, 197, 222],
    [247, 247, 247],
    [244, 165, 130],
    [178, 24, 43],
  ],
};

/** The colour of a value between `min` and `max`. */
export function colorOf(value: number, min: number, max: number, scale: Scale): Rgb {
  const stops = SCALES[scale];
  const share = max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0.5;
  const place = share * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  const mix = place - below;
  const part = (i: number): number => Math.round(stops[below][i] * (1 - mix) + stops[below + 1][i] * mix);
  return [part(0), part(1), part(2)];
}

/** Black or white, whichever is easier to read on a colour. */
export function inkOn([red, green, blue]: Rgb): string {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111" : "#fff";
}
