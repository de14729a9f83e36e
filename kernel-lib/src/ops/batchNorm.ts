import { noGrad } from "../autograd/gradMode.js";
import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { counted, rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat, requireTensor } from "./operands.js";

export interface BatchNormOptions {
  /** One factor a channel, (C). */
  weight?: Tensor;
  /** One offset a channel, (C). */
  bias?: Tensor;
  /** Normalise by the batch and update the running statistics, instead of using those. */
  training?: boolean;
  /** How much of a new batch enters the running statistics, 0.1 unless given. */
  momentum?: number;
  /** Added to the variance, so that a channel that never changes does not divide by zero; 1e-5 unless given. */
  eps?: number;
}

/**
 * Bring each channel to mean 0 and variance 1, then let a learned factor and offset rescale it.
 * In training the batch itself gives mean and variance, and the running statistics follow it (changed in place;
 * as in PyTorch the running variance is the unbiased one); otherwise the running statistics are used.
 *
 * @param x           (N, C, …)
 * @param runningMean (C); may be left out in training
 * @param runningVar  (C), likewise
 * @returns the shape of `x`
 * @throws {ShapeError} if a size is not C
 * @throws {RangeError} in training, if there is one value a channel only; otherwise, if there are no running statistics
 * @see Ioffe & Szegedy 2015, arXiv:1502.03167; notebook 08
 */
export function batchNorm(
  x: Tensor,
  runningMean?: Tensor,
  runningVar?: Tensor,
  options: BatchNormOptions = {},
): Tensor {
  const { weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options;
  requireFloat("batchNorm", "x", x);
  if (x.ndim < 2) throw new ShapeError("batchNorm", "x as (N, C, …)", formatShape(x.shape));
  for (const [name, perChannel] of Object.entries({ runningMean, runningVar, weight, bias })) {
    if (perChannel) requireTensor("batchNorm", name, perChannel);
    if (perChannel && (perChannel.ndim !== 1 || perChannel.shape[0] !== x.shape[1])) {
      throw new ShapeError(
        "batchNorm",
        `${name} (${x.shape[1]},), one number a channel of x ${formatShape(x.shape)}`,
        formatShape(perChannel.shape),
        `build the layer with numFeatures = ${x.shape[1]}`,
        { expected: counted(perChannel.numel, "channel"), actual: String(x.shape[1]) },
      );
    }
  }
  if (training) requireSeveral(x);
  const b = backend.current;
  const { mean, variance } = training ? b.channelStatistics(x) : kept(runningMean, runningVar);
  if (training) followBatch({ runningMean, runningVar }, { mean, variance }, x.numel / x.shape[1], momentum);
  const out = b.batchNorm(x, mean, variance, weight, bias, eps);
  const dims = x.shape.map((_, dim) => dim).filter((dim) => dim !== 1);
  return record(
    "batchNorm",
    out,
    [x, weight, bias],
    [
      (gradOut) => b.batchNormGradInput(gradOut, x, mean, variance, weight, eps, training),
      (gradOut) => b.batchNormGradWeight(gradOut, x, mean, variance, eps),
      (gradOut) => gradOut.sum(dims),
    ],
  );
}

/** The running statistics as they are now: a later batch may change them before the gradient returns. */
function kept(runningMean?: Tensor, runningVar?: Tensor): { mean: Tensor; variance: Tensor } {
  if (runningMean && runningVar)
    return { mean: runningMean.detach().clone(), variance: runningVar.detach().clone() };
  throw rangeError(
    "batchNorm",
    "runningMean and runningVar outside training",
    runningMean || runningVar ? "one of them" : "neither",
    "give both, or { training: true } to use the batch's own",
  );
}

function requireSeveral(x: Tensor): void {
  if (x.numel / x.shape[1] > 1) return;
  throw rangeError(
    "batchNorm",
    "more than one value a channel in training",
    formatShape(x.shape),
    "use a larger batch, or model.eval()",
  );
}

/**
 * Let the running statistics follow those of a batch, in place.
 *
 * @param count    values a channel in the batch: the running variance is the unbiased one
 * @param momentum how much of the batch enters
 */
export function followBatch(
  { runningMean, runningVar }: { runningMean?: Tensor; runningVar?: Tensor },
  { mean, variance }: { mean: Tensor; variance: Tensor },
  count: number,
  momentum: number,
): void {
  follow(runningMean, mean, momentum);
  follow(runningVar, variance.mul(count / (count - 1)), momentum);
}

function follow(running: Tensor | undefined, batch: Tensor, momentum: number): void {
  if (!running || momentum === 0) return;
  running.copy_(noGrad(() => running.mul(1 - momentum).add(batch.to(running.dtype).mul(momentum))));
}
