import type { Module } from "../nn/module.js";
import { crossEntropy } from "../ops/crossEntropy.js";
import { rangeError } from "../tensor/errors.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import {
  evaluating,
  inputAndTarget,
  lossOf,
  requireBatches,
  requireModel,
  type Batches,
  type LossFunction,
} from "./batches.js";
import { Meter } from "./meter.js";

/** How well a model does on data it does not learn from. */
export interface Evaluation {
  /** Mean loss a sample. */
  loss: number;
  /** Share of right answers, 0 … 1; `null` where targets are no class numbers. */
  accuracy: number | null;
  /** Samples seen. */
  count: number;
}

/**
 * Go through data once without learning: dropout off, batch norm with its running statistics, nothing recorded.
 *
 * @param options loss: F.crossEntropy unless given
 * @throws {RangeError} if there is no batch
 */
export function evaluate(model: Module, batches: Batches, options: { loss?: LossFunction } = {}): Evaluation {
  requireModel("train.evaluate", model);
  requireBatches("train.evaluate", batches);
  const loss = lossOf("train.evaluate", options.loss ?? crossEntropy);
  return evaluating(model, () => {
    const meter = new Meter();
    for (const batch of batches) {
      const [input, target] = inputAndTarget("train.evaluate", batch);
      const prediction = model.forward(input);
      meter.add(loss(prediction, target).item(), prediction, target);
    }
    return { loss: meter.loss, accuracy: meter.accuracy, count: meter.count };
  });
}

/**
 * Who was taken for whom: how often each true class (row) was given each label (column).
 *
 * @param classes number of classes, as many as the model has outputs unless given
 * @returns int32, (classes, classes)
 * @throws {RangeError} if a label or a prediction is no class
 */
export function confusionMatrix(model: Module, batches: Batches, options: { classes?: number } = {}): Tensor {
  requireModel("train.confusionMatrix", model);
  requireBatches("train.confusionMatrix", batches);
  return evaluating(model, () => {
    let counts: Tensor | undefined;
    for (const batch of batches) {
      const [input, target] = inputAndTarget("train.confusionMatrix", batch);
      const scores = model.forward(input);
      const classes = options.classes ?? scores.shape[1];
      counts ??= emptyTensor([classes, classes], "int32");
      const predicted = scores.argmax(1);
      for (let i = 0; i < target.numel; i++) {
        const [truth, guess] = [target.storage[i], predicted.storage[i]];
        const outside = [truth, guess].find((label) => !(label >= 0 && label < classes));
        if (outside !== undefined) {
          throw rangeError("train.confusionMatrix", `classes from 0 to ${classes - 1}`, String(outside));
        }
        counts.storage[truth * classes + guess]++;
      }
    }
    return counts as Tensor;
  });
}
