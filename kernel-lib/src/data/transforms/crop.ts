import { rangeError } from "../../tensor/errors.js";
import { defaultGenerator, type Generator } from "../../tensor/generator.js";
import { pair } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { mapPlanes, sizesOf, type Transform } from "./planes.js";

/** The part of a picture from a row and a column on; what lies outside the picture gets `fill`. */
function crop(image: Tensor, top: number, left: number, size: readonly [number, number], fill = 0): Tensor {
  const [height, width] = sizesOf("crop", image);
  return mapPlanes(image, size[0], size[1], (values, start, row, column) => {
    const [y, x] = [row + top, column + left];
    return y >= 0 && y < height && x >= 0 && x < width ? values[start + y * width + x] : fill;
  });
}

/**
 * The middle of a picture; a picture that is smaller gets a border of zeros. Torchvision's `CenterCrop`.
 *
 * @param size `[height, width]`, or one number for both
 * @throws {RangeError} for a size below 1
 */
export function centerCrop(size: number | readonly [number, number]): Transform {
  const [rows, columns] = pair("centerCrop", "size", size, 1);
  const before = (whole: number, part: number): number =>
    whole >= part ? halfToEven(whole - part) : -Math.floor((part - whole) / 2);
  return (image) => {
    const [height, width] = sizesOf("centerCrop", image);
    return crop(image, before(height, rows), before(width, columns), [rows, columns]);
  };
}

/** Half of a whole number; halves go to the even neighbour, as Python's `round` does. */
function halfToEven(twice: number): number {
  const half = twice / 2;
  return Number.isInteger(half) ? half : 2 * Math.round(half / 2);
}

export interface RandomCropOptions {
  /** Border to add on each side first, 0 unless given: a number, or `[rows, columns]`. */
  padding?: number | readonly [number, number];
  /** Value of the border, 0 unless given. */
  fill?: number;
  /** Where the place comes from; the default generator unless given. */
  generator?: Generator;
}

/**
 * A part of a picture at a random place: the net cannot rely on where things are. Torchvision's `RandomCrop`.
 *
 * @param size `[height, width]`, or one number for both
 * @throws {RangeError} for a size below 1, or (when used) a picture that is smaller even with its border
 */
export function randomCrop(
  size: number | readonly [number, number],
  options: RandomCropOptions = {},
): Transform {
  const [rows, columns] = pair("randomCrop", "size", size, 1);
  const [padY, padX] = pair("randomCrop", "padding", options.padding ?? 0, 0);
  return (image) => {
    const [height, width] = sizesOf("randomCrop", image);
    const [roomY, roomX] = [height + 2 * padY - rows, width + 2 * padX - columns];
    if (roomY < 0 || roomX < 0) {
      const expected = `an image of at least ${rows} × ${columns} with its padding`;
      const got = `${height + 2 * padY} × ${width + 2 * padX}`;
      throw rangeError("randomCrop", expected, got, "resize it first, or give padding");
    }
    const generator = options.generator ?? defaultGenerator;
    const top = generator.integer(roomY + 1) - padY;
    const left = generator.integer(roomX + 1) - padX;
    return crop(image, top, left, [rows, columns], options.fill);
  };
}

/**
 * Mirror left and right, now and then: most things stay what they are. Torchvision's `RandomHorizontalFlip`.
 *
 * @param p how often, from 0 (never) to 1 (always)
 * @throws {RangeError} for a p outside
 */
export function randomHorizontalFlip(p = 0.5, options: { generator?: Generator } = {}): Transform {
  if (!(p >= 0 && p <= 1)) throw rangeError("randomHorizontalFlip", "p from 0 to 1", String(p));
  return (image) => {
    sizesOf("randomHorizontalFlip", image);
    return (options.generator ?? defaultGenerator).uniform() < p ? image.flip(-1) : image;
  };
}
