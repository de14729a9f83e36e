import { allocate, type DType } from "../tensor/dtype.js";
import { rangeError } from "../tensor/errors.js";
import { numelOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { damaged, open, save, viewOf, type Source } from "./source.js";

/*
 * IDX, the format of MNIST: two zero bytes, a byte for the kind of number, a byte for the number of dimensions,
 * each size as a big-endian 32-bit number, then the values, big-endian, row by row.
 * Source: the MNIST page by LeCun, Cortes and Burges.
 */

interface Kind {
  bytes: number;
  dtype: DType;
  read(view: DataView, offset: number): number;
}

const KINDS: Record<number, Kind> = {
  0x08: { bytes: 1, dtype: "uint8", read: (view, offset) => view.getUint8(offset) },
  0x09: { bytes: 1, dtype: "int32", read: (view, offset) => view.getInt8(offset) },
  0x0b: { bytes: 2, dtype: "int32", read: (view, offset) => view.getInt16(offset) },
  0x0c: { bytes: 4, dtype: "int32", read: (view, offset) => view.getInt32(offset) },
  0x0d: { bytes: 4, dtype: "float32", read: (view, offset) => view.getFloat32(offset) },
  0x0e: { bytes: 8, dtype: "float64", read: (view, offset) => view.getFloat64(offset) },
};

/**
 * Read an IDX file, plain or gzipped: MNIST's own files, and those of this course.
 *
 * @param source path or bytes
 * @returns a tensor of the file's sizes; bytes become uint8, shorter integers int32
 * @throws {SyntaxError} with the byte offset, if the file is no sound IDX
 */
export function readIdx(source: Source): Tensor {
  const { bytes, name } = open("readIdx", source);
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged("readIdx", name, offset, expected, got);
  if (bytes.length < 4) throw fail(bytes.length, "at least 4 bytes of header", `${bytes.length}`);
  const view = viewOf(bytes);
  if (view.getUint16(0) !== 0) throw fail(0, "two zero bytes", hex(bytes[0]) + hex(bytes[1]).slice(2));
  const kind = KINDS[bytes[2]];
  if (!kind) throw fail(2, "a kind of number (0x08, 0x09, 0x0b … 0x0e)", hex(bytes[2]));
  const ndim = bytes[3];
  const start = 4 + 4 * ndim;
  if (bytes.length < start)
    throw fail(bytes.length, `${ndim} sizes in a header of ${start} bytes`, `${bytes.length} bytes`);
  const shape = Array.from({ length: ndim }, (_, dim) => view.getUint32(4 + 4 * dim));
  const expected = start + numelOf(shape) * kind.bytes;
  if (!Number.isSafeInteger(expected)) throw fail(4, "sizes that a file can have", shape.join(" × "));
  if (bytes.length !== expected) {
    throw fail(
      Math.min(bytes.length, expected),
      `${expected} bytes for sizes ${shape.join(" × ")}`,
      `${bytes.length}`,
    );
  }
  const values = allocate(kind.dtype, numelOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = kind.read(view, start + i * kind.bytes);
  return new Tensor(values, shape, kind.dtype);
}

/**
 * Write a tensor as IDX: uint8 and bool as bytes, the others as they are.
 *
 * @param path where to write, or nothing to get the bytes
 * @returns the bytes
 * @throws {RangeError} for more than 255 dimensions
 */
export function writeIdx(x: Tensor, path?: string): Uint8Array {
  if (x.ndim > 255) throw rangeError("writeIdx", "at most 255 dimensions", String(x.ndim));
  const code = { uint8: 0x08, bool: 0x08, int32: 0x0c, float32: 0x0d, float64: 0x0e }[x.dtype];
  const size = KINDS[code].bytes;
  const start = 4 + 4 * x.ndim;
  const bytes = new Uint8Array(start + x.numel * size);
  const view = new DataView(bytes.buffer);
  bytes[2] = code;
  bytes[3] = x.ndim;
  x.shape.forEach((length, dim) => view.setUint32(4 + 4 * dim, length));
  x.storage.forEach((value: number, i: number) => {
    const offset = start + i * size;
    if (code === 0x08) view.setUint8(offset, value);
    else if (code === 0x0c) view.setInt32(offset, value);
    else if (code === 0x0d) view.setFloat32(offset, value);
    else view.setFloat64(offset, value);
  });
  return save(bytes, path);
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
