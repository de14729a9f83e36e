import { crossEntropy, type CrossEntropyOptions } from "../ops/crossEntropy.js";
import {
  binaryCrossEntropyWithLogits,
  mseLoss,
  type BinaryCrossEntropyOptions,
  type LossOptions,
} from "../ops/regressionLosses.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A loss that keeps its options: `forward(prediction, target)` gives a single number.
 */
export interface Loss {
  forward(prediction: Tensor, target: Tensor): Tensor;
}

/**
 * Cross-entropy of raw scores and class numbers; see F.crossEntropy.
 *
 * @example
 * new nn.CrossEntropyLoss().forward(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item() // 0.69315, to 5 digits
 */
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

/**
 * Mean squared error; see F.mseLoss.
 *
 * @example
 * new nn.MSELoss().forward(tensor([1, 2]), tensor([1, 4])).item() // 2
 */
export class MSELoss implements Loss {
  constructor(readonly options: LossOptions = {}) {}

  forward(prediction: Tensor, target: Tensor): Tensor {
    return mseLoss(prediction, target, this.options);
  }
}

/**
 * Cross-entropy of yes-or-no questions from raw scores; see F.binaryCrossEntropyWithLogits.
 *
 * @example
 * new nn.BCEWithLogitsLoss().forward(tensor([0, 0]), tensor([1, 0])).item() // 0.69315, to 5 digits
 */
export class BCEWithLogitsLoss implements Loss {
  constructor(readonly options: BinaryCrossEntropyOptions = {}) {}

  forward(logits: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(logits, target, this.options);
  }
}
