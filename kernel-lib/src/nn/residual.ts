import { ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { forwardAt } from "./refusal.js";
import type { Agreeing, ResidualRule } from "./shapeRules/layers.js";

/**
 * A block and a way round it: what the block gives is added to its input, so that it only has to learn the difference,
 * and the gradient always finds a way back.
 *
 * @example
 * new nn.Residual(new nn.Conv2d(8, 8, 3, { padding: 1 })).forward(rand(2, 8, 6, 6)).shape // [2, 8, 6, 6]
 * new nn.Residual(new nn.ReLU()).forward(tensor([-1, 2])).toArray() // [-1, 4]
 *
 * @see He et al. 2016, arXiv:1512.03385; notebook 08
 */
export class Residual<
  Block extends Module = Module,
  Shortcut extends Module | "input" = "input", // and not undefined, which without `strict` stands for any module
> extends Module<ResidualRule<Block, Shortcut>> {
  readonly block: Module;
  readonly shortcut: Module | undefined;

  /**
   * @param block    what the difference is computed with
   * @param shortcut the way round, the input itself unless given
   */
  constructor(block: Block, shortcut?: ((Shortcut & Module) | Module) & Agreeing<Block, Shortcut>) {
    super();
    this.block = block;
    this.shortcut = shortcut;
  }

  /** @throws {ShapeError} if block and shortcut give different shapes */
  forward(x: Tensor): Tensor {
    const difference = forwardAt(this.block, x, "");
    const around = this.shortcut ? forwardAt(this.shortcut, x, "") : x;
    if (!sameShape(difference.shape, around.shape)) {
      throw new ShapeError(
        "Residual",
        `block and shortcut to give one shape, ${formatShape(around.shape)} from the shortcut`,
        formatShape(difference.shape),
        "pad the block's convolutions, or give a shortcut such as a 1 × 1 Conv2d",
        {
          expected: `block and shortcut to give one shape, ${formatBatch(around.shape)} from the shortcut`,
          actual: formatBatch(difference.shape),
        },
      );
    }
    return difference.add(around);
  }
}
