import { isFloat } from "../tensor/dtype.js";
import { rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";

/**
 * Labels as whole numbers from 0 to `classes` − 1, in the words of `op`.
 *
 * @param ignoreIndex a label that may stand for "none"
 */
export function requireLabels(op: string, labels: Tensor, classes: number, ignoreIndex?: number): void {
  requireTensor(op, "labels", labels);
  if (isFloat(labels.dtype)) {
    throw typeError(
      op,
      "labels as whole numbers (int32 or uint8)",
      labels.dtype,
      'convert them with to("int32")',
    );
  }
  labels.storage.forEach((label, i) => {
    if (label === ignoreIndex) return;
    if (label < 0 || label >= classes) {
      throw rangeError(
        op,
        `labels from 0 to ${classes - 1} for ${classes} classes`,
        `${label} at position ${i}`,
        "check the labels, or give the last layer one output a class",
      );
    }
  });
}

/** The labels of a batch: one for each sample, and for each place where scores have more dimensions. */
export function requireLabelShape(op: string, scores: Tensor, labels: Tensor): void {
  const expected = scores.ndim === 1 ? [] : [scores.shape[0], ...scores.shape.slice(2)];
  if (formatShape(labels.shape) !== formatShape(expected)) {
    throw new ShapeError(
      op,
      `labels ${formatShape(expected)} for scores ${formatShape(scores.shape)}`,
      formatShape(labels.shape),
      labels.ndim === scores.ndim ? "one-hot labels become class numbers with argmax(1)" : undefined,
    );
  }
}
