import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { requireLabels } from "./labels.js";

/**
 * Class numbers as rows with a single 1.
 *
 * @param labels     whole numbers, any shape
 * @param numClasses length of a row; one more than the largest label unless given
 * @returns int32, the shape of `labels` with numClasses as last dimension
 * @throws {RangeError} if a label is no class
 */
export function oneHot(labels: Tensor, numClasses?: number): Tensor {
  const classes = numClasses ?? (labels.numel === 0 ? 0 : labels.max().item() + 1);
  requireLabels("oneHot", labels, classes);
  const out = emptyTensor([...labels.shape, classes], "int32");
  labels.storage.forEach((label, i) => (out.storage[i * classes + label] = 1));
  return out;
}
