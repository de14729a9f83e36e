import { record } from "../autograd/record.js";
import type { MatmulGeometry } from "../backend/backend.js";
import { backend } from "../backend/index.js";
import { promote } from "../tensor/dtype.js";
import { ShapeError } from "../tensor/errors.js";
import { broadcastShapes, broadcastStrides, formatShape, numelOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireTensor } from "./operands.js";
import { sumTo } from "./sumTo.js";

/**
 * Matrix product: each result is the dot product of a row of `a` and a column of `b`. Dimensions in front
 * of the last two are a batch and broadcast. A 1-D tensor is a row on the left, a column on the right, and
 * its dimension is gone in the result.
 *
 * @param a (…, rows, inner)
 * @param b (…, inner, columns)
 * @returns (…, rows, columns)
 * @throws {ShapeError} if the inner sizes differ or the batches do not broadcast
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  requireTensor("matmul", "a", a);
  requireTensor("matmul", "b", b);
  if (a.ndim === 0 || b.ndim === 0) {
    throw new ShapeError(
      "matmul",
      "tensors with a dimension",
      `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      "use mul for a plain factor",
    );
  }
  if (a.ndim === 1) {
    const out = matmul(a.reshape(1, -1), b);
    return b.ndim === 1 ? out.reshape() : out.squeeze(-2);
  }
  if (b.ndim === 1) return matmul(a, b.reshape(-1, 1)).squeeze(-1);
  if (a.size(-1) !== b.size(-2)) {
    throw new ShapeError(
      "matmul",
      `inner sizes that agree, (…, ${a.size(-2)}, ${a.size(-1)}) with (…, ${a.size(-1)}, columns)`,
      `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
      "transpose one of them, or check which dimension holds the features",
    );
  }
  const dtype = promote(a.dtype, b.dtype);
  const [left, right] = [a.to(dtype), b.to(dtype)];
  return record(
    "matmul",
    product(left, right),
    [left, right],
    [
      (gradOut) => sumTo(product(gradOut, right, "none", "transposed"), left),
      (gradOut) => sumTo(product(left, gradOut, "transposed", "none"), right),
    ],
  );
}

type Orientation = "none" | "transposed";

/** The product without a record, in the backend in use; a factor marked as transposed is read column by column, not copied. */
export function product(
  a: Tensor,
  b: Tensor,
  turnA: Orientation = "none",
  turnB: Orientation = "none",
): Tensor {
  return backend.current.matmul(a, b, matmulGeometry(a, b, turnA === "transposed", turnB === "transposed"));
}

function matmulGeometry(a: Tensor, b: Tensor, turnA: boolean, turnB: boolean): MatmulGeometry {
  const [rows, inner] = turnA ? [a.size(-1), a.size(-2)] : [a.size(-2), a.size(-1)];
  const columns = turnB ? b.size(-2) : b.size(-1);
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return {
    shape: [...batch, rows, columns],
    rows,
    inner,
    columns,
    offsetsA: batchOffsets(a, batch),
    offsetsB: batchOffsets(b, batch),
    rowStepA: turnA ? 1 : a.size(-1),
    columnStepA: turnA ? a.size(-1) : 1,
    rowStepB: turnB ? 1 : b.size(-1),
    columnStepB: turnB ? b.size(-1) : 1,
  };
}

/** Where each matrix of the broadcast batch starts in storage. */
function batchOffsets(x: Tensor, batch: readonly number[]): Int32Array {
  const strides = broadcastStrides(x.shape.slice(0, -2), batch);
  const area = x.size(-1) * x.size(-2);
  return Int32Array.from({ length: numelOf(batch) }, (_, i) => {
    let rest = i;
    let offset = 0;
    for (let dim = batch.length - 1; dim >= 0; dim--) {
      offset += (rest % batch[dim]) * strides[dim];
      rest = Math.floor(rest / batch[dim]);
    }
    return offset * area;
  });
}
