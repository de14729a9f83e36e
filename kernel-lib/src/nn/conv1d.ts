import { conv1d, type Conv1dOptions } from "../ops/conv1d.js";
import type { Tensor } from "../tensor/tensor.js";
import { layerWeights, requireGroups, requireSize, type WeightOptions } from "./layerWeights.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";
import { convolutionRepr } from "./repr.js";
import type { Literally } from "./shapeRules/literally.js";
import type { Conv1dRule } from "./shapeRules/windows.js";

/**
 * A convolutional layer for sequences: `outChannels` kernels that move along one dimension, as over sound or words.
 *
 * @example
 * new nn.Conv1d(40, 16, 5, { padding: 2 }).forward(rand(8, 40, 100)).shape // [8, 16, 100]
 *
 * @see notebooks 11 and 12
 */
export class Conv1d<
  In extends number = number,
  Out extends number = number,
  Kernel extends number = number,
  Stride extends number = 1,
  Pad extends number | "same" | "valid" = 0,
  Dilation extends number = 1,
> extends Module<Conv1dRule<In, Out, Kernel, Stride, Pad, Dilation>> {
  /** The kernels, (outChannels, inChannels / groups, kernelSize). */
  readonly weight: Parameter;
  /** One number a kernel, (outChannels). */
  readonly bias: Parameter | undefined;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly options: Conv1dOptions;

  /**
   * @param inChannels  channels of the input
   * @param outChannels number of kernels, which is the number of channels of the output
   * @param kernelSize  length of each kernel
   * @param options     stride, padding, dilation, groups, paddingMode; bias, dtype, generator
   * @throws {RangeError} for a size below 1, or groups that do not divide the channels
   */
  constructor(
    inChannels: In,
    outChannels: Out,
    kernelSize: Kernel,
    options: Literally<
      Conv1dOptions & WeightOptions,
      { stride: Stride; padding: Pad; dilation: Dilation }
    > = {},
  ) {
    super();
    requireSize("Conv1d", "inChannels", inChannels);
    requireSize("Conv1d", "outChannels", outChannels);
    requireSize("Conv1d", "kernelSize", kernelSize);
    const { bias, dtype, generator, ...window } = options;
    const { groups = 1 } = window;
    requireGroups("Conv1d", inChannels, outChannels, groups);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = kernelSize;
    this.options = window;
    const shape = [outChannels, inChannels / groups, kernelSize];
    const weights = layerWeights(shape, outChannels, { bias, dtype, generator });
    this.weight = weights.weight;
    this.bias = weights.bias;
  }

  /** @param x sequences, (N, inChannels, L) */
  forward(x: Tensor): Tensor {
    return conv1d(x, this.weight, this.bias, this.options);
  }

  protected override extraRepr(): string {
    return convolutionRepr({ ...this, ...this.options, kernelSize: [this.kernelSize] });
  }
}
