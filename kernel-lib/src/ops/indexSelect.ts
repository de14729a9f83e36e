import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { existingDim, formatShape } from "../tensor/shape.js";
import { emptyTensor, Tensor } from "../tensor/tensor.js";

/**
 * Take positions along one dimension, in any order and as often as wanted.
 *
 * @param index positions: a 1-D tensor of whole numbers, or a plain array
 * @returns as `x`, with the size of `dim` replaced by the number of positions
 * @throws {RangeError} if a position lies outside
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor | readonly number[]): Tensor {
  const d = existingDim("indexSelect", dim, x.shape);
  if (!(index instanceof Tensor || Array.isArray(index))) {
    throw typeError("indexSelect", "positions as a 1-D tensor or an array", describe(index));
  }
  const places = index instanceof Tensor ? index.storage : index;
  if (index instanceof Tensor && index.ndim !== 1) {
    throw new ShapeError("indexSelect", "a 1-D index", formatShape(index.shape));
  }
  for (const place of places) {
    if (!Number.isInteger(place) || place < 0 || place >= x.shape[d]) {
      throw rangeError(
        "indexSelect",
        `positions from 0 to ${x.shape[d] - 1} in dimension ${d}`,
        describe(place),
      );
    }
  }
  const out = backend.current.indexSelect(x, d, places);
  return record(
    "indexSelect",
    out,
    [x],
    [(gradOut) => backend.current.scatterAdd(gradOut, d, spread(places, d, out.shape), x.shape)],
  );
}

/** The index repeated over the other dimensions, which is what the backend's scatterAdd reads. */
function spread(places: ArrayLike<number>, dim: number, shape: readonly number[]): Tensor {
  const full = emptyTensor(shape, "int32");
  const inner = shape.slice(dim + 1).reduce((product, size) => product * size, 1);
  for (let i = 0; i < full.storage.length; i++)
    full.storage[i] = places[Math.floor(i / inner) % places.length];
  return full;
}
