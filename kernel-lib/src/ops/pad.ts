import { describe, rangeError, typeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { cat } from "./cat.js";
import { indexSelect } from "./indexSelect.js";
import { narrow } from "./narrow.js";
import { requireTensor } from "./operands.js";

/** What stands outside the image: zeros (or another constant), a mirror, the edge again, or the other side. */
export type PaddingMode = "constant" | "reflect" | "replicate" | "circular";

export interface PadOptions {
  mode?: PaddingMode;
  /** The constant of mode "constant", 0 unless given. */
  value?: number;
}

/**
 * Put a border around the last dimensions. As in PyTorch the list begins with the last one: for images
 * `[left, right, top, bottom]`. Negative numbers cut off instead.
 *
 * @param x       any shape
 * @param padding two numbers for each padded dimension, from the last to the first
 * @returns as `x`, each padded dimension longer by its two numbers
 * @throws {RangeError} if the list has an odd length, or a mirror or a circle would need more than is there
 */
export function pad(x: Tensor, padding: readonly number[], options: PadOptions = {}): Tensor {
  return padFor("pad", x, padding, options);
}

/** `pad` in the words of another op. */
export function padFor(op: string, x: Tensor, padding: readonly number[], options: PadOptions): Tensor {
  const { mode = "constant", value = 0 } = options;
  requireTensor(op, "x", x);
  if (!Array.isArray(padding)) {
    throw typeError(op, "padding as an array such as [left, right]", describe(padding));
  }
  if (padding.length % 2 !== 0 || padding.length > 2 * x.ndim || !padding.every(Number.isInteger)) {
    throw rangeError(
      op,
      `two whole numbers a dimension, at most ${2 * x.ndim} for shape ${formatShape(x.shape)}`,
      `[${padding.join(", ")}]`,
    );
  }
  if (!["constant", "reflect", "replicate", "circular"].includes(mode)) {
    throw rangeError(op, 'mode "constant", "reflect", "replicate" or "circular"', describe(mode));
  }
  let out = x;
  for (let i = 0; i < padding.length; i += 2) {
    const dim = x.ndim - 1 - i / 2;
    const [before, after] = [padding[i], padding[i + 1]];
    if (before === 0 && after === 0) continue;
    out =
      mode === "constant"
        ? constant(op, out, dim, before, after, value)
        : repeated(op, out, dim, before, after, mode);
  }
  return out === x ? x.clone() : out;
}

function constant(op: string, x: Tensor, dim: number, before: number, after: number, value: number): Tensor {
  const start = Math.max(0, -before);
  const length = x.shape[dim] - start - Math.max(0, -after);
  if (length < 0)
    throw rangeError(op, `at most ${x.shape[dim]} positions cut off`, `${-before} and ${-after}`);
  const border = (size: number): Tensor => {
    const block = emptyTensor(
      x.shape.map((s, d) => (d === dim ? size : s)),
      x.dtype,
    );
    block.storage.fill(value);
    return block;
  };
  const parts = [narrow(x, dim, start, length)];
  if (before > 0) parts.unshift(border(before));
  if (after > 0) parts.push(border(after));
  return cat(parts, dim);
}

function repeated(
  op: string,
  x: Tensor,
  dim: number,
  before: number,
  after: number,
  mode: PaddingMode,
): Tensor {
  if (mode === "circular" && Math.min(before, after) < 0) {
    const cut = constant(op, x, dim, Math.min(before, 0), Math.min(after, 0), 0); // what was cut off does not come round
    return repeated(op, cut, dim, Math.max(before, 0), Math.max(after, 0), mode);
  }
  const size = x.shape[dim];
  const reach = mode === "reflect" ? size - 1 : mode === "circular" ? size : Infinity;
  if (Math.max(before, after) > reach || size + before + after < 0 || size === 0) {
    throw rangeError(
      op,
      `at most ${reach} positions of mode ${mode} on a size of ${size}`,
      `${before} and ${after}`,
    );
  }
  const places = Array.from({ length: size + before + after }, (_, i) => source(i - before, size, mode));
  return indexSelect(x, dim, places);
}

/** The position inside 0 … size − 1 that a position outside repeats. */
function source(place: number, size: number, mode: PaddingMode): number {
  if (mode === "circular") return (place + size) % size;
  if (mode === "replicate") return Math.min(Math.max(place, 0), size - 1);
  return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place; // the edge itself is not repeated
}
