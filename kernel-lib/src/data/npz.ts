import { rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { decodeNpy, writeNpy } from "./npy.js";
import type { Source } from "./source.js";
import { openZip, packZip } from "./zip.js";

/*
 * NumPy's format for several arrays: a ZIP archive of `.npy` files, each named for its array.
 * Source: the documentation of numpy.savez.
 */

const ENDING = ".npy";

/**
 * Read the arrays of a `.npz` file, as `numpy.savez` and `numpy.savez_compressed` write it.
 *
 * @param source path or bytes
 * @returns a tensor for each array by its name, with the dtypes of `readNpy`
 * @throws {SyntaxError} with the byte offset, if the archive or an array in it is damaged; of an array in it, the
 *         offset counts from the array's own first byte
 */
export function readNpz(source: Source): Record<string, Tensor> {
  const entries = openZip("readNpz", source);
  const file = typeof source === "string" ? source : `${source.length} bytes`;
  return Object.fromEntries(
    entries.map((entry) => {
      const name = entry.name.endsWith(ENDING) ? entry.name.slice(0, -ENDING.length) : entry.name;
      return [name, decodeNpy("readNpz", { bytes: entry.read(), name: `${entry.name} in ${file}` })];
    }),
  );
}

/**
 * Write tensors by name as a `.npz` file that `numpy.load` reads.
 *
 * @param path where to write, or nothing to get the bytes only
 * @returns the bytes
 * @throws {RangeError} for a name that is empty or could lead out of a folder when the archive is unpacked
 */
export function writeNpz(tensors: Readonly<Record<string, Tensor>>, path?: string): Uint8Array {
  for (const name of Object.keys(tensors)) {
    if (name === "" || /^\/|^[a-z]:|[\\\0]/i.test(name) || name.split("/").includes("..")) {
      throw rangeError("writeNpz", "names that make good file names", JSON.stringify(name));
    }
  }
  const files = Object.entries(tensors).map(([name, x]) => [`${name}${ENDING}`, writeNpy(x)] as const);
  return packZip(files, path);
}
