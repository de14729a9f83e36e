import { noGrad } from "../autograd/gradMode.js";
import { record } from "../autograd/record.js";
import { ShapeError } from "../tensor/errors.js";
import { broadcastShapes, formatShape, sameShape } from "../tensor/shape.js";
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

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** How much more a yes counts than a no, for each answer: a tensor that broadcasts to the target. 1 unless given. */
  posWeight?: Tensor;
  /** How much each answer counts: a tensor that broadcasts to the target. 1 unless given. */
  weight?: Tensor;
}

/**
 * Cross-entropy of yes-or-no questions, from raw scores: −log σ(x) where the answer is yes, −log(1 − σ(x)) where it
 * is no, computed so that it never overflows.
 *
 * @param logits any shape
 * @param target the same shape, 0 … 1
 * @returns a single number (for reduction "none" the shape of the inputs)
 * @throws {ShapeError} if the shapes differ
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  target: Tensor,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  const op = "binaryCrossEntropyWithLogits";
  requirePair(op, logits, target);
  const { posWeight, weight, reduction = "mean" } = options;
  requireWeight(op, "posWeight", posWeight, target);
  requireWeight(op, "weight", weight, target);
  const no = softplus(logits).mul(target.neg().add(1)); // −log(1 − σ(x)) = log(1 + eˣ)
  const yes = softplus(logits.neg()).mul(target); //        −log σ(x) = log(1 + e⁻ˣ)
  const losses = no.add(posWeight ? yes.mul(posWeight) : yes);
  return reduceLosses(op, weight ? losses.mul(weight) : losses, reduction);
}

function requireWeight(op: string, name: string, weight: Tensor | undefined, target: Tensor): void {
  if (weight === undefined) return;
  requireFloat(op, name, weight);
  if (!sameShape(broadcastShapes(op, weight.shape, target.shape), target.shape)) {
    const expected = `${name} that broadcasts to the target, ${formatShape(target.shape)}`;
    throw new ShapeError(op, expected, formatShape(weight.shape));
  }
}

/** log(1 + eˣ) without overflow. Its slope σ(x) is given as such: made of pieces that bend at 0, it would be 0 there. */
function softplus(x: Tensor): Tensor {
  const out = noGrad(() => x.relu().add(x.abs().neg().exp().add(1).log()));
  return record("softplus", out, [x], [(gradOut) => gradOut.mul(x.sigmoid())]);
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
