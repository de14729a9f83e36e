import { batchNorm, followBatch } from "../ops/batchNorm.js";
import { requireTensor } from "../ops/operands.js";
import { ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape } from "../tensor/shape.js";
import { full } from "../tensor/create.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireSize } from "./layerWeights.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { pythonBool, pythonFloat } from "./repr.js";
import type { BatchNorm1dRule, BatchNorm2dRule } from "./shapeRules/layers.js";

/** How BatchNorm1d and BatchNorm2d follow the batches. */
export interface BatchNormLayerOptions {
  /** Added to the variance, 1e-5 unless given. */
  eps?: number;
  /** How much of a new batch enters the running statistics, 0.1 unless given; `null` for the plain average of all batches. */
  momentum?: number | null;
  /** Whether to learn a factor and an offset for each channel; true unless told otherwise. */
  affine?: boolean;
  /** Whether to keep running statistics; without them evaluation uses the batch's own too. True unless told otherwise. */
  trackRunningStats?: boolean;
  dtype?: "float32" | "float64";
}

abstract class AnyBatchNorm<C extends number, Rule> extends Module<Rule> {
  /** One factor a channel, 1 at the start. */
  readonly weight: Parameter | undefined;
  /** One offset a channel, 0 at the start. */
  readonly bias: Parameter | undefined;
  /** The means that evaluation uses; they follow the batches in training. */
  readonly runningMean: Tensor | undefined;
  /** The variances that evaluation uses. */
  readonly runningVar: Tensor | undefined;
  /** How many batches the statistics have followed: kept for momentum `null` only, which divides by it. int32. */
  readonly numBatchesTracked: Tensor | undefined;
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;

  /**
   * @param numFeatures number of channels
   * @param options     eps, momentum, affine, trackRunningStats, dtype
   */
  constructor(numFeatures: C, options: BatchNormLayerOptions = {}) {
    super();
    requireSize(this.constructor.name, "numFeatures", numFeatures);
    const {
      eps = 1e-5,
      momentum = 0.1,
      affine = true,
      trackRunningStats = true,
      dtype = "float32",
    } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(full([numFeatures], 1, { dtype })) : undefined;
    this.bias = affine ? new Parameter(full([numFeatures], 0, { dtype })) : undefined;
    this.runningMean = trackRunningStats ? full([numFeatures], 0, { dtype }) : undefined;
    this.runningVar = trackRunningStats ? full([numFeatures], 1, { dtype }) : undefined;
    this.numBatchesTracked =
      trackRunningStats && momentum === null ? full([], 0, { dtype: "int32" }) : undefined;
  }

  /** @param x as `requireForm` wants it */
  forward(x: Tensor): Tensor {
    requireTensor(this.constructor.name, "x", x);
    this.requireForm(x);
    const { weight, bias, runningMean, runningVar, eps } = this;
    const training = this.training || !runningMean;
    const out = batchNorm(x, runningMean, runningVar, {
      weight,
      bias,
      training,
      momentum: this.#share(),
      eps,
    });
    if (this.training && this.numBatchesTracked) this.numBatchesTracked.storage[0]++;
    return out;
  }

  /**
   * Let the running statistics follow a batch whose mean and (biased) variance were taken elsewhere, as `forward` does in
   * training. For the library.
   *
   * @param count values a channel in the batch
   */
  follow(mean: Tensor, variance: Tensor, count: number): void {
    if (!this.training) return;
    followBatch(this, { mean, variance }, count, this.#share());
    if (this.numBatchesTracked) this.numBatchesTracked.storage[0]++;
  }

  /** How much of the next batch enters the running statistics: for a plain average of n batches, 1/n of the last. */
  #share(): number {
    return this.momentum ?? 1 / ((this.numBatchesTracked?.storage[0] ?? 0) + 1);
  }

  protected abstract requireForm(x: Tensor): void;

  protected override extraRepr(): string {
    const { numFeatures, eps, momentum } = this;
    const learned = pythonBool(this.weight);
    const tracked = pythonBool(this.runningMean);
    return `${numFeatures}, eps=${pythonFloat(eps)}, momentum=${momentum ?? "None"}, affine=${learned}, bias=${learned}, track_running_stats=${tracked}`;
  }
}

/**
 * Bring each feature of a batch to mean 0 and variance 1, then rescale it by a learned factor and offset: for vectors
 * (N, C) and sequences (N, C, L).
 *
 * @example
 * new nn.BatchNorm1d(2).forward(tensor([[1, 10], [3, 30]])).toArray() // [[-1, -1], [1, 1]], to 4 digits
 *
 * @see Ioffe & Szegedy 2015, arXiv:1502.03167
 */
export class BatchNorm1d<C extends number = number> extends AnyBatchNorm<C, BatchNorm1dRule<C>> {
  protected requireForm(x: Tensor): void {
    if (x.ndim === 2 || x.ndim === 3) return;
    const expected = "x as (N, C) or (N, C, L)";
    throw new ShapeError("BatchNorm1d", expected, formatShape(x.shape), "images take BatchNorm2d", {
      expected,
      actual: formatBatch(x.shape),
    });
  }
}

/**
 * Bring each channel of a batch to mean 0 and variance 1, then rescale it by a learned factor and offset: for images
 * (N, C, H, W).
 *
 * @example
 * new nn.BatchNorm2d(16).forward(rand(8, 16, 14, 14)).shape // [8, 16, 14, 14]
 *
 * @see Ioffe & Szegedy 2015, arXiv:1502.03167; notebook 08
 */
export class BatchNorm2d<C extends number = number> extends AnyBatchNorm<C, BatchNorm2dRule<C>> {
  protected requireForm(x: Tensor): void {
    if (x.ndim === 4) return;
    const expected = "x as (N, C, H, W)";
    throw new ShapeError("BatchNorm2d", expected, formatShape(x.shape), undefined, {
      expected,
      actual: formatBatch(x.shape),
    });
  }
}
