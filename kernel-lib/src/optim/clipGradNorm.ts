import type { TypedArray } from "../tensor/dtype.js";
import { describe, rangeError, typeError } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";

export interface ClipGradNormOptions {
  /** Which length: 2 for the usual one (unless given), 1 for the sum of sizes, Infinity for the largest one. */
  normType?: number;
}

/**
 * Shrink all gradients together so that their common length is at most `maxNorm`; their direction stays.
 * As in PyTorch a single nan makes the length nan, and then every gradient.
 *
 * @param parameters those of a model, or a single one; without a gradient they count for nothing
 * @returns the length before
 * @throws {RangeError} if `maxNorm` is negative or `normType` is not positive
 */
export function clipGradNorm(
  parameters: Tensor | readonly Tensor[],
  maxNorm: number,
  options: ClipGradNormOptions = {},
): number {
  const { normType = 2 } = options;
  const list: unknown[] =
    parameters instanceof Tensor ? [parameters] : Array.isArray(parameters) ? parameters : [];
  if (
    !(parameters instanceof Tensor || Array.isArray(parameters)) ||
    !list.every((each) => each instanceof Tensor)
  ) {
    throw typeError(
      "clipGradNorm",
      "an array of parameters",
      describe(parameters),
      "write model.parameters()",
    );
  }
  if (!(maxNorm >= 0)) throw rangeError("clipGradNorm", "maxNorm as a number ≥ 0", describe(maxNorm));
  if (!(normType > 0)) throw rangeError("clipGradNorm", "normType as a number > 0", describe(normType));
  const gradients = (list as Tensor[]).flatMap((parameter) =>
    parameter.grad ? [parameter.grad.storage] : [],
  );
  const norm = lengthOf(gradients, normType);
  const factor = Math.min(1, maxNorm / (norm + 1e-6)); // PyTorch's guard against dividing by 0
  if (factor === 1) return norm;
  for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  return norm;
}

function lengthOf(gradients: readonly TypedArray[], normType: number): number {
  let sum = 0;
  let largest = 0;
  for (const gradient of gradients) {
    if (normType === 2) {
      for (let i = 0; i < gradient.length; i++) sum += gradient[i] * gradient[i];
    } else {
      for (const value of gradient) {
        sum += Math.abs(value) ** normType;
        largest = Math.max(largest, Math.abs(value));
      }
    }
  }
  return normType === Infinity ? largest : sum ** (1 / normType);
}
