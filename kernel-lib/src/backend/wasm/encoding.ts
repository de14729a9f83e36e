/*
 * How numbers and lists become bytes (WebAssembly Core Specification 2.0, chapter 5.2).
 */

/** Bytes, some of them within further arrays: what is put together is not copied before it is written down. */
export type Bytes = readonly (number | Bytes)[];

/** Write bytes down at the end of others. */
export function pour(bytes: Bytes, into: number[]): number[] {
  for (const part of bytes) {
    if (typeof part === "number") into.push(part);
    else pour(part, into);
  }
  return into;
}

/** Unsigned LEB128. */
export function unsigned(n: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(n / 128);
    bytes.push((n % 128) | (rest ? 128 : 0));
    n = rest;
  } while (n);
  return bytes;
}

/** Signed LEB128 of a 32-bit number. */
export function signed(n: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = n & 127;
    n >>= 7;
    if ((n === 0 && !(byte & 64)) || (n === -1 && byte & 64)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

const scratch = new DataView(new ArrayBuffer(4));
const written = (): Bytes => [0, 1, 2, 3].map((i) => scratch.getUint8(i));
export function floatBytes(n: number): Bytes {
  scratch.setFloat32(0, n, true);
  return written();
}
export function integerBytes(n: number): Bytes {
  scratch.setInt32(0, n, true);
  return written();
}
/** Things behind their number. */
export const list: (items: readonly Bytes[]) => Bytes = (items) => [unsigned(items.length), ...items];

/** Bytes behind their number. */
export function sized(bytes: Bytes): Bytes {
  const flat = pour(bytes, []);
  return [unsigned(flat.length), flat];
}
