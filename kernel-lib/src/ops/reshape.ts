import { record } from "../autograd/record.js";
import { describe, ShapeError, typeError } from "../tensor/errors.js";
import { formatShape, numelOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * The same values in another shape, read row by row. Shares storage; nothing is copied.
 *
 * @param x     any shape
 * @param shape sizes of the result; one of them may be −1, "whatever is left"
 * @returns that shape
 * @throws {ShapeError} if the number of values differs
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const wanted = (shape as readonly unknown[]).flat() as number[]; // reshape([2, 3]) is as good as reshape(2, 3)
  const sizes = fill(x, wanted);
  return record(
    "reshape",
    new Tensor(x.storage, sizes, x.dtype),
    [x],
    [(gradOut) => reshape(gradOut, x.shape)],
  );
}

function fill(x: Tensor, wanted: readonly number[]): number[] {
  const bad = wanted.find((size) => !Number.isInteger(size) || size < -1);
  if (bad !== undefined) throw typeError("reshape", "whole sizes, or −1 once", describe(bad));
  const unknown = wanted.filter((size) => size === -1).length;
  const known = numelOf(wanted.filter((size) => size !== -1));
  const fits = unknown === 0 ? known === x.numel : unknown === 1 && known > 0 && x.numel % known === 0;
  if (!fits) {
    throw new ShapeError(
      "reshape",
      unknown > 1 ? "at most one −1" : `sizes whose product is ${x.numel}, as in ${formatShape(x.shape)}`,
      formatShape(wanted),
    );
  }
  return wanted.map((size) => (size === -1 ? x.numel / known : size));
}
