import { readFileSync } from "node:fs";
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
    return { bytes: gunzipSync(raw, { maxOutputLength: LARGEST }), name };
  } catch (error) {
    throw new SyntaxError(`${op}: expected ${name} to be sound gzip, got ${(error as Error).message}`);
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
