import { requireTensor } from "../ops/operands.js";
import { ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape, pair, sameShape } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import type { Bias2dRule } from "./shapeRules/layers.js";
import type { Pair } from "./shapeRules/windows.js";

/**
 * A bias of its own for each position of a map, the same for all channels: it lets a convolutional network tell the
 * corner of a board from its middle. AlphaGo's policy network ends in one. PyTorch has no such layer.
 *
 * @example
 * new nn.Bias2d(19).parameters().map((parameter) => parameter.shape) // [[19, 19]]
 *
 * @see Silver et al. 2016, doi:10.1038/nature16961; notebook 10
 */
export class Bias2d<const Size extends Pair = Pair> extends Module<Bias2dRule<Size>> {
  /** One number a position, (height, width), 0 at the start. */
  readonly bias: Parameter;

  /**
   * @param size    of the maps: a number, or a pair of height and width
   * @param options dtype
   */
  constructor(size: Size, options: { dtype?: "float32" | "float64" } = {}) {
    super();
    this.bias = new Parameter(emptyTensor(pair("Bias2d", "size", size, 1), options.dtype ?? "float32"));
  }

  /** @param x maps, (N, C, height, width) */
  forward(x: Tensor): Tensor {
    requireTensor("Bias2d", "x", x);
    if (x.ndim !== 4 || !sameShape(x.shape.slice(2), this.bias.shape)) {
      const expected = `maps (N, C, ${this.bias.shape.join(", ")})`;
      throw new ShapeError("Bias2d", expected, formatShape(x.shape), undefined, {
        expected,
        actual: formatBatch(x.shape),
      });
    }
    return x.add(this.bias);
  }

  protected override extraRepr(): string {
    return this.bias.shape.join(", ");
  }
}
