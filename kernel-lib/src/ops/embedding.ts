import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { isFloat } from "../tensor/dtype.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat, requireTensor } from "./operands.js";
import { where } from "./where.js";

export interface EmbeddingOptions {
  /** The number that stands for "no word": its vector hears no gradient. */
  paddingIdx?: number;
}

/**
 * Look up one vector for each number: words become points that a network can learn to move.
 *
 * @param index  whole numbers from 0 to numEmbeddings − 1, any shape
 * @param weight the vectors, (numEmbeddings, embeddingDim)
 * @returns the shape of `index` with embeddingDim as last dimension
 * @throws {RangeError} if a number has no vector
 * @see notebook 12
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  requireTensor("embedding", "index", index);
  requireFloat("embedding", "weight", weight);
  if (isFloat(index.dtype)) {
    throw typeError("embedding", "an index of whole numbers", index.dtype, 'convert it with to("int32")');
  }
  if (weight.ndim !== 2) {
    throw new ShapeError("embedding", "weight (numEmbeddings, embeddingDim)", formatShape(weight.shape));
  }
  const [numEmbeddings, embeddingDim] = weight.shape;
  index.storage.forEach((place, i) => {
    if (place >= 0 && place < numEmbeddings) return;
    throw rangeError(
      "embedding",
      `numbers from 0 to ${numEmbeddings - 1} for ${numEmbeddings} vectors`,
      `${place} at position ${i}`,
      "build the layer with a larger numEmbeddings, or look at how words become numbers",
    );
  });
  const paddingIdx = requirePaddingIdx("embedding", options.paddingIdx, numEmbeddings);
  const picked = weight.indexSelect(0, index.reshape(-1)).reshape(...index.shape, embeddingDim);
  return paddingIdx === undefined
    ? picked
    : where(index.ne(paddingIdx).unsqueeze(-1), picked, picked.detach());
}

/** `paddingIdx` as a position, counted from the end where it is negative, as in PyTorch. */
export function requirePaddingIdx(
  op: string,
  paddingIdx: number | undefined,
  count: number,
): number | undefined {
  if (paddingIdx === undefined) return undefined;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -count || paddingIdx >= count) {
    throw rangeError(op, `paddingIdx from ${-count} to ${count - 1}`, describe(paddingIdx));
  }
  return paddingIdx < 0 ? paddingIdx + count : paddingIdx;
}
