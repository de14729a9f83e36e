import { conv2d, type Conv2dOptions } from "../ops/conv2d.js";
import { pair } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { layerWeights, requireGroups, requireSize, type WeightOptions } from "./layerWeights.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";
import { convolutionRepr } from "./repr.js";
import type { Literally } from "./shapeRules/literally.js";
import type { Conv2dRule, Padding, Pair } from "./shapeRules/windows.js";

/**
 * A convolutional layer: `outChannels` kernels, each looking at all input channels, shared over all positions.
 *
 * @example
 * new nn.Conv2d(3, 16, 5, { padding: 2 }).forward(rand(8, 3, 28, 28)).shape // [8, 16, 28, 28]
 *
 * @see notebook 04
 */
export class Conv2d<
  In extends number = number,
  Out extends number = number,
  const Kernel extends Pair = Pair,
  const Stride extends Pair = 1,
  const Pad extends Padding = 0,
  const Dilation extends Pair = 1,
> extends Module<Conv2dRule<In, Out, Kernel, Stride, Pad, Dilation>> {
  /** The kernels, (outChannels, inChannels / groups, kernelHeight, kernelWidth). */
  readonly weight: Parameter;
  /** One number a kernel, (outChannels). */
  readonly bias: Parameter | undefined;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly options: Conv2dOptions;

  /**
   * @param inChannels  channels of the input
   * @param outChannels number of kernels, which is the number of channels of the output
   * @param kernelSize  a number, or a pair of height and width
   * @param options     stride, padding, dilation, groups, paddingMode; bias, dtype, generator
   * @throws {RangeError} for a size below 1, or groups that do not divide the channels
   */
  constructor(
    inChannels: In,
    outChannels: Out,
    kernelSize: Kernel,
    options: Literally<
      Conv2dOptions & WeightOptions,
      { stride: Stride; padding: Pad; dilation: Dilation }
    > = {},
  ) {
    super();
    requireSize("Conv2d", "inChannels", inChannels);
    requireSize("Conv2d", "outChannels", outChannels);
    this.kernelSize = pair("Conv2d", "kernelSize", kernelSize, 1);
    const { bias, dtype, generator, ...window } = options;
    const { groups = 1 } = window;
    requireGroups("Conv2d", inChannels, outChannels, groups);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.options = window;
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    const weights = layerWeights(shape, outChannels, { bias, dtype, generator });
    this.weight = weights.weight;
    this.bias = weights.bias;
  }

  /** @param x images, (N, inChannels, H, W) */
  forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, this.options);
  }

  protected override extraRepr(): string {
    return convolutionRepr({ ...this, ...this.options });
  }
}
