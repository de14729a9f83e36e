import { isFloat } from "../../tensor/dtype.js";
import { describe, rangeError, ShapeError, typeError } from "../../tensor/errors.js";
import { defaultGenerator, type Generator } from "../../tensor/generator.js";
import { formatShape } from "../../tensor/shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { sizesOf, type Transform } from "./planes.js";

/** Each a largest change either way, 0 unless given, or the range of the factor itself (of hue: of the shift). */
export interface ColorJitterOptions {
  /** 0.2: from 0.8 to 1.2 times as bright. */
  brightness?: number | readonly [number, number];
  /** 0.2: from 0.8 to 1.2 times as far from the picture's mean grey. */
  contrast?: number | readonly [number, number];
  /** 0.2: from 0.8 to 1.2 times as far from grey; 0 in a range is a picture without colour. */
  saturation?: number | readonly [number, number];
  /** 0.1: colours move up to a tenth round the colour wheel. At most 0.5. */
  hue?: number | readonly [number, number];
  /** Where the numbers come from; the default generator unless given. */
  generator?: Generator;
}

/** Changes one picture's red, green and blue in place, values from 0 to 1. A grey picture has only `red`. */
type Change = (colors: Float64Array[], amount: number) => void;

/**
 * Change brightness, contrast, saturation and hue by random amounts, in random order: the light differs from photo to
 * photo. Torchvision's `ColorJitter`.
 *
 * Takes uint8 or floats from 0 to 1, (3, H, W), (1, H, W) or batches of them, of which each picture has the same
 * change; values beyond the range are cut off. A grey picture has no saturation and no hue to change.
 *
 * @throws {RangeError} for an amount below 0, a hue beyond 0.5, or a range that ends before it begins
 */
export function colorJitter(options: ColorJitterOptions = {}): Transform {
  const steps: { change: Change; range: [number, number] }[] = [];
  const add = (name: "brightness" | "contrast" | "saturation" | "hue", change: Change): void => {
    const range = rangeOf(name, options[name] ?? 0);
    const neutral = name === "hue" ? 0 : 1;
    if (range[0] !== neutral || range[1] !== neutral) steps.push({ change, range });
  };
  add("brightness", (colors, factor) => blend(colors, () => 0, factor));
  add("contrast", contrast);
  add("saturation", (colors, factor) => {
    if (colors.length === 3) blend(colors, (i) => grey(colors, i), factor);
  });
  add("hue", (colors, shift) => {
    if (colors.length === 3) shiftHue(colors, shift);
  });
  return (image) => {
    const generator = options.generator ?? defaultGenerator;
    const [height, width] = sizesOf("colorJitter", image);
    const channels = image.ndim > 2 ? image.shape[image.ndim - 3] : 1;
    if (channels !== 1 && channels !== 3) {
      throw new ShapeError("colorJitter", "images of 1 or 3 channels", formatShape(image.shape));
    }
    if (!isFloat(image.dtype) && image.dtype !== "uint8") {
      throw typeError("colorJitter", "uint8, or floats from 0 to 1", image.dtype);
    }
    const plan = Array.from(generator.permutation(steps.length), (place) => {
      const { change, range } = steps[place];
      return { change, amount: range[0] + (range[1] - range[0]) * generator.uniform() };
    });
    const out = image.data;
    const scale = image.dtype === "uint8" ? 255 : 1;
    const size = height * width;
    for (let start = 0; start < out.length; start += channels * size) {
      const places = Array.from({ length: channels }, (_, c) => start + c * size);
      const colors = places.map((place) => Float64Array.from(out.subarray(place, place + size), (v) => v / scale)); // prettier-ignore
      for (const { change, amount } of plan) change(colors, amount);
      colors.forEach((values, c) =>
        values.forEach((value, i) => {
          out[places[c] + i] = scale === 1 ? value : Math.round(value * scale);
        }),
      );
    }
    return new Tensor(out, image.shape, image.dtype);
  };
}

function rangeOf(name: string, value: number | readonly [number, number]): [number, number] {
  const isHue = name === "hue";
  const [center, lowest, highest] = isHue ? [0, -0.5, 0.5] : [1, 0, Infinity];
  const ends = typeof value === "number" ? [Math.max(center - value, lowest), center + value] : [...value];
  const sound = ends.length === 2 && ends[0] >= lowest && ends[1] <= highest && ends[0] <= ends[1];
  if (!sound || (typeof value === "number" && !(value >= 0))) {
    const got = typeof value === "number" ? String(value) : `[${ends.map(describe).join(", ")}]`;
    const expected = isHue ? "from 0 to 0.5, or a range within ±0.5" : "≥ 0, or a range from 0 on";
    throw rangeError("colorJitter", `${name} ${expected}`, got);
  }
  return [ends[0], ends[1]];
}

const clamp = (value: number): number => Math.max(0, Math.min(1, value));

/** Brightness as the eye weighs the colours (ITU-R BT.601, with torchvision's four digits). */
function grey(colors: readonly Float64Array[], i: number): number {
  if (colors.length < 3) return colors[0][i];
  return 0.2989 * colors[0][i] + 0.587 * colors[1][i] + 0.114 * colors[2][i];
}

/** `factor` times as far from what `other` says. */
function blend(colors: readonly Float64Array[], other: (i: number) => number, factor: number): void {
  for (let i = 0; i < colors[0].length; i++) {
    const value = other(i);
    for (const values of colors) values[i] = clamp(factor * values[i] + (1 - factor) * value);
  }
}

function contrast(colors: readonly Float64Array[], factor: number): void {
  let sum = 0;
  for (let i = 0; i < colors[0].length; i++) sum += grey(colors, i);
  const mean = sum / colors[0].length;
  blend(colors, () => mean, factor);
}

/** Go round the colour wheel (HSV) by `shift` turns; brightness and saturation stay. */
function shiftHue([red, green, blue]: readonly Float64Array[], shift: number): void {
  for (let i = 0; i < red.length; i++) {
    const [r, g, b] = [red[i], green[i], blue[i]];
    const value = Math.max(r, g, b);
    const chroma = value - Math.min(r, g, b);
    if (chroma === 0) continue; // grey has no hue
    const sector = value === r ? (g - b) / chroma : value === g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
    const hue = (((sector / 6 + shift) % 1) + 1) * 6;
    const channel = (offset: number): number => {
      const k = (offset + hue) % 6;
      return value - chroma * Math.max(0, Math.min(k, 4 - k, 1));
    };
    [red[i], green[i], blue[i]] = [channel(5), channel(3), channel(1)];
  }
}
