import { rangeError, ShapeError } from "../../tensor/errors.js";
import { formatShape } from "../../tensor/shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { sizesOf, type Transform } from "./planes.js";

/**
 * Several transforms as one, from the first to the last.
 *
 * @example
 * const forTraining = compose([resize(40), randomCrop(32), randomHorizontalFlip(), toTensor()]);
 */
export function compose(transforms: readonly Transform[]): Transform {
  return (image) => transforms.reduce((current, transform) => transform(current), image);
}

/** From whole numbers 0 … 255 (uint8) to float32 numbers 0 … 1; other dtypes become float32 with the same values. */
export function toTensor(): Transform {
  return (image) => (image.dtype === "uint8" ? image.to("float32").div(255) : image.to("float32"));
}

/**
 * Subtract from each channel its mean and divide by its standard deviation, so that values lie around 0.
 *
 * @param mean one number for each channel (or one for all)
 * @param std  likewise, above 0
 * @throws {RangeError} for a std that is not above 0, when the transform is made
 * @throws {ShapeError} if the image has another number of channels
 */
export function normalize(mean: number | readonly number[], std: number | readonly number[]): Transform {
  const [means, stds] = [mean, std].map((values) => (typeof values === "number" ? [values] : [...values]));
  if (!stds.every((value) => value > 0)) {
    throw rangeError("normalize", "every std above 0", `[${stds.join(", ")}]`);
  }
  return (image) => {
    const size = sizesOf("normalize", image);
    const channels = image.ndim > 2 ? image.shape[image.ndim - 3] : 1;
    if (![means, stds].every((values) => values.length === 1 || values.length === channels)) {
      const expected = `an image of ${Math.max(means.length, stds.length)} channels`;
      throw new ShapeError("normalize", expected, formatShape(image.shape));
    }
    const out = image.to(image.dtype === "float64" ? "float64" : "float32").data;
    const plane = size[0] * size[1];
    for (let i = 0; i < out.length; i++) {
      const channel = Math.floor(i / plane) % channels;
      out[i] = (out[i] - means[channel % means.length]) / stds[channel % stds.length];
    }
    return new Tensor(out, image.shape, image.dtype === "float64" ? "float64" : "float32");
  };
}
