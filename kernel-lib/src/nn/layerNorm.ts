import { layerNorm } from "../ops/layerNorm.js";
import { full } from "../tensor/create.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireSize } from "./layerWeights.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { pythonBool, pythonFloat, tuple } from "./repr.js";
import type { LayerNormRule } from "./shapeRules/layers.js";

/** What LayerNorm learns, and what keeps it from dividing by 0. */
export interface LayerNormLayerOptions {
  /** Added to the variance, 1e-5 unless given. */
  eps?: number;
  /** Whether to learn a factor and an offset for each value; true unless told otherwise. */
  elementwiseAffine?: boolean;
  /** Whether to learn the offset; true unless told otherwise. */
  bias?: boolean;
  dtype?: "float32" | "float64";
}

/**
 * Bring each sample to mean 0 and variance 1 over its last dimensions, then rescale each value by a learned factor and
 * offset. It never looks at other samples, so training and use do not differ.
 *
 * @example
 * new nn.LayerNorm(2).forward(tensor([[1, 3], [10, 30]])).toArray() // [[-1, 1], [-1, 1]], to 4 digits
 *
 * @see Ba, Kiros & Hinton 2016, arXiv:1607.06450
 */
export class LayerNorm<
  const Ending extends number | readonly number[] = number | readonly number[],
> extends Module<LayerNormRule<Ending>> {
  /** One factor a value, 1 at the start. */
  readonly weight: Parameter | undefined;
  /** One offset a value, 0 at the start. */
  readonly bias: Parameter | undefined;
  readonly normalizedShape: readonly number[];
  readonly eps: number;

  /**
   * @param normalizedShape sizes of the last dimensions, or the size of the last one
   * @param options         eps, elementwiseAffine, bias, dtype
   * @throws {RangeError} for a size below 1
   */
  constructor(normalizedShape: Ending, options: LayerNormLayerOptions = {}) {
    super();
    const { eps = 1e-5, elementwiseAffine = true, bias = true, dtype = "float32" } = options;
    const sizes: number | readonly number[] = normalizedShape;
    this.normalizedShape = typeof sizes === "number" ? [sizes] : [...sizes];
    for (const size of this.normalizedShape) requireSize("LayerNorm", "normalizedShape", size);
    this.eps = eps;
    const shape = this.normalizedShape;
    this.weight = elementwiseAffine ? new Parameter(full(shape, 1, { dtype })) : undefined;
    this.bias = elementwiseAffine && bias ? new Parameter(full(shape, 0, { dtype })) : undefined;
  }

  /** @param x (…, *normalizedShape) */
  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(x, this.normalizedShape, { weight, bias, eps });
  }

  protected override extraRepr(): string {
    return `${tuple(this.normalizedShape)}, eps=${pythonFloat(this.eps)}, elementwise_affine=${pythonBool(this.weight)}, bias=${pythonBool(this.bias)}`;
  }
}
