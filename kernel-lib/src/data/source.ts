import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, typeError } from "../tensor/errors.js";

/** A file's path, or its bytes. */
export type Source = string | Uint8Array;

/** A file in memory: its bytes, and the name that errors call it by. */
export interface Opened {
  bytes: Uint8Array;
  name: string;
}

/** Decompressed data above this is refused: far more than any data set of the course, far less than memory. */
const LARGEST = 1 << 30;

/**
 * Read a source whole, and unpack it if it is gzipped (its first two bytes tell).
 *
 * @throws {SyntaxError} if it is gzipped and damaged, or unpacks to more than 1 GiB
 */
export function open(op: string, source: Source): Opened {
  if (typeof source !== "string" && !(source instanceof Uint8Array)) {
    throw typeError(op, "a path or bytes", describe(source));
  }
  const name = typeof source === "string" ? source : `${source.length} bytes`;
  const raw = typeof source === "string" ? readFileSync(source) : source;
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return { bytes: raw, name };
  try {
    return { bytes: gunzipSync(raw, { maxOutputLength: LARGEST }), name: `${name} unpacked` };
  } catch (error) {
    throw damaged(op, name, 0, "sound gzip", (error as Error).message);
  }
}

/** A file that is not what its reader expects, with the place where that shows. */
export function damaged(
  op: string,
  name: string,
  offset: number,
  expected: string,
  got: string,
): SyntaxError {
  return new SyntaxError(`${op}: expected ${expected}, got ${got} (${name}, byte ${offset})`);
}

/** Hand back what a writer made, and put it in a file where a path is given. */
export function save(bytes: Uint8Array, path?: string): Uint8Array {
  if (path !== undefined) writeFileSync(path, bytes);
  return bytes;
}

/** Numbers are read through this; bytes that lie within a larger buffer keep their place. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as text of one byte a character, so that a place in the text is a place in the file. */
export function asciiOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/**
 * Bytes as UTF-8 text, without the mark (BOM) that some programs put in front. `start` is where they lie in their file.
 *
 * @throws {SyntaxError} with the place of the first byte that is not UTF-8
 */
export function textOf(op: string, { bytes, name }: Opened, start = 0): string {
  const decodes = (length: number): boolean => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    let [sound, broken] = [0, bytes.length + 1];
    while (broken - sound > 1) {
      const middle = (sound + broken) >>> 1;
      if (decodes(middle)) sound = middle;
      else broken = middle;
    }
    const got = sound < bytes.length ? `0x${bytes[sound].toString(16)}` : "a character cut short";
    throw damaged(op, name, start + sound, "UTF-8 text", got);
  }
}
