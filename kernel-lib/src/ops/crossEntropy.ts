import { rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { logSoftmax } from "./logSoftmax.js";
import { reduceLosses, weightedNll, type NllLossOptions } from "./nllLoss.js";
import { requireFloat } from "./operands.js";

export interface CrossEntropyOptions extends NllLossOptions {
  /** Share of the target that is spread evenly over all classes, 0 unless given. */
  labelSmoothing?: number;
}

/**
 * How surprised the network is by the right answers: softmax over the classes, then minus the logarithm of
 * the right one's probability, averaged over the batch. Takes raw scores (logits), so no softmax before it.
 *
 * @param logits scores, (N, classes) or (N, classes, …)
 * @param labels class numbers, (N) or (N, …)
 * @returns a single number (for reduction "none" one a label)
 * @throws {ShapeError} if the shapes do not fit
 * @throws {RangeError} if a label is no class
 * @see notebook 01
 */
export function crossEntropy(logits: Tensor, labels: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0, reduction = "mean", weight, ignoreIndex = -100 } = options;
  requireFloat("crossEntropy", "logits", logits);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw rangeError("crossEntropy", "labelSmoothing from 0 to 1", String(labelSmoothing));
  }
  const classDim = logits.ndim === 1 ? 0 : 1;
  const logProbabilities = logSoftmax(logits, classDim);
  const right = weightedNll("crossEntropy", logProbabilities, labels, { reduction, weight, ignoreIndex });
  if (labelSmoothing === 0) return right;
  const classes = logits.shape[classDim];
  const perClass = weight
    ? weight.reshape(...logits.shape.map((_, d) => (d === classDim ? classes : 1)))
    : undefined;
  const known = labels.ne(ignoreIndex).to(logits.dtype);
  const all = (perClass ? logProbabilities.mul(perClass) : logProbabilities).sum(classDim).neg().mul(known);
  const importance = weight ? importanceOf(labels, known, weight) : known;
  const even = reduceLosses("crossEntropy", all, reduction, importance).div(classes);
  return right.mul(1 - labelSmoothing).add(even.mul(labelSmoothing));
}

function importanceOf(labels: Tensor, known: Tensor, weight: Tensor): Tensor {
  const safe = labels.to("int32").mul(known.to("int32"));
  return weight
    .indexSelect(0, safe.reshape(-1))
    .reshape(...labels.shape)
    .mul(known);
}
