import { batchNorm } from "../ops/batchNorm.js";
import { ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import { full } from "../tensor/create.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireSize } from "./layerWeights.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { pythonFloat } from "./repr.js";

/** How BatchNorm1d and BatchNorm2d follow the batches. */
export interface BatchNormLayerOptions {
  /** Added to the variance, 1e-5 unless given. */
  eps?: number;
  /** How much of a new batch enters the running statistics, 0.1 unless given. */
  momentum?: number;
  dtype?: "float32" | "float64";
}

abstract class AnyBatchNorm extends Module {
  /** One factor a channel, 1 at the start. */
  readonly weight: Parameter;
  /** One offset a channel, 0 at the start. */
  readonly bias: Parameter;
  /** The means that evaluation uses; they follow the batches in training. */
  readonly runningMean: Tensor;
  /** The variances that evaluation uses. */
  readonly runningVar: Tensor;
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number;

  /**
   * @param numFeatures number of channels
   * @param options     eps, momentum, dtype
   */
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super();
    requireSize(this.constructor.name, "numFeatures", numFeatures);
    const { eps = 1e-5, momentum = 0.1, dtype = "float32" } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = new Parameter(full([numFeatures], 1, { dtype }));
    this.bias = new Parameter(full([numFeatures], 0, { dtype }));
    this.runningMean = full([numFeatures], 0, { dtype });
    this.runningVar = full([numFeatures], 1, { dtype });
  }

  /** @param x as `requireForm` wants it */
  forward(x: Tensor): Tensor {
    this.requireForm(x);
    const { weight, bias, training, momentum, eps } = this;
    return batchNorm(x, this.runningMean, this.runningVar, { weight, bias, training, momentum, eps });
  }

  protected abstract requireForm(x: Tensor): void;

  protected override extraRepr(): string {
    const { numFeatures, eps, momentum } = this;
    return `${numFeatures}, eps=${pythonFloat(eps)}, momentum=${momentum}, affine=True, bias=True, track_running_stats=True`;
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
export class BatchNorm1d extends AnyBatchNorm {
  protected requireForm(x: Tensor): void {
    if (x.ndim === 2 || x.ndim === 3) return;
    throw new ShapeError(
      "BatchNorm1d",
      "x as (N, C) or (N, C, L)",
      formatShape(x.shape),
      "images take BatchNorm2d",
    );
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
export class BatchNorm2d extends AnyBatchNorm {
  protected requireForm(x: Tensor): void {
    if (x.ndim !== 4) throw new ShapeError("BatchNorm2d", "x as (N, C, H, W)", formatShape(x.shape));
  }
}
