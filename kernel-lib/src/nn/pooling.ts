import { adaptiveAvgPool2d, type AdaptiveSize } from "../ops/adaptivePool2d.js";
import { avgPool2d, type AvgPool2dOptions } from "../ops/avgPool2d.js";
import { maxPool1d } from "../ops/maxPool1d.js";
import { maxPool2d } from "../ops/maxPool2d.js";
import type { SequencePoolOptions } from "../ops/sequenceWindow.js";
import type { PoolOptions } from "../ops/windowGeometry.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { pythonBool, pythonSize } from "./repr.js";
import type { AdaptivePoolRule } from "./shapeRules/layers.js";
import type { Literally } from "./shapeRules/literally.js";
import type { Pair, Pool1dRule, Pool2dRule, Steps } from "./shapeRules/windows.js";

/** A window, and how it moves. */
abstract class AnyPool<Size extends Pair, Options extends PoolOptions, Rule> extends Module<Rule> {
  readonly kernelSize: Size;
  readonly options: Options;

  constructor(kernelSize: Size, options: Options) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  /** As PyTorch writes it, but of averages it leaves out the last two. */
  protected override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1, ceilMode } = this.options;
    return `kernel_size=${pythonSize(this.kernelSize)}, stride=${pythonSize(stride)}, padding=${pythonSize(padding)}, dilation=${pythonSize(dilation)}, ceil_mode=${pythonBool(ceilMode)}`;
  }
}

/**
 * Keep the largest value of each window along a sequence.
 *
 * @example
 * new nn.MaxPool1d(2).forward(tensor([[[1, 5, 2, 4]]])).toArray() // [[[5, 4]]]
 */
export class MaxPool1d<
  Kernel extends number = number,
  Stride extends number = Kernel,
  Pad extends number = 0,
  Dilation extends number = 1,
  Ceil extends boolean = false,
> extends AnyPool<number, SequencePoolOptions, Pool1dRule<Kernel, Steps<Stride, Ceil>, Pad, Dilation>> {
  /**
   * @param kernelSize length of the window
   * @param options    stride (the window's length unless given), padding, dilation, ceilMode
   */
  constructor(
    kernelSize: Kernel,
    options: Literally<
      SequencePoolOptions,
      { stride: Stride; padding: Pad; dilation: Dilation; ceilMode: Ceil }
    > = {},
  ) {
    super(kernelSize, options);
  }

  /** @param x sequences, (N, C, L) */
  forward(x: Tensor): Tensor {
    return maxPool1d(x, this.kernelSize, this.options);
  }
}

/**
 * Keep the largest value of each window: the map shrinks, what was found stays.
 *
 * @example
 * new nn.MaxPool2d(2).forward(rand(8, 16, 28, 28)).shape // [8, 16, 14, 14]
 *
 * @see notebook 07
 */
export class MaxPool2d<
  const Kernel extends Pair = Pair,
  const Stride extends Pair = Kernel,
  const Pad extends Pair = 0,
  const Dilation extends Pair = 1,
  Ceil extends boolean = false,
> extends AnyPool<Pair, PoolOptions, Pool2dRule<"MaxPool2d", Kernel, Steps<Stride, Ceil>, Pad, Dilation>> {
  /**
   * @param kernelSize the window: a number, or a pair of height and width
   * @param options    stride (the window's size unless given), padding, dilation, ceilMode
   */
  constructor(
    kernelSize: Kernel,
    options: Literally<
      PoolOptions,
      { stride: Stride; padding: Pad; dilation: Dilation; ceilMode: Ceil }
    > = {},
  ) {
    super(kernelSize, options);
  }

  /** @param x images, (N, C, H, W) */
  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }
}

/**
 * The average of each window.
 *
 * @example
 * new nn.AvgPool2d(2).forward(rand(8, 16, 28, 28)).shape // [8, 16, 14, 14]
 *
 * @see notebook 07
 */
export class AvgPool2d<
  const Kernel extends Pair = Pair,
  const Stride extends Pair = Kernel,
  const Pad extends Pair = 0,
  Ceil extends boolean = false,
> extends AnyPool<Pair, AvgPool2dOptions, Pool2dRule<"AvgPool2d", Kernel, Steps<Stride, Ceil>, Pad, 1>> {
  /**
   * @param kernelSize the window: a number, or a pair of height and width
   * @param options    stride (the window's size unless given), padding, countIncludePad, ceilMode
   */
  constructor(
    kernelSize: Kernel,
    options: Literally<AvgPool2dOptions, { stride: Stride; padding: Pad; ceilMode: Ceil }> = {},
  ) {
    super(kernelSize, options);
  }

  /** @param x images, (N, C, H, W) */
  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }

  protected override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    return `kernel_size=${pythonSize(this.kernelSize)}, stride=${pythonSize(stride)}, padding=${pythonSize(padding)}`;
  }
}

/**
 * The average of as many windows as are wanted, whatever the size of the image, so that a network takes images of any
 * size. `AdaptiveAvgPool2d(1)` averages each map to a single number.
 *
 * @example
 * new nn.AdaptiveAvgPool2d(1).forward(tensor([[[[1, 2], [3, 4]]]])).toArray() // [[[[2.5]]]]
 *
 * @see Lin et al. 2014, arXiv:1312.4400
 */
export class AdaptiveAvgPool2d<const Size extends AdaptiveSize = AdaptiveSize> extends Module<
  AdaptivePoolRule<Size>
> {
  readonly outputSize: AdaptiveSize;

  /** @param outputSize a number, or a pair of height and width; `null` keeps that of the image */
  constructor(outputSize: Size) {
    super();
    this.outputSize = outputSize;
  }

  /** @param x images, (N, C, H, W) */
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }

  protected override extraRepr(): string {
    return `output_size=${pythonSize(this.outputSize)}`;
  }
}
