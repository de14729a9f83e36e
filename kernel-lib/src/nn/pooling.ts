import { avgPool2d, type AvgPool2dOptions } from "../ops/avgPool2d.js";
import { maxPool2d } from "../ops/maxPool2d.js";
import type { WindowOptions } from "../ops/windowGeometry.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

type Size = number | readonly [number, number];

const text = (size: Size): string => (typeof size === "number" ? String(size) : `(${size.join(", ")})`);

/**
 * Keep the largest value of each window: the map shrinks, what was found stays.
 *
 * @example
 * new nn.MaxPool2d(2).forward(rand(8, 16, 28, 28)).shape // [8, 16, 14, 14]
 *
 * @see notebook 07
 */
export class MaxPool2d extends Module {
  /**
   * @param kernelSize the window: a number, or a pair of height and width
   * @param options    stride (the window's size unless given), padding, dilation
   */
  constructor(
    readonly kernelSize: Size,
    readonly options: WindowOptions = {},
  ) {
    super();
  }

  /** @param x images, (N, C, H, W) */
  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }

  protected override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0, dilation = 1 } = this.options;
    return `kernel_size=${text(this.kernelSize)}, stride=${text(stride)}, padding=${text(padding)}, dilation=${text(dilation)}, ceil_mode=False`;
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
export class AvgPool2d extends Module {
  /**
   * @param kernelSize the window: a number, or a pair of height and width
   * @param options    stride (the window's size unless given), padding, countIncludePad
   */
  constructor(
    readonly kernelSize: Size,
    readonly options: AvgPool2dOptions = {},
  ) {
    super();
  }

  /** @param x images, (N, C, H, W) */
  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
  }

  protected override extraRepr(): string {
    const { stride = this.kernelSize, padding = 0 } = this.options;
    return `kernel_size=${text(this.kernelSize)}, stride=${text(stride)}, padding=${text(padding)}`;
  }
}
