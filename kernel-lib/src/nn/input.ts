import { requireTensor } from "../ops/operands.js";
import { rangeError, ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import type { InputRule } from "./shapeRules/layers.js";

/** The place where a network says what it takes. It changes nothing, but refuses samples of another shape. */
export class Input<Sample extends readonly number[] = readonly number[]> extends Module<InputRule<Sample>> {
  readonly sampleShape: readonly number[];

  /**
   * @param sampleShape sizes of one sample, without the batch
   * @throws {RangeError} if a size is no whole number ≥ 1
   */
  constructor(...sampleShape: Sample) {
    super();
    if (sampleShape.length === 0 || !sampleShape.every((size) => Number.isInteger(size) && size >= 1)) {
      throw rangeError("nn.input", "sizes of one sample as whole numbers ≥ 1", `(${sampleShape.join(", ")})`);
    }
    this.sampleShape = sampleShape;
  }

  /** @param x (N, …sampleShape) */
  forward(x: Tensor): Tensor {
    requireTensor("nn.input", "x", x);
    if (!sameShape(x.shape.slice(1), this.sampleShape)) {
      const expected = `a batch (N, ${this.sampleShape.join(", ")})`;
      throw new ShapeError(
        "nn.input",
        expected,
        formatShape(x.shape),
        sameShape(x.shape, this.sampleShape) ? "add the batch dimension with unsqueeze(0)" : undefined,
        { expected, actual: formatBatch(x.shape) },
      );
    }
    return x;
  }

  protected override extraRepr(): string {
    return this.sampleShape.join(", ");
  }
}

/**
 * Say at the top of a Sequential what one sample looks like, without the batch: a wrong batch is then refused at the
 * door and not in some layer behind it. It counts as a layer in the names of `stateDict`.
 *
 * @example
 * new nn.Sequential(nn.input(1, 28, 28), new nn.Flatten(), new nn.Linear(784, 10)).forward(rand(8, 1, 28, 28)).shape // [8, 10]
 *
 * @param sampleShape sizes of one sample
 */
export function input<Sample extends readonly number[]>(...sampleShape: Sample): Input<Sample> {
  return new Input(...sampleShape);
}
