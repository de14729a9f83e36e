import { gelu, type GeluOptions } from "../ops/gelu.js";
import { leakyRelu } from "../ops/leakyRelu.js";
import { logSoftmax } from "../ops/logSoftmax.js";
import { relu } from "../ops/relu.js";
import { sigmoid } from "../ops/sigmoid.js";
import { softmax } from "../ops/softmax.js";
import { tanh } from "../ops/tanh.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import type { SameShape } from "./shapeRules/rule.js";

/*
 * The activations as layers, for use in a Sequential. Each is a line; the ops hold the rest.
 */

/**
 * Keep what is positive, put 0 for the rest.
 *
 * @example
 * new nn.ReLU().forward(tensor([-1, 0, 2])).toArray() // [0, 0, 2]
 */
export class ReLU extends Module<SameShape> {
  forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/**
 * As ReLU, but what is negative is kept on a small scale.
 *
 * @example
 * new nn.LeakyReLU(0.5).forward(tensor([-1, 0, 2])).toArray() // [-0.5, 0, 2]
 */
export class LeakyReLU extends Module<SameShape> {
  readonly negativeSlope: number;

  /** @param negativeSlope factor for negative values, 0.01 unless given; also as `{ negativeSlope }` */
  constructor(negativeSlope: number | { negativeSlope?: number } = 0.01) {
    super();
    this.negativeSlope =
      typeof negativeSlope === "object" ? (negativeSlope.negativeSlope ?? 0.01) : negativeSlope;
  }
  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.negativeSlope);
  }
  protected override extraRepr(): string {
    return `negative_slope=${this.negativeSlope}`;
  }
}

/**
 * A smooth relative of ReLU, x · Φ(x).
 *
 * @example
 * new nn.GELU().forward(tensor([-1, 0, 2])).toArray() // [-0.15866, 0, 1.9545], to 5 digits
 */
export class GELU extends Module<SameShape> {
  constructor(readonly options: GeluOptions = {}) {
    super();
  }
  forward(x: Tensor): Tensor {
    return gelu(x, this.options);
  }
  protected override extraRepr(): string {
    return `approximate='${this.options.approximate ?? "none"}'`;
  }
}

/**
 * Squeeze into 0 … 1.
 *
 * @example
 * new nn.Sigmoid().forward(tensor([-1, 0, 2])).toArray() // [0.26894, 0.5, 0.8808], to 5 digits
 */
export class Sigmoid extends Module<SameShape> {
  forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

/**
 * Squeeze into −1 … 1.
 *
 * @example
 * new nn.Tanh().forward(tensor([-1, 0, 2])).toArray() // [-0.76159, 0, 0.96403], to 5 digits
 */
export class Tanh extends Module<SameShape> {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/**
 * Scores to probabilities along `dim`.
 *
 * @example
 * new nn.Softmax(1).forward(tensor([[0, 0, 0, 0]])).toArray() // [[0.25, 0.25, 0.25, 0.25]]
 */
export class Softmax extends Module<SameShape> {
  constructor(readonly dim: number) {
    super();
  }
  forward(x: Tensor): Tensor {
    return softmax(x, this.dim);
  }
  protected override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * Scores to logarithms of probabilities along `dim`.
 *
 * @example
 * new nn.LogSoftmax(1).forward(tensor([[0, 0]])).toArray() // [[-0.69315, -0.69315]], to 5 digits
 */
export class LogSoftmax extends Module<SameShape> {
  constructor(readonly dim: number) {
    super();
  }
  forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim);
  }
  protected override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
