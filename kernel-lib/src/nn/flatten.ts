import { flatten } from "../ops/flatten.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import type { FlattenRule } from "./shapeRules/layers.js";

/**
 * Feature maps to one long vector a sample, channel by channel, row by row: (N, C, H, W) → (N, C·H·W).
 *
 * @example
 * new nn.Flatten().forward(rand(8, 16, 7, 7)).shape // [8, 784]
 */
export class Flatten<Start extends number = 1, End extends number = -1> extends Module<
  FlattenRule<Start, End>
> {
  readonly startDim: number;
  readonly endDim: number;

  /**
   * @param startDim first dimension to join, 1 unless given
   * @param endDim   last dimension to join
   */
  constructor(startDim: Start = 1 as Start, endDim: End = -1 as End) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim);
  }

  protected override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}
