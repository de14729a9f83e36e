import { locallyConnected2d } from "../ops/locallyConnected2d.js";
import { windowGeometry, type WindowOptions } from "../ops/windowGeometry.js";
import { defaultGenerator } from "../tensor/generator.js";
import { pair } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { uniform_ } from "./init.js";
import { requireSize, type WeightOptions } from "./layerWeights.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { pythonSize, tuple } from "./repr.js";
import type { Literally } from "./shapeRules/literally.js";
import type { LocallyConnected2dRule, Pair } from "./shapeRules/windows.js";

/**
 * Neurons that each look at their own receptive field and share no weights: what lies between a fully connected layer
 * and a convolutional one. Give every stop the same weights, and it is a Conv2d. PyTorch has no such layer.
 *
 * @example
 * const local = new nn.LocallyConnected2d(3, 64, 100, 3, { padding: 1 });
 * local.parameters().map((parameter) => parameter.numel) // [17280000, 640000]
 *
 * @see notebook 03
 */
export class LocallyConnected2d<
  In extends number = number,
  Out extends number = number,
  const Size extends Pair = Pair,
  const Kernel extends Pair = Pair,
  const Stride extends Pair = 1,
  const Pad extends Pair = 0,
  const Dilation extends Pair = 1,
> extends Module<LocallyConnected2dRule<In, Out, Size, Kernel, Stride, Pad, Dilation>> {
  /** The kernels, one set a stop: (outHeight, outWidth, outChannels, inChannels, kernelHeight, kernelWidth). */
  readonly weight: Parameter;
  /** One number a neuron, (outChannels, outHeight, outWidth). */
  readonly bias: Parameter | undefined;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Height and width of the images that the weights are for. */
  readonly inputSize: readonly [number, number];
  readonly kernelSize: readonly [number, number];
  readonly options: WindowOptions;

  /**
   * @param inChannels  channels of the input
   * @param outChannels neurons that look at each receptive field
   * @param inputSize   size of the images: a number, or a pair of height and width
   * @param kernelSize  size of a receptive field: a number, or a pair
   * @param options     stride, padding, dilation; bias, dtype, generator
   * @throws {ShapeError} if the receptive field outgrows the images
   */
  constructor(
    inChannels: In,
    outChannels: Out,
    inputSize: Size,
    kernelSize: Kernel,
    options: Literally<
      WindowOptions & WeightOptions,
      { stride: Stride; padding: Pad; dilation: Dilation }
    > = {},
  ) {
    super();
    requireSize("LocallyConnected2d", "inChannels", inChannels);
    requireSize("LocallyConnected2d", "outChannels", outChannels);
    const { bias = true, dtype = "float32", generator = defaultGenerator, ...window } = options;
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.inputSize = pair("LocallyConnected2d", "inputSize", inputSize, 1);
    this.kernelSize = pair("LocallyConnected2d", "kernelSize", kernelSize, 1);
    this.options = window;
    const [outHeight, outWidth] = this.#stops();
    const bound = 1 / Math.sqrt(inChannels * this.kernelSize[0] * this.kernelSize[1]); // as in Conv2d
    const shape = [outHeight, outWidth, outChannels, inChannels, ...this.kernelSize];
    this.weight = new Parameter(uniform_(emptyTensor(shape, dtype), -bound, bound, generator));
    this.bias = bias
      ? new Parameter(
          uniform_(emptyTensor([outChannels, outHeight, outWidth], dtype), -bound, bound, generator),
        )
      : undefined;
  }

  /** @param x images, (N, inChannels, …inputSize) */
  forward(x: Tensor): Tensor {
    return locallyConnected2d(x, this.weight, this.bias, this.options);
  }

  #stops(): [number, number] {
    const { stride = 1, padding = 0, dilation = 1 } = this.options;
    const two = (name: string, value: number | readonly number[], least: number): [number, number] =>
      pair("LocallyConnected2d", name, value, least);
    const [y, x] = two("padding", padding, 0);
    const g = windowGeometry(
      "LocallyConnected2d",
      [1, this.inChannels, ...this.inputSize],
      this.kernelSize,
      two("stride", stride, 1),
      { top: y, bottom: y, left: x, right: x },
      two("dilation", dilation, 1),
    );
    return [g.outHeight, g.outWidth];
  }

  protected override extraRepr(): string {
    const { stride = 1, padding = 0, dilation = 1 } = this.options;
    const parts = [`${this.inChannels}, ${this.outChannels}, input_size=${tuple(this.inputSize)}`];
    parts.push(`kernel_size=${tuple(this.kernelSize)}, stride=${pythonSize(stride)}`);
    if (padding !== 0) parts.push(`padding=${pythonSize(padding)}`);
    if (dilation !== 1) parts.push(`dilation=${pythonSize(dilation)}`);
    if (!this.bias) parts.push("bias=False");
    return parts.join(", ");
  }
}
