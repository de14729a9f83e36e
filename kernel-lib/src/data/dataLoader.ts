import { describe, rangeError, typeError } from "../tensor/errors.js";
import { defaultGenerator, type Generator } from "../tensor/generator.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Dataset } from "./dataset.js";

export interface DataLoaderOptions {
  /** Samples a batch, 1 unless given. */
  batchSize?: number;
  /** Whether each epoch goes through the samples in a new random order. */
  shuffle?: boolean;
  /** Where the order comes from; the default generator unless given. */
  generator?: Generator;
  /** Whether to leave out a last, smaller batch. */
  dropLast?: boolean;
}

/**
 * Goes through a data set in batches. Each `for … of` is one epoch.
 *
 * @example
 * for (const [images, labels] of new data.DataLoader(train, { batchSize: 32, shuffle: true })) {
 *   // images (32, 1, 8, 8), labels (32)
 * }
 */
export class DataLoader implements Iterable<Tensor[]> {
  readonly batchSize: number;
  /** Batches an epoch. */
  readonly length: number;

  /**
   * @throws {TypeError} if the data set cannot give batches
   * @throws {RangeError} for a batchSize below 1
   */
  constructor(
    readonly dataset: Dataset,
    readonly options: DataLoaderOptions = {},
  ) {
    const given = dataset as Partial<Dataset> | null | undefined;
    if (!Number.isInteger(given?.length) || typeof given?.batch !== "function") {
      throw typeError(
        "DataLoader",
        "a data set with length and batch(positions)",
        describe(dataset),
        "tensors make one: new data.TensorDataset(images, labels)",
      );
    }
    const { batchSize = 1, dropLast = false } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw rangeError("DataLoader", "batchSize as a whole number ≥ 1", String(batchSize));
    }
    this.batchSize = batchSize;
    this.length = (dropLast ? Math.floor : Math.ceil)(dataset.length / batchSize);
  }

  [Symbol.iterator](): Iterator<Tensor[]> {
    return this.from(0)[Symbol.iterator]();
  }

  /**
   * One epoch from its batch number `first` on (0 is the first); the order is drawn at once, as for a whole one.
   * For going on where an interrupted epoch stopped.
   */
  from(first: number): Iterable<Tensor[]> {
    const { shuffle = false, generator = defaultGenerator } = this.options;
    const order = shuffle
      ? generator.permutation(this.dataset.length)
      : Int32Array.from({ length: this.dataset.length }, (_, i) => i);
    return this.#batches(order, first);
  }

  *#batches(order: Int32Array, first: number): IterableIterator<Tensor[]> {
    for (let batch = first; batch < this.length; batch++) {
      yield this.dataset.batch(order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize));
    }
  }
}
