import { isFloat } from "../tensor/dtype.js";
import { describe, rangeError } from "../tensor/errors.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { logSoftmax } from "./logSoftmax.js";
import {
  reduceLosses,
  requireClassWeight,
  weightedNll,
  type NllLossOptions,
  type Reduction,
} from "./nllLoss.js";
import { requireFloat, requireTensor } from "./operands.js";

export interface CrossEntropyOptions extends NllLossOptions {
  /** Share of the target that is spread evenly over all classes, 0 unless given. */
  labelSmoothing?: number;
}

/**
 * How surprised the network is by the right answers: softmax over the classes, then minus the logarithm of
 * the right one's probability, averaged over the batch. Takes raw scores (logits), so no softmax before it.
 * As in PyTorch the mean is over the labels that count (by their weights, where weights are given), nan if none does.
 *
 * @param logits scores, (N, classes) or (N, classes, …)
 * @param labels class numbers, (N) or (N, …); or floats of the shape of `logits`, how probable each class is
 * @returns a single number (for reduction "none" one a label)
 * @throws {ShapeError} if the shapes do not fit
 * @throws {RangeError} if a label is no class
 * @see notebook 01
 */
export function crossEntropy(logits: Tensor, labels: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { labelSmoothing = 0, reduction = "mean", weight, ignoreIndex = -100 } = options;
  requireFloat("crossEntropy", "logits", logits);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw rangeError("crossEntropy", "labelSmoothing from 0 to 1", describe(labelSmoothing));
  }
  requireTensor("crossEntropy", "labels", labels);
  const classDim = logits.ndim === 1 ? 0 : 1;
  requireClassWeight("crossEntropy", weight, logits.shape[classDim]);
  const logProbabilities = logSoftmax(logits, classDim);
  if (isFloat(labels.dtype) && sameShape(labels.shape, logits.shape)) {
    return ofProbabilities(logProbabilities, labels, classDim, { labelSmoothing, reduction, weight });
  }
  const right = weightedNll("crossEntropy", logProbabilities, labels, { reduction, weight, ignoreIndex });
  if (labelSmoothing === 0) return right;
  const classes = logits.shape[classDim];
  const known = labels.ne(ignoreIndex).to(logits.dtype);
  const all = weighted(logProbabilities, weight, classDim).sum(classDim).neg().mul(known);
  const importance = weight ? importanceOf(labels, known, weight) : known;
  const even = reduceLosses("crossEntropy", all, reduction, importance).div(classes);
  return right.mul(1 - labelSmoothing).add(even.mul(labelSmoothing));
}

/** The loss where each class has a probability instead of one being right. */
function ofProbabilities(
  logProbabilities: Tensor,
  target: Tensor,
  classDim: number,
  options: { labelSmoothing: number; reduction: Reduction; weight: Tensor | undefined },
): Tensor {
  const { labelSmoothing, reduction, weight } = options;
  const classes = target.shape[classDim];
  const wanted = labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / classes);
  const losses = weighted(logProbabilities.mul(wanted), weight, classDim).sum(classDim).neg();
  return reduceLosses("crossEntropy", losses, reduction);
}

/** Each class times its weight. */
function weighted(x: Tensor, weight: Tensor | undefined, classDim: number): Tensor {
  return weight ? x.mul(weight.reshape(...x.shape.map((_, d) => (d === classDim ? -1 : 1)))) : x;
}

function importanceOf(labels: Tensor, known: Tensor, weight: Tensor): Tensor {
  const safe = labels.to("int32").mul(known.to("int32"));
  return weight
    .indexSelect(0, safe.reshape(-1))
    .reshape(...labels.shape)
    .mul(known);
}
