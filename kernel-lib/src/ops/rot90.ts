import { describe, rangeError, typeError } from "../tensor/errors.js";
import { normalizeDim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { flip } from "./flip.js";
import { transpose } from "./permute.js";

/**
 * Quarter turns in the plane of two dimensions, from the first towards the second.
 *
 * @param k    how many quarter turns; negative ones turn back
 * @param dims the plane, the first two dimensions unless given
 * @returns as `x`, after an odd number of turns with the two sizes exchanged
 * @throws {RangeError} if there is no such dimension, both are one, or `k` is no whole number
 */
export function rot90(x: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
  if (!Array.isArray(dims)) throw typeError("rot90", "a plane as [dim, dim]", describe(dims));
  const [a, b] = dims.map((dim) => normalizeDim("rot90", dim, x.ndim));
  if (dims.length !== 2 || a === b || !Number.isInteger(k)) {
    throw rangeError(
      "rot90",
      "whole turns in a plane of two dimensions",
      `${describe(k)} in [${dims.join(", ")}]`,
    );
  }
  const turns = ((k % 4) + 4) % 4;
  if (turns === 0) return x.clone();
  if (turns === 1) return flip(transpose(x, a, b), [a]);
  if (turns === 2) return flip(x, [a, b]);
  return flip(transpose(x, a, b), [b]);
}
