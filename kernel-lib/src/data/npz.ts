import { rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { decodeNpy, writeNpy } from "./npy.js";
import { damaged, type Source } from "./source.js";
import { packZip } from "./packZip.js";
import { openZip, type ZipEntry } from "./zip.js";

/*
 * NumPy's format for several arrays: a ZIP archive of `.npy` files, each named for its array.
 * Source: the documentation of numpy.savez.
 */

const ENDING = ".npy";
/** What the end record of an archive counts to. */
const MOST_FILES = 0xffff;

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
  return Object.fromEntries(entries.map((entry) => npzArray(entry, file, () => entry.read())));
}

/** One array of an archive, with its name. */
export function npzArray(entry: ZipEntry, file: string, read: () => Uint8Array): [name: string, x: Tensor] {
  if (!entry.name.endsWith(ENDING)) {
    throw damaged("readNpz", file, entry.at, `files called …${ENDING}`, JSON.stringify(entry.name));
  }
  const name = entry.name.slice(0, -ENDING.length);
  return [name, decodeNpy("readNpz", { bytes: read(), name: `${entry.name} in ${file}` })];
}

/**
 * Write tensors by name as a `.npz` file that `numpy.load` reads.
 *
 * @param path where to write, or nothing to get the bytes only
 * @returns the bytes
 * @throws {RangeError} for more than 65,535 tensors, or a name that is empty or could lead out of a folder when the archive is unpacked
 */
export function writeNpz(tensors: Readonly<Record<string, Tensor>>, path?: string): Uint8Array {
  const count = Object.keys(tensors).length;
  if (count > MOST_FILES) throw rangeError("writeNpz", `at most ${MOST_FILES} tensors`, String(count));
  for (const name of Object.keys(tensors)) {
    if (name === "" || /^\/|^[a-z]:|[\\\0]/i.test(name) || name.split("/").includes("..")) {
      throw rangeError("writeNpz", "names that make good file names", JSON.stringify(name));
    }
  }
  const files = Object.entries(tensors).map(([name, x]) => [`${name}${ENDING}`, writeNpy(x)] as const);
  return packZip(files, path);
}
