import { normalizeDim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { reshape } from "./reshape.js";

/**
 * Put in a dimension of size 1 before `dim`; −1 puts it last.
 *
 * @returns one dimension more, the same values
 * @throws {RangeError} if there is no such place
 */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  const place = normalizeDim("unsqueeze", dim, x.ndim + 1);
  return reshape(x, [...x.shape.slice(0, place), 1, ...x.shape.slice(place)]);
}
