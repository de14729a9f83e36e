import type { DType } from "../tensor/dtype.js";
import { describe, rangeError } from "../tensor/errors.js";
import { defaultGenerator, type Generator } from "../tensor/generator.js";
import { emptyTensor } from "../tensor/tensor.js";
import { fans, kaimingUniform_, uniform_ } from "./init.js";
import { Parameter } from "./parameter.js";

/** What every layer with weights takes. */
export interface WeightOptions {
  /** Whether to add a bias; true unless told otherwise. */
  bias?: boolean;
  /** "float32" unless given. */
  dtype?: DType;
  /** Where the starting values come from; the default generator unless given. */
  generator?: Generator;
}

/** A weight with PyTorch's default starting values, uniform within ±1/√fanIn, and a bias from the same range. */
export function layerWeights(
  shape: readonly number[],
  biasSize: number,
  options: WeightOptions,
): { weight: Parameter; bias: Parameter | undefined } {
  const { bias = true, dtype = "float32", generator = defaultGenerator } = options;
  const weight = kaimingUniform_(emptyTensor(shape, dtype), Math.sqrt(5), generator);
  if (!bias) return { weight: new Parameter(weight), bias: undefined };
  const bound = 1 / Math.sqrt(fans(weight).fanIn);
  const offset = uniform_(emptyTensor([biasSize], dtype), -bound, bound, generator);
  return { weight: new Parameter(weight), bias: new Parameter(offset) };
}

/** A size that a layer is built with: a whole number ≥ 1. */
export function requireSize(layer: string, name: string, size: number): void {
  if (!Number.isInteger(size) || size < 1)
    throw rangeError(layer, `${name} as a whole number ≥ 1`, describe(size));
}

/** Groups into which both kinds of channels split evenly. */
export function requireGroups(layer: string, inChannels: number, outChannels: number, groups: number): void {
  if (Number.isInteger(groups) && groups >= 1 && inChannels % groups === 0 && outChannels % groups === 0)
    return;
  throw rangeError(
    layer,
    `groups that divide ${inChannels} and ${outChannels} channels evenly`,
    describe(groups),
  );
}
