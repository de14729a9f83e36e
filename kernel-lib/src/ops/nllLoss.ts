import { rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { requireLabels, requireLabelShape } from "./labels.js";
import { requireFloat, requireTensor } from "./operands.js";

/** From many losses to what is returned: their (weighted) mean, their sum, or all of them. */
export type Reduction = "mean" | "sum" | "none";

export interface NllLossOptions {
  reduction?: Reduction;
  /** How much each class counts, (classes). */
  weight?: Tensor;
  /** A label that counts for nothing, −100 unless given. */
  ignoreIndex?: number;
}

/**
 * Minus the log-probability of each sample's class, averaged: 0 for a certain and right answer.
 *
 * @param logProbabilities (N, classes) or (N, classes, …), as logSoftmax gives them
 * @param labels           class numbers, (N) or (N, …)
 * @returns a single number, or one a label for reduction "none"
 * @throws {ShapeError} if the shapes do not fit
 * @throws {RangeError} if a label is no class
 */
export function nllLoss(logProbabilities: Tensor, labels: Tensor, options: NllLossOptions = {}): Tensor {
  return weightedNll("nllLoss", logProbabilities, labels, options);
}

/** nllLoss in the words of another op. */
export function weightedNll(
  op: string,
  logProbabilities: Tensor,
  labels: Tensor,
  options: NllLossOptions,
): Tensor {
  const { reduction = "mean", weight, ignoreIndex = -100 } = options;
  requireFloat(op, "scores", logProbabilities);
  requireTensor(op, "labels", labels);
  const classDim = logProbabilities.ndim === 1 ? 0 : 1;
  const classes = logProbabilities.shape[classDim];
  requireLabelShape(op, logProbabilities, labels);
  requireLabels(op, labels, classes, ignoreIndex);
  requireClassWeight(op, weight, classes);
  const known = labels.ne(ignoreIndex);
  const safe = emptyTensor(labels.shape, "int32"); // an ignored label reads class 0, and counts 0 times
  labels.storage.forEach((label, i) => (safe.storage[i] = label === ignoreIndex ? 0 : label));
  const picked = logProbabilities.gather(classDim, safe.unsqueeze(classDim)).squeeze(classDim);
  const counts = known.to(logProbabilities.dtype);
  const importance = weight
    ? counts.mul(weight.indexSelect(0, safe.reshape(-1)).reshape(...labels.shape))
    : counts;
  const losses = picked.mul(importance).neg();
  return reduceLosses(op, losses, reduction, importance);
}

/** One weight a class, in the words of `op`. */
export function requireClassWeight(op: string, weight: Tensor | undefined, classes: number): void {
  if (weight === undefined) return;
  requireFloat(op, "weight", weight);
  if (formatShape(weight.shape) !== formatShape([classes])) {
    throw new ShapeError(op, `weight (${classes},), one number a class`, formatShape(weight.shape));
  }
}

/** The mean (weighted where weights are given), the sum, or all losses. */
export function reduceLosses(op: string, losses: Tensor, reduction: Reduction, importance?: Tensor): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "sum") return losses.sum();
  if (reduction === "mean") {
    if (!importance) return losses.mean();
    const count = importance.sum().item();
    return count === 0 ? losses.sum().mul(0).add(NaN) : losses.sum().div(count); // of none: nan, with gradients of 0
  }
  throw rangeError(op, 'reduction "mean", "sum" or "none"', JSON.stringify(reduction));
}
