import type { TypedArray } from "../tensor/dtype.js";
import { numelOf, rowMajorStrides } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { littleEndianBytes, NUMBERS, readNumbers } from "./numbers.js";
import { latin1Bytes, latin1Text } from "../system/bytes.js";
import { damaged, open, save, viewOf, type Opened, type Source } from "./source.js";

/*
 * NumPy's own format: 0x93 "NUMPY", two version bytes, the length of a header (2 bytes, or 4 from version 2 on), the
 * header as a Python dictionary in text, then the values.
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
 * Source: NEP 1, and the documentation of numpy.lib.format.
 */

const MAGIC = "\x93NUMPY";
/** NumPy allows 64 dimensions. */
const MOST_DIMENSIONS = 64;
/** The header ends where the values can start at a multiple of this. */
const ALIGNMENT = 64;
const DESCRIPTIONS = { float32: "<f4", float64: "<f8", int32: "<i4", uint8: "|u1", bool: "|b1" };

/**
 * Read a NumPy array from a `.npy` file, in either byte order and either order of axes.
 *
 * @param source path or bytes
 * @returns a tensor of the array's shape; 16-bit floats become float32, and all whole numbers but uint8 become int32
 * @throws {SyntaxError} with the byte offset, if the file is damaged, holds text, objects, complex numbers or records,
 *         or a whole number that int32 cannot hold
 */
export function readNpy(source: Source): Tensor {
  return decodeNpy("readNpy", open("readNpy", source));
}

/** `readNpy` for a file in memory, which may be an entry of an archive. */
export function decodeNpy(op: string, { bytes, name }: Opened): Tensor {
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged(op, name, offset, expected, got);
  const view = viewOf(bytes);
  const start = latin1Text(bytes.subarray(0, 6));
  if (start !== MAGIC) throw fail(0, 'the bytes 0x93 "NUMPY"', JSON.stringify(start));
  const version = bytes[6];
  const fieldsEnd = version === 1 ? 10 : 12;
  if (bytes.length < fieldsEnd)
    throw fail(bytes.length, "a version and a header length", `${bytes.length} bytes`);
  if (version < 1 || version > 3) throw fail(6, "version 1, 2 or 3", String(version));
  const headerEnd = fieldsEnd + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (headerEnd > bytes.length) {
    throw fail(bytes.length, `a header that ends at byte ${headerEnd}`, `${bytes.length} bytes`);
  }
  const header = latin1Text(bytes.subarray(fieldsEnd, headerEnd));
  const fields = fieldsOf(header);
  const field = (key: string, form: string, pattern: RegExp): string => {
    const found = pattern.exec(fields[key] ?? "");
    if (!found) throw fail(fieldsEnd, `a header with '${key}': ${form}`, JSON.stringify(header.slice(0, 80)));
    return found[1];
  };
  const description = field("descr", "'…'", /^['"](.*)['"]$/);
  const fortran = field("fortran_order", "True or False", /^(True|False)$/) === "True";
  const sizes = field("shape", "(…)", /^\(((?:\d+L?, *)*(?:\d+L?)?)\)$/); // Python 2 wrote 3L for a long 3
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  const known = /^[<>|=]/.test(description) && Object.hasOwn(NUMBERS, description.slice(1));
  const kind = known ? NUMBERS[description.slice(1)] : undefined;
  if (!kind) {
    throw fail(fieldsEnd, "numbers (b1, u1 … u8, i1 … i8, f2, f4 or f8)", JSON.stringify(description));
  }
  const count = numelOf(shape);
  if (shape.length > MOST_DIMENSIONS || ![...shape, count].every(Number.isSafeInteger)) {
    throw fail(fieldsEnd, `at most ${MOST_DIMENSIONS} sizes below 2⁵³`, `(${sizes.slice(0, 80)})`);
  }
  const end = headerEnd + count * kind.bytes;
  if (bytes.length !== end) {
    const expected = `${end} bytes for shape (${sizes}) of ${description}`;
    throw fail(Math.min(bytes.length, end), expected, String(bytes.length));
  }
  const tooLarge = (offset: number, value: number): Error =>
    fail(offset, "whole numbers that int32 can hold", String(value));
  const little = description[0] !== ">";
  const values = readNumbers(kind, view, headerEnd, count, little, tooLarge);
  return new Tensor(fortran ? rowMajorFrom(values, shape) : values, shape, kind.dtype);
}

/**
 * Write a tensor as a `.npy` file that `numpy.load` reads.
 *
 * @param path where to write, or nothing to get the bytes only
 * @returns the bytes
 */
export function writeNpy(x: Tensor, path?: string): Uint8Array {
  const sizes = x.ndim === 1 ? `${x.shape[0]},` : x.shape.join(", ");
  const dictionary = `{'descr': '${DESCRIPTIONS[x.dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const unpadded = 10 + dictionary.length + 1; // 10 bytes before, a line break behind
  const length = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const header = `${dictionary.padEnd(length - 11)}\n`;
  const values = littleEndianBytes(x.storage);
  const bytes = new Uint8Array(length + values.length);
  bytes.set(latin1Bytes(`${MAGIC}\x01\x00`));
  viewOf(bytes).setUint16(8, header.length, true);
  bytes.set(latin1Bytes(header), 10);
  bytes.set(values, length);
  return save(bytes, path);
}

/**
 * The entries of a Python dictionary as text, up to the first whose value is none that the header of numbers has: text in
 * quotes, a word, or a tuple.
 */
function fieldsOf(header: string): Record<string, string> {
  const entry = /\s*[{,]\s*['"](\w+)['"]\s*:\s*('[^']*'|"[^"]*"|\w+|\([^()]*\))/y;
  const fields: Record<string, string> = {};
  for (let found = entry.exec(header); found; found = entry.exec(header)) fields[found[1]] = found[2];
  return fields;
}

/** Fortran counts the first dimension fastest, tensors the last. */
function rowMajorFrom(values: TypedArray, shape: readonly number[]): TypedArray {
  const out = values.slice();
  const strides = rowMajorStrides(shape);
  const index = new Array<number>(shape.length).fill(0);
  let place = 0;
  for (const value of values) {
    out[place] = value;
    for (let dim = 0; dim < shape.length; dim++) {
      place += strides[dim];
      if (++index[dim] < shape[dim]) break;
      place -= shape[dim] * strides[dim];
      index[dim] = 0;
    }
  }
  return out;
}
