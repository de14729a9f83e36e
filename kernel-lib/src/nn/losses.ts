import { crossEntropy, type CrossEntropyOptions } from "../ops/crossEntropy.js";
import { binaryCrossEntropyWithLogits, mseLoss, type LossOptions } from "../ops/regressionLosses.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A loss that keeps its options: `forward(prediction, target)` gives a single number.
 */
export interface Loss {
  forward(prediction: Tensor, target: Tensor): Tensor;
}

/** Cross-entropy of raw scores and class numbers; see F.crossEntropy. */
export class CrossEntropyLoss implements Loss {
  constructor(readonly options: CrossEntropyOptions = {}) {}

  /**
   * @param logits scores, (N, classes)
   * @param labels class numbers, (N)
   */
  forward(logits: Tensor, labels: Tensor): Tensor {
    return crossEntropy(logits, labels, this.options);
  }
}

/** Mean squared error; see F.mseLoss. */
export class MSELoss implements Loss {
  constructor(readonly options: LossOptions = {}) {}

  forward(prediction: Tensor, target: Tensor): Tensor {
    return mseLoss(prediction, target, this.options);
  }
}

/** Cross-entropy of yes-or-no questions from raw scores; see F.binaryCrossEntropyWithLogits. */
export class BCEWithLogitsLoss implements Loss {
  constructor(readonly options: LossOptions = {}) {}

  forward(logits: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(logits, target, this.options);
  }
}
