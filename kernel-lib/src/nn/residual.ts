import { ShapeError } from "../tensor/errors.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";

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
export class Residual extends Module {
  /**
   * @param block    what the difference is computed with
   * @param shortcut the way round, the input itself unless given
   */
  constructor(
    readonly block: Module,
    readonly shortcut: Module | undefined = undefined,
  ) {
    super();
  }

  /** @throws {ShapeError} if block and shortcut give different shapes */
  forward(x: Tensor): Tensor {
    const difference = this.block.forward(x);
    const around = this.shortcut ? this.shortcut.forward(x) : x;
    if (!sameShape(difference.shape, around.shape)) {
      throw new ShapeError(
        "Residual",
        `block and shortcut to give one shape, ${formatShape(around.shape)} from the shortcut`,
        formatShape(difference.shape),
        "pad the block's convolutions, or give a shortcut such as a 1 × 1 Conv2d",
      );
    }
    return difference.add(around);
  }
}
