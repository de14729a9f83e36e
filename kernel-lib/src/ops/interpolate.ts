import { describe, rangeError } from "../tensor/errors.js";
import { pair } from "../tensor/shape.js";
import { fromTypedArray } from "../tensor/create.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { requireImages } from "./windowGeometry.js";

export interface InterpolateOptions {
  /** The new size: a number, or a pair of height and width. Either this or `scaleFactor`. */
  size?: number | readonly [number, number];
  /** How many times as large: a number, or a pair for height and width. */
  scaleFactor?: number | readonly [number, number];
  /** Take the nearest pixel, or mix the four around. "nearest" unless given. */
  mode?: "nearest" | "bilinear";
  /** For "bilinear": whether the centres of the corner pixels stay in place, rather than the image's edges. */
  alignCorners?: boolean;
}

/**
 * Make images larger or smaller. "nearest" repeats or skips pixels; "bilinear" mixes the four pixels around each new
 * one, which does not average over what it skips when images shrink.
 *
 * @param x       images, (N, C, H, W)
 * @param options size or scaleFactor; mode, alignCorners
 * @returns (N, C, outHeight, outWidth), with scaleFactor ⌊H · scaleFactor⌋ rows
 * @throws {RangeError} if the size is missing, given twice, or below 1
 */
export function interpolate(x: Tensor, options: InterpolateOptions = {}): Tensor {
  requireFloat("interpolate", "x", x);
  requireImages("interpolate", x.shape);
  const { size, scaleFactor, mode = "nearest", alignCorners } = options;
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw rangeError("interpolate", "either size or scaleFactor", size === undefined ? "neither" : "both");
  }
  if (mode !== "nearest" && mode !== "bilinear") {
    throw rangeError("interpolate", 'mode "nearest" or "bilinear"', describe(mode));
  }
  if (mode === "nearest" && alignCorners !== undefined) {
    throw rangeError(
      "interpolate",
      'alignCorners with mode "bilinear" only',
      'mode "nearest"',
      "leave it out",
    );
  }
  const scales = scaleFactor === undefined ? undefined : scalePair(scaleFactor);
  const wanted = scales
    ? scales.map((scale, i) => Math.floor(x.shape[2 + i] * scale))
    : pair("interpolate", "size", size ?? 1, 1);
  if (wanted.some((length) => length < 1) || x.shape[2] === 0 || x.shape[3] === 0) {
    const shape = `${x.shape[2]} × ${x.shape[3]} pixels to ${wanted[0]} × ${wanted[1]}`;
    throw rangeError("interpolate", "at least one pixel before and after", shape);
  }
  return wanted.reduce((image, length, i) => {
    const line = { length: image.shape[2 + i], wanted: length, scale: scales?.[i] };
    if (mode === "nearest") return image.indexSelect(2 + i, nearest(line));
    return mix(image, 2 + i, between(line, alignCorners ?? false));
  }, x);
}

/** One dimension: how many pixels it has, how many are wanted, and the scale if one was given. */
interface Line {
  length: number;
  wanted: number;
  scale: number | undefined;
}

function scalePair(scaleFactor: number | readonly [number, number]): [number, number] {
  const scales = Array.isArray(scaleFactor) ? scaleFactor : [scaleFactor, scaleFactor];
  if (scales.length !== 2 || !scales.every((scale) => Number.isFinite(scale) && scale > 0)) {
    const got = Array.isArray(scaleFactor) ? `[${scaleFactor.join(", ")}]` : describe(scaleFactor);
    throw rangeError("interpolate", "scaleFactor as a number > 0 or a pair of them", got);
  }
  return [scales[0], scales[1]];
}

/** The pixel that each new one repeats. PyTorch finds it in float32, which decides where a place is nearly whole. */
function nearest({ length, wanted, scale }: Line): number[] {
  const step = Math.fround(scale === undefined ? Math.fround(length) / wanted : 1 / scale);
  return Array.from({ length: wanted }, (_, i) => {
    if (wanted === length) return i;
    if (wanted === 2 * length) return i >> 1;
    return Math.min(Math.floor(Math.fround(i * step)), length - 1);
  });
}

/** Where each new pixel lies between two old ones: the lower of them, and the share of the upper one. */
function between({ length, wanted, scale }: Line, alignCorners: boolean): { lower: number; share: number }[] {
  const step = alignCorners
    ? wanted > 1
      ? (length - 1) / (wanted - 1)
      : 0
    : scale
      ? 1 / scale
      : length / wanted;
  return Array.from({ length: wanted }, (_, i) => {
    const place = alignCorners ? i * step : Math.max(0, (i + 0.5) * step - 0.5);
    const lower = Math.min(Math.floor(place), length - 1);
    return { lower, share: Math.min(place - lower, 1) };
  });
}

function mix(x: Tensor, dim: number, places: { lower: number; share: number }[]): Tensor {
  const last = x.shape[dim] - 1;
  const along = x.shape.map((_, d) => (d === dim ? places.length : 1));
  const share = fromTypedArray(
    Float64Array.from(places, (place) => place.share),
    along,
  ).to(x.dtype);
  const below = x.indexSelect(dim, places.map(({ lower }) => lower)); // prettier-ignore
  const above = x.indexSelect(dim, places.map(({ lower }) => Math.min(lower + 1, last))); // prettier-ignore
  return below.mul(share.neg().add(1)).add(above.mul(share));
}
