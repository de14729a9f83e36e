import { needNode } from "../system/node.js";
import { describe, typeError } from "../tensor/errors.js";
import { writeWhole } from "./writeWhole.js";

/** A file's path, or its bytes. */
export type Source = string | Uint8Array;

/** A file in memory: its bytes, and the name that errors call it by. */
export interface Opened {
  bytes: Uint8Array;
  name: string;
}

/** What a page has fetched and unpacked by itself, with the name that errors call it by. */
const fetched = new WeakMap<Uint8Array, string>();

/** Bytes that come from a file of this name, unpacked already. */
export function named(bytes: Uint8Array, name: string): Uint8Array {
  fetched.set(bytes, name);
  return bytes;
}

/** Decompressed data above this is refused: far more than any data set of the course, far less than memory. */
export const LARGEST: number = 1 << 30;
/** Two bytes that begin every gzip file, and its only way of packing. */
const GZIP = [0x1f, 0x8b, 8];
/** Text takes more memory than its bytes do, and V8 has no string of more than 512 MiB. */
const LONGEST_TEXT = 1 << 28;

/**
 * Read a source whole, and unpack it if it is gzipped (its first three bytes tell).
 *
 * @throws {Error} with the system's `code`, if no file at that path can be read
 * @throws {SyntaxError} if it is gzipped and damaged, or unpacks to more than 1 GiB
 */
export function open(op: string, source: Source): Opened {
  if (typeof source !== "string" && !(source instanceof Uint8Array)) {
    throw typeError(op, "a path or bytes", describe(source));
  }
  const known = typeof source !== "string" && fetched.get(source);
  if (known) return { bytes: source, name: known };
  const name = typeof source === "string" ? source : `${source.length} bytes`;
  const raw = typeof source === "string" ? readWhole(op, source) : source;
  if (!isGzip(raw)) return { bytes: raw, name };
  const { gunzipSync } = needNode(op, "node:zlib");
  try {
    return { bytes: gunzipSync(raw, { maxOutputLength: LARGEST }), name: `${name} unpacked` };
  } catch (error) {
    throw damaged(op, name, 0, "sound gzip", (error as Error).message);
  }
}

/** Whether bytes are packed by gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return GZIP.every((byte, i) => bytes[i] === byte);
}

/**
 * Read a source of text whole.
 *
 * @throws {SyntaxError} also for more than 256 MiB
 */
export function openText(op: string, source: Source): Opened {
  const { bytes, name } = open(op, source);
  if (bytes.length <= LONGEST_TEXT) return { bytes, name };
  throw damaged(op, name, LONGEST_TEXT, `at most ${LONGEST_TEXT} bytes of text`, String(bytes.length));
}

/**
 * The bytes of a file.
 *
 * @throws {Error} with the system's `code`, for a path where no file can be read; a device or a pipe has no end, so it is
 *         no file either
 */
export function readWhole(op: string, path: string): Uint8Array {
  const { readFileSync, statSync } = needNode(op, "node:fs");
  const found = onDisk(op, path, () => statSync(path));
  if (!found.isFile()) throw unreadable(op, path, found.isDirectory() ? "a folder" : "no plain file");
  return onDisk(op, path, () => readFileSync(path));
}

/** What the file system answers about a path; where it refuses, a sentence that names reader and path. */
export function onDisk<T>(op: string, path: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(op, path, code === "ENOENT" ? "nothing (ENOENT)" : message, error);
  }
}

function unreadable(op: string, path: string, got: string, cause?: unknown): Error {
  const sentence = `${op}: expected a file at ${describe(path)}, got ${got};\nrelative paths start at ${process.cwd()}`;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return Object.assign(new Error(sentence, { cause }), { code });
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
  if (path !== undefined) writeWhole(path, bytes);
  return bytes;
}

/** Numbers are read through this; bytes that lie within a larger buffer keep their place. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as text in an encoding by its name on the web; nothing if they are none. */
export function decoded(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
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
