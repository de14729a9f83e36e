import { convTranspose2d, type ConvTranspose2dOptions } from "../ops/convTranspose2d.js";
import { pair } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { layerWeights, requireGroups, requireSize, type WeightOptions } from "./layerWeights.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";
import { convolutionRepr } from "./repr.js";
import type { Literally } from "./shapeRules/literally.js";
import type { ConvTranspose2dRule, Pair } from "./shapeRules/windows.js";

/**
 * A layer that makes maps larger: each input pixel puts the kernel down in the output, and where kernels overlap they
 * add. As in PyTorch, and unlike in Conv2d, the input channels come first in the weight.
 *
 * @example
 * new nn.ConvTranspose2d(16, 8, 2, { stride: 2 }).forward(rand(1, 16, 7, 7)).shape // [1, 8, 14, 14]
 *
 * @see Dumoulin & Visin 2016, arXiv:1603.07285
 */
export class ConvTranspose2d<
  In extends number = number,
  Out extends number = number,
  const Kernel extends Pair = Pair,
  const Stride extends Pair = 1,
  const Pad extends Pair = 0,
  const Extra extends Pair = 0,
  const Dilation extends Pair = 1,
> extends Module<ConvTranspose2dRule<In, Out, Kernel, Stride, Pad, Extra, Dilation>> {
  /** The kernels, (inChannels, outChannels / groups, kernelHeight, kernelWidth). */
  readonly weight: Parameter;
  /** One number an output channel, (outChannels). */
  readonly bias: Parameter | undefined;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly options: ConvTranspose2dOptions;

  /**
   * @param inChannels  channels of the input
   * @param outChannels channels of the output
   * @param kernelSize  a number, or a pair of height and width
   * @param options     stride, padding, outputPadding, groups, dilation; bias, dtype, generator
   * @throws {RangeError} for a size below 1, or groups that do not divide the channels
   */
  constructor(
    inChannels: In,
    outChannels: Out,
    kernelSize: Kernel,
    options: Literally<
      ConvTranspose2dOptions & WeightOptions,
      { stride: Stride; padding: Pad; outputPadding: Extra; dilation: Dilation }
    > = {},
  ) {
    super();
    requireSize("ConvTranspose2d", "inChannels", inChannels);
    requireSize("ConvTranspose2d", "outChannels", outChannels);
    this.kernelSize = pair("ConvTranspose2d", "kernelSize", kernelSize, 1);
    const { bias, dtype, generator, ...window } = options;
    const { groups = 1 } = window;
    requireGroups("ConvTranspose2d", inChannels, outChannels, groups);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.options = window;
    const shape = [inChannels, outChannels / groups, ...this.kernelSize];
    const weights = layerWeights(shape, outChannels, { bias, dtype, generator });
    this.weight = weights.weight;
    this.bias = weights.bias;
  }

  /** @param x maps, (N, inChannels, H, W) */
  forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, this.bias, this.options);
  }

  protected override extraRepr(): string {
    return convolutionRepr({ ...this, ...this.options });
  }
}
