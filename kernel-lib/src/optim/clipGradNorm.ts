import { rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * Shrink all gradients together so that their common length is at most `maxNorm`; their direction stays.
 *
 * @returns the length before
 * @throws {RangeError} if `maxNorm` is not positive
 */
export function clipGradNorm(parameters: readonly Tensor[], maxNorm: number): number {
  if (!(maxNorm > 0)) throw rangeError("clipGradNorm", "maxNorm > 0", String(maxNorm));
  const gradients = parameters.flatMap((parameter) => (parameter.grad ? [parameter.grad.storage] : []));
  let squares = 0;
  for (const gradient of gradients) for (const value of gradient) squares += value * value;
  const norm = Math.sqrt(squares);
  const factor = Math.min(1, maxNorm / (norm + 1e-6)); // PyTorch's guard against dividing by 0
  if (factor < 1)
    for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  return norm;
}
