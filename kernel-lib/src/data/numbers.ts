import { allocate, type DType, type TypedArray } from "../tensor/dtype.js";

/** How numbers of one kind lie in a file, and the dtype that holds them here. */
export interface NumberKind {
  bytes: number;
  dtype: DType;
  read(view: DataView, offset: number, littleEndian: boolean): number;
}

/** Kinds of number by NumPy's short names; what has no dtype of its own here goes to the next that holds it. */
export const NUMBERS: Readonly<Record<string, NumberKind>> = {
  b1: { bytes: 1, dtype: "bool", read: (view, at) => Number(view.getUint8(at) !== 0) },
  u1: { bytes: 1, dtype: "uint8", read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, dtype: "int32", read: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, dtype: "int32", read: (view, at, little) => view.getInt16(at, little) },
  u4: { bytes: 4, dtype: "int32", read: (view, at, little) => view.getUint32(at, little) },
  i4: { bytes: 4, dtype: "int32", read: (view, at, little) => view.getInt32(at, little) },
  u8: { bytes: 8, dtype: "int32", read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i8: { bytes: 8, dtype: "int32", read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f2: { bytes: 2, dtype: "float32", read: (view, at, little) => fromHalf(view.getUint16(at, little)) },
  f4: { bytes: 4, dtype: "float32", read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, dtype: "float64", read: (view, at, little) => view.getFloat64(at, little) },
};

/**
 * `count` numbers from `offset` on.
 *
 * @param tooLarge makes the error for a whole number that int32 cannot hold
 */
export function readNumbers(
  kind: NumberKind,
  view: DataView,
  offset: number,
  count: number,
  littleEndian: boolean,
  tooLarge: (offset: number, value: number) => Error,
): TypedArray {
  const values = allocate(kind.dtype, count);
  for (let i = 0; i < count; i++) {
    const place = offset + i * kind.bytes;
    const value = kind.read(view, place, littleEndian);
    values[i] = value;
    if (kind.dtype === "int32" && values[i] !== value) throw tooLarge(place, value);
  }
  return values;
}

/** Values in little-endian bytes, as the dtype stores them. */
export function littleEndianBytes(values: TypedArray): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value: number, i: number) => {
    if (values instanceof Uint8Array) bytes[i] = value;
    else if (values instanceof Int32Array) view.setInt32(i * size, value, true);
    else if (values instanceof Float32Array) view.setFloat32(i * size, value, true);
    else view.setFloat64(i * size, value, true);
  });
  return bytes;
}

/** A 16-bit float (IEEE 754: 1 sign, 5 exponent and 10 fraction bits) as a number. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24; // subnormal: no leading one
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
