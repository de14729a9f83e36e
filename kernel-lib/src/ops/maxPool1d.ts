import type { Tensor } from "../tensor/tensor.js";
import { maxPool2d } from "./maxPool2d.js";
import { requireFloat } from "./operands.js";
import { sequencePool, type SequencePoolOptions } from "./sequenceWindow.js";

/**
 * Keep the largest value of each window along a sequence. Only that position hears the gradient; of equal ones, the
 * first.
 *
 * @param x          sequences, (N, C, L)
 * @param kernelSize length of the window
 * @param options    stride (the window's length unless given), padding, dilation, ceilMode
 * @returns (N, C, outLength); positions of an incomplete last window are dropped, unless ceilMode keeps them
 * @throws {ShapeError} if the window outgrows the sequence
 */
export function maxPool1d(x: Tensor, kernelSize: number, options: SequencePoolOptions = {}): Tensor {
  requireFloat("maxPool1d", "x", x);
  const { kernel, ...window } = sequencePool("maxPool1d", x.shape, kernelSize, options);
  return maxPool2d(x.unsqueeze(2), kernel, window).squeeze(2);
}
