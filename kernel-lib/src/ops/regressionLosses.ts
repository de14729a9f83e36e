import { ShapeError } from "../tensor/errors.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { reduceLosses, type Reduction } from "./nllLoss.js";
import { requireFloat } from "./operands.js";

export interface LossOptions {
  reduction?: Reduction;
}

/**
 * Mean squared error: the average of (prediction − target)².
 *
 * @param prediction any shape
 * @param target     the same shape
 * @returns a single number (for reduction "none" the shape of the inputs)
 * @throws {ShapeError} if the shapes differ; PyTorch would broadcast them, which is seldom meant
 */
export function mseLoss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  requirePair("mseLoss", prediction, target);
  const distance = prediction.sub(target);
  return reduceLosses("mseLoss", distance.mul(distance), options.reduction ?? "mean");
}

/**
 * Mean absolute error: the average of |prediction − target|. Shapes and errors as in mseLoss.
 *
 * @returns a single number (for reduction "none" the shape of the inputs)
 */
export function l1Loss(prediction: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  requirePair("l1Loss", prediction, target);
  return reduceLosses("l1Loss", prediction.sub(target).abs(), options.reduction ?? "mean");
}

/**
 * Cross-entropy of yes-or-no questions, from raw scores: log(1 + eˣ) − x·target, computed so that it never
 * overflows.
 *
 * @param logits any shape
 * @param target the same shape, 0 … 1
 * @returns a single number (for reduction "none" the shape of the inputs)
 * @throws {ShapeError} if the shapes differ
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  target: Tensor,
  options: LossOptions = {},
): Tensor {
  requirePair("binaryCrossEntropyWithLogits", logits, target);
  const losses = softplus(logits).sub(logits.mul(target)); // −target·log σ(x) − (1 − target)·log(1 − σ(x))
  return reduceLosses("binaryCrossEntropyWithLogits", losses, options.reduction ?? "mean");
}

/** log(1 + eˣ) without overflow. */
function softplus(x: Tensor): Tensor {
  return x.relu().add(x.abs().neg().exp().add(1).log());
}

function requirePair(op: string, prediction: Tensor, target: Tensor): void {
  requireFloat(op, "prediction", prediction);
  requireFloat(op, "target", target);
  if (!sameShape(prediction.shape, target.shape)) {
    throw new ShapeError(
      op,
      `prediction and target of one shape, as ${formatShape(prediction.shape)}`,
      formatShape(target.shape),
      "reshape one of them",
    );
  }
}
