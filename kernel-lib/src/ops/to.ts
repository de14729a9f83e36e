import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { isDType, type DType } from "../tensor/dtype.js";
import { describe, typeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * The same values in another dtype: `x` itself where it already has it. Fractions are cut off by int32 and uint8;
 * in bool everything but 0 is true.
 *
 * @param x any shape
 * @returns the same shape
 * @throws {TypeError} for an unknown dtype
 */
export function to(x: Tensor, dtype: DType): Tensor {
  if (!isDType(dtype)) {
    throw typeError("to", "float32, float64, int32, uint8 or bool", describe(dtype));
  }
  if (x.dtype === dtype) return x;
  const out = backend.current.cast(x, dtype);
  return record("to", out, [x], [(gradOut) => backend.current.cast(gradOut, x.dtype)]);
}
