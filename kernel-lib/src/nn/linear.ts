import { linear } from "../ops/linear.js";
import type { Tensor } from "../tensor/tensor.js";
import { layerWeights, requireSize, type WeightOptions } from "./layerWeights.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";
import type { LinearRule } from "./shapeRules/layers.js";

/**
 * A fully connected layer: every output is a weighted sum of all inputs, plus a bias.
 *
 * @example
 * new nn.Linear(784, 10).forward(rand(8, 784)).shape // [8, 10]
 *
 * @see notebook 01
 */
export class Linear<In extends number = number, Out extends number = number> extends Module<
  LinearRule<In, Out>
> {
  /** (outFeatures, inFeatures), one row an output. */
  readonly weight: Parameter;
  /** (outFeatures). */
  readonly bias: Parameter | undefined;
  readonly inFeatures: number;
  readonly outFeatures: number;

  /**
   * @param inFeatures  numbers in
   * @param outFeatures numbers out
   * @param options     bias, dtype, generator
   * @throws {RangeError} for a size below 1
   */
  constructor(inFeatures: In, outFeatures: Out, options: WeightOptions = {}) {
    super();
    requireSize("Linear", "inFeatures", inFeatures);
    requireSize("Linear", "outFeatures", outFeatures);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const weights = layerWeights([outFeatures, inFeatures], outFeatures, options);
    this.weight = weights.weight;
    this.bias = weights.bias;
  }

  /** @param x (…, inFeatures) */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  protected override extraRepr(): string {
    const bias = this.bias ? "True" : "False";
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${bias}`;
  }
}
