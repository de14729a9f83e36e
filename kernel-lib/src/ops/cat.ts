import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { promote } from "../tensor/dtype.js";
import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { existingDim, formatShape, rowMajorStrides } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { narrow } from "./narrow.js";
import { requireTensor } from "./operands.js";
import { unsqueeze } from "./unsqueeze.js";

/**
 * Join tensors one after the other along an existing dimension.
 *
 * @param all at least one; all sizes but that of `dim` are equal. As in PyTorch a 1-D tensor of nothing fits anywhere
 * @param dim along which, 0 unless given
 * @returns the sizes of one, with those of `dim` added up; the widest dtype
 * @throws {ShapeError} if other sizes differ
 */
export function cat(all: readonly Tensor[], dim = 0): Tensor {
  if (!Array.isArray(all)) throw typeError("cat", "an array of tensors", describe(all), "write cat([a, b])");
  if (all.length === 0) throw rangeError("cat", "at least one tensor", "none");
  all.forEach((x, i) => requireTensor("cat", `tensor ${i}`, x));
  const filled = all.filter((x: Tensor) => x.ndim !== 1 || x.numel > 0);
  const tensors: readonly Tensor[] = filled.length > 0 ? filled : all;
  const [first] = tensors;
  const d = existingDim("cat", dim, first.shape);
  tensors.forEach((x, i) => {
    if (x.ndim !== first.ndim || x.shape.some((size, at) => at !== d && size !== first.shape[at])) {
      const expected = `shapes that differ only in dimension ${d}, as ${formatShape(first.shape)}`;
      throw new ShapeError("cat", expected, `${formatShape(x.shape)} for tensor ${i}`);
    }
  });
  const length = tensors.reduce((sum, x) => sum + x.shape[d], 0);
  const shape = first.shape.map((size, at) => (at === d ? length : size));
  const dtype = all.map((x) => x.dtype).reduce(promote);
  const out = emptyTensor(shape, dtype);
  const strides = rowMajorStrides(shape);
  const starts: number[] = [];
  tensors.reduce((start, x) => {
    starts.push(start);
    backend.current.write(out, { shape: x.shape, strides, offset: start * strides[d] }, x);
    return start + x.shape[d];
  }, 0);
  const piece = (i: number) => (gradOut: Tensor) =>
    narrow(gradOut, d, starts[i], tensors[i].shape[d]).to(tensors[i].dtype);
  return record(
    "cat",
    out,
    tensors,
    tensors.map((_, i) => piece(i)),
  );
}

/**
 * Join tensors of one shape along a new dimension.
 *
 * @param dim where the new dimension stands in the result
 * @returns one dimension more, whose size is the number of tensors
 * @throws {ShapeError} if the shapes differ
 */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  if (!Array.isArray(tensors))
    throw typeError("stack", "an array of tensors", describe(tensors), "write stack([a, b])");
  if (tensors.length === 0) throw rangeError("stack", "at least one tensor", "none");
  tensors.forEach((x, i) => {
    requireTensor("stack", `tensor ${i}`, x);
    if (formatShape(x.shape) !== formatShape(tensors[0].shape)) {
      throw new ShapeError(
        "stack",
        `equal shapes, as ${formatShape(tensors[0].shape)}`,
        `${formatShape(x.shape)} for tensor ${i}`,
      );
    }
  });
  return cat(
    tensors.map((x) => unsqueeze(x, dim)),
    dim,
  );
}
