import type { TypedArray } from "../tensor/dtype.js";
import { rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { Optimizer, requireNotNegative, type Memory } from "./optimizer.js";

export interface SGDOptions {
  /** Learning rate, 1e-3 unless given. */
  lr?: number;
  /** Share of the last step's direction that is kept, 0 unless given. */
  momentum?: number;
  /** Share of a new gradient that does not enter the momentum, 0 unless given. */
  dampening?: number;
  /** Look ahead along the momentum before the step (Nesterov 1983). */
  nesterov?: boolean;
  /** Pull of every weight towards 0, 0 unless given. */
  weightDecay?: number;
  /** Climb instead: make what was differentiated larger. False unless given. */
  maximize?: boolean;
}

/**
 * Stochastic gradient descent: a step against the gradient, with momentum if wanted.
 *
 * @see notebook 04
 */
export class SGD extends Optimizer {
  momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  readonly maximize: boolean;

  /** @throws {RangeError} if nesterov is asked for without momentum */
  constructor(parameters: readonly Tensor[], options: SGDOptions = {}) {
    super(parameters, options.lr ?? 1e-3);
    this.momentum = options.momentum ?? 0;
    this.dampening = options.dampening ?? 0;
    this.nesterov = options.nesterov ?? false;
    this.weightDecay = options.weightDecay ?? 0;
    this.maximize = options.maximize ?? false;
    requireNotNegative("SGD", { momentum: this.momentum, weightDecay: this.weightDecay });
    if (this.nesterov && (this.momentum <= 0 || this.dampening !== 0)) {
      throw rangeError(
        "SGD",
        "momentum > 0 and no dampening for nesterov",
        `momentum ${this.momentum}, dampening ${this.dampening}`,
      );
    }
  }

  protected update(values: TypedArray, gradient: TypedArray, memory: Memory): void {
    const { lr, momentum, nesterov, weightDecay } = this;
    const uphill = this.maximize ? -1 : 1;
    if (momentum === 0 && weightDecay === 0 && values instanceof Float32Array) {
      plainStep(values, gradient, uphill * lr);
      return;
    }
    if (momentum === 0) {
      for (let i = 0; i < values.length; i++)
        values[i] -= lr * (uphill * gradient[i] + weightDecay * values[i]);
      return;
    }
    const velocity = memory.slot("velocity");
    const share = memory.steps === 1 ? 1 : 1 - this.dampening; // the first gradient enters in full, as in PyTorch
    for (let i = 0; i < values.length; i++) {
      const g = uphill * gradient[i] + weightDecay * values[i];
      velocity[i] = momentum * velocity[i] + share * g;
      values[i] -= lr * (nesterov ? g + momentum * velocity[i] : velocity[i]);
    }
  }
}

/**
 * Without a detour over float64, which would take twice as long; PyTorch computes in float32 as well. Four at a time: a
 * dense layer has a million weights, and one by one the loop itself takes as long as they.
 */
function plainStep(values: Float32Array, gradient: TypedArray, lr: number): void {
  const rate = Math.fround(lr);
  const { length } = values;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    values[i] = Math.fround(values[i] - Math.fround(rate * gradient[i]));
    values[i + 1] = Math.fround(values[i + 1] - Math.fround(rate * gradient[i + 1]));
    values[i + 2] = Math.fround(values[i + 2] - Math.fround(rate * gradient[i + 2]));
    values[i + 3] = Math.fround(values[i + 3] - Math.fround(rate * gradient[i + 3]));
  }
  for (; i < length; i++) values[i] = Math.fround(values[i] - Math.fround(rate * gradient[i]));
}
