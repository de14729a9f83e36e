import { conv2d, type Conv2dOptions } from "../ops/conv2d.js";
import { rangeError } from "../tensor/errors.js";
import { pair } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { layerWeights, requireSize, type WeightOptions } from "./layerWeights.js";
import { Module } from "./module.js";
import type { Parameter } from "./parameter.js";

/**
 * A convolutional layer: `outChannels` kernels, each looking at all input channels, shared over all positions.
 *
 * @example
 * new nn.Conv2d(3, 16, 5, { padding: 2 }).forward(rand(8, 3, 28, 28)).shape // [8, 16, 28, 28]
 *
 * @see notebook 04
 */
export class Conv2d extends Module {
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
    inChannels: number,
    outChannels: number,
    kernelSize: number | readonly [number, number],
    options: Conv2dOptions & WeightOptions = {},
  ) {
    super();
    requireSize("Conv2d", "inChannels", inChannels);
    requireSize("Conv2d", "outChannels", outChannels);
    this.kernelSize = pair("Conv2d", "kernelSize", kernelSize, 1);
    const { bias, dtype, generator, ...window } = options;
    const { groups = 1 } = window;
    if (!Number.isInteger(groups) || groups < 1 || inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw rangeError(
        "Conv2d",
        `groups that divide ${inChannels} and ${outChannels} channels evenly`,
        String(groups),
      );
    }
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
    const { stride = 1, padding = 0, dilation = 1, groups = 1, paddingMode = "zeros" } = this.options;
    const two = (value: number | readonly number[]): string =>
      `(${(typeof value === "number" ? [value, value] : value).join(", ")})`;
    const parts = [
      `${this.inChannels}, ${this.outChannels}, kernel_size=${two(this.kernelSize)}, stride=${two(stride)}`,
    ];
    if (typeof padding === "string") parts.push(`padding=${padding}`);
    else if (two(padding) !== "(0, 0)") parts.push(`padding=${two(padding)}`);
    if (two(dilation) !== "(1, 1)") parts.push(`dilation=${two(dilation)}`);
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (!this.bias) parts.push("bias=False");
    if (paddingMode !== "zeros") parts.push(`padding_mode=${paddingMode}`);
    return parts.join(", ");
  }
}
