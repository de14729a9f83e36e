import type { Tensor } from "../tensor/tensor.js";
import { avgPool2d } from "./avgPool2d.js";
import { requireFloat } from "./operands.js";
import { sequencePool, type SequencePoolOptions } from "./sequenceWindow.js";

export interface AvgPool1dOptions extends Omit<SequencePoolOptions, "dilation"> {
  /** Whether padding counts in the average; as in PyTorch it does unless told otherwise. */
  countIncludePad?: boolean;
}

/**
 * The average of each window along a sequence. Every position of it hears an equal share of the gradient.
 *
 * @param x          sequences, (N, C, L)
 * @param kernelSize length of the window
 * @param options    stride (the window's length unless given), padding, countIncludePad, ceilMode
 * @returns (N, C, outLength); positions of an incomplete last window are dropped, unless ceilMode keeps them
 * @throws {ShapeError} if the window outgrows the sequence
 */
export function avgPool1d(x: Tensor, kernelSize: number, options: AvgPool1dOptions = {}): Tensor {
  requireFloat("avgPool1d", "x", x);
  const { countIncludePad, ...rest } = options;
  const { kernel, stride, padding, ceilMode } = sequencePool("avgPool1d", x.shape, kernelSize, rest);
  return avgPool2d(x.unsqueeze(2), kernel, { stride, padding, countIncludePad, ceilMode }).squeeze(2);
}
