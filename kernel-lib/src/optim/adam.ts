import type { TypedArray } from "../tensor/dtype.js";
import { describe, rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { Optimizer, requireNotNegative, type Memory } from "./optimizer.js";

export interface AdamOptions {
  /** Learning rate, 1e-3 unless given. */
  lr?: number;
  /** How slowly the averages of the gradient and of its square follow, [0.9, 0.999] unless given. */
  betas?: readonly [number, number];
  /** Added to the root of the average square, 1e-8 unless given. */
  eps?: number;
  /** Pull of every weight towards 0: 0 for Adam, 0.01 for AdamW unless given. */
  weightDecay?: number;
  /** Divide by the largest average square so far instead of the present one (Reddi et al. 2018). False unless given. */
  amsgrad?: boolean;
  /** Climb instead: make what was differentiated larger. False unless given. */
  maximize?: boolean;
}

/**
 * Adam: each weight gets a step size of its own, from averages of its gradient and of the gradient's square.
 *
 * @see Kingma & Ba 2015, arXiv:1412.6980
 */
export class Adam extends Optimizer {
  betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  readonly amsgrad: boolean;
  readonly maximize: boolean;

  /** @throws {RangeError} for betas outside [0, 1) */
  constructor(parameters: readonly Tensor[], options: AdamOptions = {}) {
    super(parameters, options.lr ?? 1e-3);
    this.betas = options.betas ?? [0.9, 0.999];
    this.eps = options.eps ?? 1e-8;
    this.weightDecay = options.weightDecay ?? 0;
    this.amsgrad = options.amsgrad ?? false;
    this.maximize = options.maximize ?? false;
    requireNotNegative(this.constructor.name, { eps: this.eps, weightDecay: this.weightDecay });
    if (
      !Array.isArray(this.betas) ||
      this.betas.length !== 2 ||
      !this.betas.every((beta) => beta >= 0 && beta < 1)
    ) {
      throw rangeError(
        this.constructor.name,
        "two betas from 0 to below 1",
        Array.isArray(this.betas) ? `[${this.betas.join(", ")}]` : describe(this.betas),
      );
    }
  }

  protected update(values: TypedArray, gradient: TypedArray, memory: Memory): void {
    this.move(values, gradient, memory, this.weightDecay);
  }

  /** @param pull weight decay that enters the gradient, and so the averages */
  protected move(values: TypedArray, gradient: TypedArray, memory: Memory, pull: number): void {
    const [beta1, beta2] = this.betas;
    const mean = memory.slot("mean");
    const square = memory.slot("square");
    const largest = this.amsgrad ? memory.slot("largestSquare") : square;
    const uphill = this.maximize ? -1 : 1;
    const stepSize = this.lr / (1 - beta1 ** memory.steps); // both averages start at 0, which this makes up for
    const rootScale = Math.sqrt(1 - beta2 ** memory.steps);
    for (let i = 0; i < values.length; i++) {
      const g = uphill * gradient[i] + pull * values[i];
      mean[i] += (g - mean[i]) * (1 - beta1);
      square[i] = beta2 * square[i] + (1 - beta2) * g * g;
      if (square[i] > largest[i]) largest[i] = square[i];
      values[i] -= (stepSize * mean[i]) / (Math.sqrt(largest[i]) / rootScale + this.eps);
    }
  }
}

/**
 * Adam with weight decay beside the averages instead of in them: each weight simply shrinks a little.
 *
 * @see Loshchilov & Hutter 2019, arXiv:1711.05101
 */
export class AdamW extends Adam {
  constructor(parameters: readonly Tensor[], options: AdamOptions = {}) {
    super(parameters, { weightDecay: 0.01, ...options });
  }

  protected override update(values: TypedArray, gradient: TypedArray, memory: Memory): void {
    const shrink = 1 - this.lr * this.weightDecay;
    for (let i = 0; i < values.length; i++) values[i] *= shrink;
    this.move(values, gradient, memory, 0);
  }
}
