import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import { noGrad } from "../autograd/gradMode.js";
import type { Loss } from "../nn/losses.js";
import { Module } from "../nn/module.js";
import { formatShape } from "../tensor/shape.js";

/** Anything that gives batches of inputs and targets: a DataLoader, or an array of pairs. */
export interface Batches extends Iterable<readonly Tensor[]> {
  readonly length: number;
}

/** How a prediction is judged: `F.crossEntropy`, or an object of `nn` such as `new nn.MSELoss()`. */
export type LossFunction =
  ((prediction: Tensor, target: Tensor) => Tensor) | { forward(prediction: Tensor, target: Tensor): Tensor };

/** The loss as a plain function, which gives a single number or says, in the words of `op`, why it does not. */
export function lossOf(op: string, loss: LossFunction): (prediction: Tensor, target: Tensor) => Tensor {
  if (typeof loss !== "function" && typeof (loss as Partial<Loss> | null)?.forward !== "function") {
    throw typeError(op, "loss as a function or a loss of nn", describe(loss), "such as F.crossEntropy");
  }
  return (prediction, target) => {
    const value: unknown =
      typeof loss === "function" ? loss(prediction, target) : loss.forward(prediction, target);
    if (!(value instanceof Tensor)) throw typeError(op, "a loss that is a Tensor", describe(value));
    if (value.numel === 1) return value;
    const wayOut = 'reduce it with mean() or sum(), or leave out reduction: "none"';
    throw new ShapeError(op, "a loss of a single number", formatShape(value.shape), wayOut);
  };
}

/** Refuse anything that is no model. */
export function requireModel(op: string, model: unknown): void {
  if (model instanceof Module) return;
  throw typeError(
    op,
    "a model",
    describe(model),
    "such as an nn.Sequential, or a class that extends nn.Module",
  );
}

/** Input and target of a batch, in the words of `op`. */
export function inputAndTarget(op: string, batch: readonly Tensor[]): [Tensor, Tensor] {
  const [input, target] = Array.isArray(batch) ? (batch as readonly Tensor[]) : [];
  if (!(input instanceof Tensor) || !(target instanceof Tensor)) {
    throw typeError(
      op,
      "batches of [input, target]",
      Array.isArray(batch) ? `${batch.length} tensors a batch` : describe(batch),
      "use a TensorDataset of two tensors",
    );
  }
  return [input, target];
}

/** Refuse to go through nothing. */
export function requireBatches(op: string, batches: Batches): void {
  const isIterable = typeof (batches as Partial<Batches> | null)?.[Symbol.iterator] === "function";
  if (!isIterable || !Number.isInteger(batches.length)) {
    throw typeError(op, "a DataLoader, or an array of [input, target]", describe(batches));
  }
  if (batches.length === 0)
    throw rangeError(op, "at least one batch", "none", "check the data set, or dropLast");
}

/** How many predictions of a batch name the right class; `null` where the targets are no class numbers. */
export function countRight(prediction: Tensor, target: Tensor): number | null {
  if (target.dtype !== "int32" && target.dtype !== "uint8") return null;
  if (prediction.ndim !== 2 || target.ndim !== 1) return null;
  return noGrad(() => prediction.detach().argmax(1).eq(target).sum().item());
}

/** Run `body` with the model in evaluation mode and without recording, and put it back as it was. */
export function evaluating<T>(model: Module, body: () => T): T {
  const restore = rememberModes(model);
  model.eval();
  try {
    return noGrad(body);
  } finally {
    restore();
  }
}

/** A function that puts the model, and each module in it, back into the mode it is in now. */
export function rememberModes(model: Module): () => void {
  const before = model.training;
  const below = model.children().map(rememberModes);
  return () => {
    model.training = before;
    for (const restore of below) restore();
  };
}
