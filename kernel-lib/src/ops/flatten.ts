import { rangeError } from "../tensor/errors.js";
import { normalizeDim, numelOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";
import { reshape } from "./reshape.js";

/**
 * Join neighbouring dimensions into one, row by row: (N, C, H, W) with `startDim` 1 becomes (N, C·H·W).
 *
 * @param startDim first dimension to join
 * @param endDim   last dimension to join
 * @returns (…, joined, …)
 * @throws {RangeError} if `startDim` comes after `endDim`
 */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  requireTensor("flatten", "x", x);
  if (x.ndim === 0) return reshape(x, [1]);
  const start = normalizeDim("flatten", startDim, x.ndim);
  const end = normalizeDim("flatten", endDim, x.ndim);
  if (start > end) throw rangeError("flatten", "startDim before endDim", `${startDim} and ${endDim}`);
  const joined = numelOf(x.shape.slice(start, end + 1));
  return reshape(x, [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)]);
}
