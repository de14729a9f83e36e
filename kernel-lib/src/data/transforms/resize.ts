import { isFloat } from "../../tensor/dtype.js";
import { rangeError } from "../../tensor/errors.js";
import { pair } from "../../tensor/shape.js";
import { mapPlanes, sizesOf, type Transform } from "./planes.js";

export interface ResizeOptions {
  /** Whether a smaller picture averages over all pixels that fall together, as it does unless told otherwise. */
  antialias?: boolean;
}

/**
 * Make pictures larger or smaller (bilinear). Torchvision's `Resize`.
 *
 * @param size `[height, width]`, or one number: the shorter side's new length, the other keeps the proportion
 * @throws {RangeError} for a size below 1
 */
export function resize(
  size: number | readonly [number, number],
  { antialias = true }: ResizeOptions = {},
): Transform {
  const fixed = pair("resize", "size", size, 1);
  return (image) => {
    const [height, width] = sizesOf("resize", image);
    const [rows, columns] = typeof size === "number" ? shorterSide(height, width, size) : fixed;
    if (rows * columns > 2 ** 28) {
      throw rangeError("resize", "at most 2²⁸ pixels", `${rows} × ${columns}`);
    }
    if (rows === height && columns === width) return image;
    // In two steps, first along the rows; whole numbers are rounded once, at the end.
    const exact = isFloat(image.dtype) ? image : image.to("float64");
    const across = taps(width, columns, antialias);
    const down = taps(height, rows, antialias);
    const narrow = mapPlanes(exact, height, columns, (values, start, row, column) =>
      weigh(across[column], (x) => values[start + row * width + x]),
    );
    const out = mapPlanes(narrow, rows, columns, (values, start, row, column) => {
      const value = weigh(down[row], (y) => values[start + y * columns + column]);
      return exact === image ? value : Math.round(value);
    });
    return out.to(image.dtype);
  };
}

function shorterSide(height: number, width: number, size: number): [number, number] {
  const other = Math.floor((size * Math.max(height, width)) / Math.min(height, width));
  return height <= width ? [size, other] : [other, size];
}

/** The old pixels that a new one is made of, from `first` on, with their weights, which add up to 1. */
interface Taps {
  first: number;
  weights: number[];
}

/**
 * A tent over each new pixel's centre, one old pixel to each side, and when shrinking as much wider as the picture gets
 * smaller (Pillow's and PyTorch's "bilinear with antialias").
 */
function taps(from: number, to: number, antialias: boolean): Taps[] {
  const scale = from / to;
  const reach = antialias ? Math.max(scale, 1) : 1;
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const last = Math.min(from, Math.floor(center + reach + 0.5));
    const weights = Array.from({ length: last - first }, (_, j) =>
      Math.max(0, 1 - Math.abs((first + j + 0.5 - center) / reach)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function weigh({ first, weights }: Taps, value: (place: number) => number): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += weights[j] * value(first + j);
  return sum;
}
