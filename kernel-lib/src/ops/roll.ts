import { describe, rangeError, typeError } from "../tensor/errors.js";
import { existingDim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { cat } from "./cat.js";
import { narrow } from "./narrow.js";

/**
 * Shift along dimensions; what falls out at one end comes in at the other.
 *
 * @param shifts by how many positions, one number for each of `dims`; positive moves towards higher positions
 * @param dims   along which; without any the values move as one row, from the end of each line to the next
 * @returns the same shape
 * @throws {RangeError} if `shifts` and `dims` differ in length
 */
export function roll(
  x: Tensor,
  shifts: number | readonly number[],
  dims?: number | readonly number[],
): Tensor {
  if (dims === undefined) return roll(x.reshape(-1), shifts, 0).reshape(...x.shape);
  const steps = [shifts].flat() as number[];
  const along = [dims].flat() as number[];
  const bad = steps.findIndex((step) => !Number.isInteger(step));
  if (bad >= 0) throw typeError("roll", "shifts in whole numbers", describe(steps[bad]));
  if (steps.length !== along.length) {
    throw rangeError("roll", "as many shifts as dims", `${steps.length} and ${along.length}`);
  }
  return along.reduce((rolled, dim, i) => {
    const d = existingDim("roll", dim, x.shape);
    const size = x.shape[d];
    const shift = size === 0 ? 0 : ((steps[i] % size) + size) % size;
    if (shift === 0) return rolled;
    return cat([narrow(rolled, d, size - shift, shift), narrow(rolled, d, 0, size - shift)], d);
  }, x.clone());
}
