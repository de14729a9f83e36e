import { rangeError } from "../tensor/errors.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { requireLabels } from "./labels.js";
import { requireTensor } from "./operands.js";

/**
 * Class numbers as rows with a single 1.
 *
 * @param labels     whole numbers, any shape
 * @param numClasses length of a row; one more than the largest label unless given (or −1); also as `{ numClasses }`
 * @returns int32, the shape of `labels` with numClasses as last dimension
 * @throws {RangeError} if a label is no class
 */
export function oneHot(labels: Tensor, numClasses: number | { numClasses?: number } = -1): Tensor {
  if (typeof numClasses === "object") return oneHot(labels, numClasses.numClasses);
  requireTensor("oneHot", "labels", labels);
  if (!Number.isInteger(numClasses) || (numClasses < 1 && numClasses !== -1)) {
    throw rangeError("oneHot", "numClasses as a whole number ≥ 1", String(numClasses));
  }
  const classes = numClasses !== -1 ? numClasses : labels.numel === 0 ? 0 : labels.max().item() + 1;
  requireLabels("oneHot", labels, classes);
  const out = emptyTensor([...labels.shape, classes], "int32");
  labels.storage.forEach((label, i) => (out.storage[i * classes + label] = 1));
  return out;
}
