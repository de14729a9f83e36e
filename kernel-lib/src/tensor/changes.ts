import type { TypedArray } from "./dtype.js";
import { describe, rangeError, ShapeError, typeError } from "./errors.js";
import { formatShape, sameShape } from "./shape.js";
import { Tensor } from "./tensor.js";

/*
 * Which values were overwritten in place, and how often: what a recorded op still needs for its gradient must be as it
 * was. Counted by storage, since a tensor, its detached twin and its other shapes share one.
 */

const counts = new WeakMap<TypedArray, number>();

/** Say that the values were overwritten. */
export function markChanged(storage: TypedArray): void {
  counts.set(storage, changesOf(storage) + 1);
  versions.delete(storage);
}

/** How often the values were overwritten so far. */
export function changesOf(storage: TypedArray): number {
  return counts.get(storage) ?? 0;
}

const versions = new WeakMap<TypedArray, number>();
let given = 0;

/** A number for these values alone: no other storage has it, nor had this one before it was overwritten. */
export function versionOf(storage: TypedArray): number {
  let version = versions.get(storage);
  if (version === undefined) versions.set(storage, (version = ++given));
  return version;
}

/** `copy_`: put the values of `source` in the place of those of `target`. */
export function overwrite(target: Tensor, source: Tensor): void {
  if (!(source instanceof Tensor)) {
    throw typeError("copy_", "a Tensor", describe(source), "write tensor(…) around it");
  }
  if (!sameShape(target.shape, source.shape)) {
    throw new ShapeError("copy_", `shape ${formatShape(target.shape)}`, formatShape(source.shape));
  }
  if (target.node) {
    throw rangeError(
      "copy_",
      "a tensor you made",
      `a result of ${target.node.op}`,
      "use detach().clone() first",
    );
  }
  target.storage.set(source.storage);
  markChanged(target.storage);
}
