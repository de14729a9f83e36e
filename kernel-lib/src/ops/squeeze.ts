import { normalizeDim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { reshape } from "./reshape.js";

/**
 * Drop dimensions of size 1: all of them, or only `dim` (which stays if its size is not 1, as in PyTorch).
 *
 * @throws {RangeError} if there is no such dimension
 */
export function squeeze(x: Tensor, dim?: number): Tensor {
  const only = dim === undefined ? undefined : normalizeDim("squeeze", dim, x.ndim);
  return reshape(
    x,
    x.shape.filter((size, d) => size !== 1 || (only !== undefined && d !== only)),
  );
}
