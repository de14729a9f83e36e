import { normalizeDim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { reshape } from "./reshape.js";

/**
 * Drop dimensions of size 1: all of them, or only `dim`, one or several (which stay if their size is not 1, as in PyTorch).
 *
 * @returns fewer dimensions, the same values
 * @throws {RangeError} if there is no such dimension
 */
export function squeeze(x: Tensor, dim?: number | readonly number[]): Tensor {
  const only =
    dim === undefined ? undefined : [dim].flat().map((d) => normalizeDim("squeeze", d as number, x.ndim));
  return reshape(
    x,
    x.shape.filter((size, d) => size !== 1 || only?.includes(d) === false),
  );
}
