import { describe, rangeError } from "../../tensor/errors.js";
import { defaultGenerator, type Generator } from "../../tensor/generator.js";
import type { Tensor } from "../../tensor/tensor.js";
import { mapPlanes, sizesOf, type Transform } from "./planes.js";

export interface RandomRotationOptions {
  /** Which old pixel a new one shows: the nearest (unless given), or a mixture of the four around. */
  interpolation?: "nearest" | "bilinear";
  /** Value of what comes from outside the picture, 0 unless given. */
  fill?: number;
  /** Where the numbers come from; the default generator unless given. */
  generator?: Generator;
}

export interface RandomAffineOptions extends RandomRotationOptions {
  /** Farthest moves down and across as shares of height and width: `[0.1, 0.1]`. None unless given. */
  translate?: readonly [down: number, across: number];
  /** Smallest and largest factor of size. 1 unless given. */
  scale?: readonly [smallest: number, largest: number];
  /** Largest slant across in degrees, or the range of it. 0 unless given. */
  shear?: number | readonly [number, number];
}

/**
 * Turn a picture about its centre by a random angle. Torchvision's `RandomRotation`.
 *
 * @param degrees largest angle either way, or the range; positive turns counter-clockwise
 * @throws {RangeError} for a range that ends before it begins, or an unknown interpolation
 */
export function randomRotation(
  degrees: number | readonly [number, number],
  options: RandomRotationOptions = {},
): Transform {
  const angles = range("randomRotation", "degrees", degrees);
  checkInterpolation("randomRotation", options);
  return (image) => {
    sizesOf("randomRotation", image);
    const angle = between(options.generator ?? defaultGenerator, angles);
    return affine(image, { angle: -angle, down: 0, across: 0, scale: 1, shear: 0 }, options);
  };
}

/**
 * Turn, move, scale and slant a picture about its centre, each by a random amount. Torchvision's `RandomAffine`.
 *
 * @param degrees largest angle either way, or the range; positive turns clockwise (unlike randomRotation's, as in
 *                torchvision)
 * @throws {RangeError} for a range that ends before it begins, translate outside 0 … 1, scale not above 0, shear of 90
 *         degrees or more, or an unknown interpolation
 */
export function randomAffine(
  degrees: number | readonly [number, number],
  options: RandomAffineOptions = {},
): Transform {
  const angles = range("randomAffine", "degrees", degrees);
  const shears = range("randomAffine", "shear", options.shear ?? 0);
  const { translate = [0, 0], scale = [1, 1] } = options;
  checkInterpolation("randomAffine", options);
  if (!(translate.length === 2 && translate.every((share) => share >= 0 && share <= 1))) {
    throw rangeError("randomAffine", "translate as two shares from 0 to 1", `[${translate.join(", ")}]`);
  }
  if (!(scale.length === 2 && scale[0] > 0 && scale[1] >= scale[0])) {
    throw rangeError("randomAffine", "scale as two factors above 0 in order", `[${scale.join(", ")}]`);
  }
  if (Math.max(...shears.map(Math.abs)) >= 90) {
    throw rangeError("randomAffine", "shear below 90 degrees", `[${shears.join(", ")}]`);
  }
  return (image) => {
    const generator = options.generator ?? defaultGenerator;
    const [height, width] = sizesOf("randomAffine", image);
    const angle = between(generator, angles);
    const across = Math.round(between(generator, [-translate[1] * width, translate[1] * width]));
    const down = Math.round(between(generator, [-translate[0] * height, translate[0] * height]));
    const factor = between(generator, scale);
    const shear = between(generator, shears);
    return affine(image, { angle, down, across, scale: factor, shear }, options);
  };
}

interface Motion {
  /** Clockwise, in degrees. */
  angle: number;
  /** In pixels. */
  down: number;
  across: number;
  scale: number;
  /** In degrees. */
  shear: number;
}

/**
 * Each new pixel asks where it came from. A point p (from the centre) moved to R(angle) · slant · scale · p + (across,
 * down), so it came from the inverse of that.
 */
function affine(image: Tensor, motion: Motion, options: RandomRotationOptions): Tensor {
  const [height, width] = sizesOf("affine", image);
  const { interpolation = "nearest", fill = 0 } = options;
  const { cos, sin } = turn(motion.angle);
  const slant = Math.tan((motion.shear * Math.PI) / 180);
  const [centerY, centerX] = [(height - 1) / 2, (width - 1) / 2];
  return mapPlanes(image, height, width, (values, start, row, column) => {
    const [x, y] = [column - centerX - motion.across, row - centerY - motion.down];
    const [backX, backY] = [cos * x + sin * y, cos * y - sin * x]; // turned back
    const fromX = (backX + slant * backY) / motion.scale + centerX;
    const fromY = backY / motion.scale + centerY;
    const at = (rowFrom: number, columnFrom: number): number =>
      rowFrom >= 0 && rowFrom < height && columnFrom >= 0 && columnFrom < width
        ? values[start + rowFrom * width + columnFrom]
        : fill;
    if (interpolation === "nearest") return at(nearest(fromY), nearest(fromX));
    const [top, left] = [Math.floor(fromY), Math.floor(fromX)];
    const [shareY, shareX] = [fromY - top, fromX - left];
    const upper = at(top, left) * (1 - shareX) + at(top, left + 1) * shareX;
    const lower = at(top + 1, left) * (1 - shareX) + at(top + 1, left + 1) * shareX;
    return upper * (1 - shareY) + lower * shareY;
  });
}

/** Quarter turns are exact, so that they only move pixels. */
function turn(degrees: number): { cos: number; sin: number } {
  const quarters = degrees / 90;
  if (Number.isInteger(quarters)) {
    const quarter = ((quarters % 4) + 4) % 4;
    return { cos: [1, 0, -1, 0][quarter], sin: [0, 1, 0, -1][quarter] };
  }
  const angle = (degrees * Math.PI) / 180;
  return { cos: Math.cos(angle), sin: Math.sin(angle) };
}

/** The nearest whole number. Halves go to the even one, as they do where PyTorch samples a grid. */
function nearest(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function range(op: string, name: string, value: number | readonly [number, number]): [number, number] {
  const ends = Array.isArray(value) ? [...(value as number[])] : [-value, Number(value)];
  if (!(ends.length === 2 && ends.every(Number.isFinite) && ends[0] <= ends[1])) {
    const got = Array.isArray(value) ? `[${ends.map(describe).join(", ")}]` : describe(value);
    throw rangeError(op, `${name} as a number ≥ 0 or a range [from, to]`, got);
  }
  return [ends[0], ends[1]];
}

function between(generator: Generator, [low, high]: readonly [number, number]): number {
  return low + (high - low) * generator.uniform();
}

function checkInterpolation(op: string, { interpolation = "nearest" }: RandomRotationOptions): void {
  if (interpolation !== "nearest" && interpolation !== "bilinear") {
    throw rangeError(op, "interpolation nearest or bilinear", describe(interpolation));
  }
}
