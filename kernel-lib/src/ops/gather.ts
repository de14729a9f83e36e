import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { isFloat } from "../tensor/dtype.js";
import { existingDim, formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";

/**
 * Pick one value along `dim` for every position of `index`: out[i][j] = x[i][index[i][j]] for `dim` 1.
 *
 * @param index whole numbers; as many dimensions as `x`, no longer than `x` outside `dim`
 * @returns the shape of `index`
 * @throws {ShapeError} if `index` does not fit `x`
 * @throws {RangeError} if a position lies outside
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  requireTensor("gather", "index", index);
  if (isFloat(index.dtype))
    throw typeError("gather", "an index of whole numbers", index.dtype, 'use to("int32")');
  const d = existingDim("gather", dim, x.shape);
  if (index.ndim !== x.ndim || index.shape.some((size, at) => at !== d && size > x.shape[at])) {
    throw new ShapeError("gather", `an index that fits ${formatShape(x.shape)}`, formatShape(index.shape));
  }
  for (const place of index.storage) {
    if (place < 0 || place >= x.shape[d]) {
      throw rangeError("gather", `positions from 0 to ${x.shape[d] - 1} in dimension ${d}`, String(place));
    }
  }
  const out = backend.current.gather(x, d, index);
  return record("gather", out, [x], [(gradOut) => backend.current.scatterAdd(gradOut, d, index, x.shape)]);
}
