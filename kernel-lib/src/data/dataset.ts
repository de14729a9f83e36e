import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { defaultGenerator, type Generator } from "../tensor/generator.js";
import { formatShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/** Samples by number. Each sample is a list of tensors, usually an image and its label. */
export interface Dataset {
  readonly length: number;
  /** The samples at these positions, each of its tensors stacked along a new first dimension. */
  batch(positions: readonly number[] | Int32Array): Tensor[];
}

/** Tensors whose first dimension counts the samples: images (N, C, H, W) and labels (N). */
export class TensorDataset implements Dataset {
  readonly tensors: readonly Tensor[];
  readonly length: number;

  /**
   * @throws {ShapeError} if the tensors hold different numbers of samples
   * @throws {TypeError} for something else than tensors
   */
  constructor(...tensors: Tensor[]) {
    const other = tensors.find((x) => !(x instanceof Tensor));
    if (other !== undefined) {
      throw typeError("TensorDataset", "tensors", describe(other), "make one with tensor(…)");
    }
    const odd = tensors.find((x) => x.ndim === 0 || x.shape[0] !== tensors[0].shape[0]);
    if (tensors.length === 0 || odd) {
      const expected = "tensors with the same number of samples in their first dimension";
      throw new ShapeError(
        "TensorDataset",
        expected,
        tensors.map((x) => formatShape(x.shape)).join(", ") || "none",
      );
    }
    this.tensors = tensors;
    this.length = tensors[0].shape[0];
  }

  batch(positions: readonly number[] | Int32Array): Tensor[] {
    return this.tensors.map((x) => x.indexSelect(0, Array.from(positions)));
  }
}

/** Some samples of another data set, in the given order. */
export class Subset implements Dataset {
  readonly length: number;

  /** @throws {RangeError} if a position lies outside */
  constructor(
    readonly dataset: Dataset,
    readonly positions: readonly number[],
  ) {
    const outside = positions.find(
      (place) => !Number.isInteger(place) || place < 0 || place >= dataset.length,
    );
    if (outside !== undefined)
      throw rangeError("Subset", `positions from 0 to ${dataset.length - 1}`, String(outside));
    this.length = positions.length;
  }

  batch(positions: readonly number[] | Int32Array): Tensor[] {
    return this.dataset.batch(Array.from(positions, (place) => this.positions[place]));
  }
}

/**
 * Deal the samples out at random. PyTorch's random_split.
 *
 * Random is not always right: samples of one writer, speaker or game belong on one side (notebook 08).
 *
 * @param lengths numbers of samples that add up to all of them, or shares that add up to 1
 * @throws {RangeError} if they do not add up
 */
export function split(
  dataset: Dataset,
  lengths: readonly number[],
  options: { generator?: Generator } = {},
): Subset[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shares = lengths.some((length) => length > 0 && length < 1);
  const sound = lengths.every((length) => length >= 0 && (shares || Number.isInteger(length)));
  if (!sound || (shares ? Math.abs(total - 1) > 1e-9 : total !== dataset.length)) {
    throw rangeError(
      "split",
      `lengths that add up to ${dataset.length}, or shares that add up to 1`,
      `[${lengths.join(", ")}]`,
    );
  }
  const counts = lengths.map((length) => (shares ? Math.floor(length * dataset.length) : length));
  for (let i = 0; counts.reduce((sum, count) => sum + count, 0) < dataset.length; i++)
    counts[i % counts.length]++;
  const order = (options.generator ?? defaultGenerator).permutation(dataset.length);
  let start = 0;
  return counts.map((count) => new Subset(dataset, Array.from(order.subarray(start, (start += count)))));
}
