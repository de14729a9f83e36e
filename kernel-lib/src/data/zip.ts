import { latin1Text } from "../system/bytes.js";
import { crc32 } from "../system/crc32.js";
import { needNode } from "../system/node.js";
import { damaged, decoded, open, viewOf, type Source } from "./source.js";

/*
 * ZIP: packed files one after another, each behind a header of its own, and at the end a directory that names them all
 * and says where they lie. All numbers are little-endian.
 * Source: APPNOTE.TXT by PKWARE, version 6.3.
 *
 * Read here with Node's own inflate, which stops at a given size and does not make the caller wait for a promise:
 * an entry that claims 10 bytes and unpacks to 4 GB never gets beyond 10.
 */

/** What three kinds of record begin with, and how long they are without names. */
export const END = { signature: 0x06054b50, bytes: 22 } as const;
export const ENTRY = { signature: 0x02014b50, bytes: 46 } as const;
export const LOCAL = { signature: 0x04034b50, bytes: 30 } as const;
/** The end record of an archive with more than 65,535 files or 4 GB (ZIP64), and the record that says where it lies. */
const WIDE_END = { signature: 0x06064b50, bytes: 56 };
const LOCATOR = { signature: 0x07064b50, bytes: 20 };
/** A number of 32 bits that stands for a longer one elsewhere. */
const ELSEWHERE = 0xffffffff;
/** A comment behind the directory is at most this long. */
const LONGEST_COMMENT = 0xffff;
/** No deflate stream packs more bytes than this into one. */
const BEST_RATIO = 1032;
/** No file within an archive may unpack to more, nor may all of them where they are held at once: 1 GiB. */
const LARGEST = 1 << 30;

/** A file within an archive; `read` unpacks it. */
export interface ZipEntry {
  /** Folders and name, with `/` between them; never absolute, never with `..`. */
  name: string;
  /** Bytes when unpacked. */
  size: number;
  /** Where its own header starts. */
  at: number;
  /** Unpack it, and check it against its checksum. */
  read(): Uint8Array;
  /** Its bytes in the archive, and whether they are deflated. */
  packed: Uint8Array;
  deflated: boolean;
  /** Its bytes once they are unpacked, checked against size and checksum. */
  checked(unpacked: Uint8Array): Uint8Array;
  /** What is wrong if unpacking them fails. */
  unsound(reason: string): SyntaxError;
}

/**
 * Unpack every file of a ZIP archive into memory. Nothing is written to the disk.
 *
 * A name that would lead out of a target folder (`../x`, `/x`, `C:x`) is refused, so the names are safe to write to.
 *
 * @param source path or bytes
 * @returns the bytes of each file by its name, in the archive's order; folders have no entry of their own
 * @throws {SyntaxError} with the byte offset, if the archive is damaged, encrypted, split, packed with anything but
 *         deflate, or larger than 1 GiB when unpacked
 */
export function readZip(source: Source): Map<string, Uint8Array> {
  const entries = openZip("readZip", source);
  return new Map(entries.map((entry) => [entry.name, entry.read()]));
}

/** The files of an archive without unpacking them; `limit` bounds what they unpack to in all. */
export function openZip(op: string, source: Source, limit: number = LARGEST): ZipEntry[] {
  const { bytes, name } = open(op, source);
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged(op, name, offset, expected, got);
  const view = viewOf(bytes);
  const end = findEnd(view);
  if (end === undefined) throw fail(bytes.length, "the end record of a ZIP archive", `${bytes.length} bytes`);
  const disk = view.getUint16(end + 4, true);
  const { count, size, start } = directoryOf(view, end);
  if (disk !== 0) throw fail(end + 4, "an archive in one part", `part ${disk + 1}`);
  if (start + size > end) {
    throw fail(end + 12, `a directory that ends before byte ${end}`, `${size} bytes from byte ${start} on`);
  }
  const found = new Map<string, ZipEntry>();
  const taken: [start: number, end: number][] = [];
  let place = start;
  let unpacked = 0;
  for (let i = 0; i < count; i++) {
    const left = start + size - place;
    if (left < ENTRY.bytes || view.getUint32(place, true) !== ENTRY.signature) {
      throw fail(place, `entry ${i + 1} of ${count} in the directory`, `${left} bytes of something else`);
    }
    const entry = readEntry(bytes, place, start + size, fail);
    place = entry.next;
    taken.push([entry.at, entry.end]);
    if (entry.name.endsWith("/")) continue;
    if (found.has(entry.name)) throw fail(place, "each name once", `${JSON.stringify(entry.name)} twice`);
    unpacked += entry.size;
    if (entry.size > LARGEST || unpacked > limit) {
      throw fail(place, `at most ${LARGEST} bytes when unpacked`, `${unpacked} up to this entry`);
    }
    found.set(entry.name, entry);
  }
  // Entries that share their packed bytes make small files unpack to huge ones (Fifield 2019).
  taken.sort((a, b) => a[0] - b[0]);
  const shared = taken.findIndex(([from], i) => i > 0 && from < taken[i - 1][1]);
  if (shared > 0) throw fail(taken[shared][0], "entries that lie apart", "two that overlap");
  return [...found.values()];
}

/** The place of the end record: the last one whose comment reaches exactly to the end of the file. */
function findEnd(view: DataView): number | undefined {
  const last = view.byteLength - END.bytes;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
    const fits = at + END.bytes + view.getUint16(at + 20, true) === view.byteLength;
    if (fits && view.getUint32(at, true) === END.signature) return at;
  }
  return undefined;
}

/** How many entries the directory has, how long it is and where it starts: from the end record, or the wide one. */
function directoryOf(view: DataView, end: number): { count: number; size: number; start: number } {
  const locator = end - LOCATOR.bytes;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR.signature) {
    const wide = Number(view.getBigUint64(locator + 8, true));
    if (wide + WIDE_END.bytes <= locator && view.getUint32(wide, true) === WIDE_END.signature) {
      const [count, size, start] = [32, 40, 48].map((at) => Number(view.getBigUint64(wide + at, true)));
      return { count, size, start };
    }
  }
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  return { count: view.getUint16(end + 10, true), size, start };
}

/** The numbers of an entry, with those that stand in its extra field between `at` and `end` for want of room (ZIP64). */
function widened(numbers: readonly number[], view: DataView, at: number, end: number): number[] {
  for (let field = at; field + 4 <= end; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let next = field + 4;
    return numbers.map((value) => {
      if (value !== ELSEWHERE || next + 8 > end) return value;
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    });
  }
  return [...numbers];
}

interface Placed extends ZipEntry {
  /** Where its packed bytes end. */
  end: number;
  /** Where the directory goes on. */
  next: number;
}

function readEntry(
  bytes: Uint8Array,
  at: number,
  directoryEnd: number,
  fail: (offset: number, expected: string, got: string) => SyntaxError,
): Placed {
  const view = viewOf(bytes);
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const nameEnd = at + ENTRY.bytes + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > directoryEnd) throw fail(at, "an entry within the directory", "a longer one");
  const numbers = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const [size, packed, local] = widened(numbers, view, nameEnd, extraEnd);
  const name = nameOf(bytes.subarray(at + ENTRY.bytes, nameEnd));

  if (flags & 1) throw fail(at + 8, "files without a password", `${JSON.stringify(name)} encrypted`);
  if (method !== 0 && method !== 8) throw fail(at + 10, "files stored or deflated", `method ${method}`);
  if (leadsOut(name)) throw fail(at + ENTRY.bytes, "names that stay in their folder", JSON.stringify(name));
  const possible = method === 0 ? size === packed : size <= packed * BEST_RATIO;
  if (!possible) throw fail(at + 24, `a size that ${packed} packed bytes can have`, String(size));
  if (local + LOCAL.bytes > bytes.length || view.getUint32(local, true) !== LOCAL.signature) {
    throw fail(at + 42, "the place of an entry's own header", `byte ${local}`);
  }
  const start = local + LOCAL.bytes + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const end = start + packed;
  if (end > bytes.length) throw fail(local, `an entry that ends at byte ${end}`, `${bytes.length} bytes`);
  const ownName = bytes.subarray(local + LOCAL.bytes, local + LOCAL.bytes + view.getUint16(local + 26, true));
  if (nameOf(ownName) !== name) {
    throw fail(local + LOCAL.bytes, `the name ${JSON.stringify(name)}`, JSON.stringify(nameOf(ownName)));
  }
  const packedBytes = bytes.subarray(start, end);
  const unsound = (reason: string): SyntaxError =>
    fail(start, `${JSON.stringify(name)} as ${size} deflated bytes`, reason);
  const checked = (out: Uint8Array): Uint8Array => {
    if (out.length !== size) throw fail(start, `${size} bytes in ${JSON.stringify(name)}`, `${out.length}`);
    if (crc32(out) !== checksum) throw fail(start, "bytes that fit their checksum", "others");
    return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  };
  const read = (): Uint8Array => {
    if (method === 0) return checked(packedBytes.slice());
    const { inflateRawSync } = needNode(name, "node:zlib");
    let out: Uint8Array;
    try {
      out = inflateRawSync(packedBytes, { maxOutputLength: Math.max(size, 1) });
    } catch (error) {
      throw unsound((error as Error).message);
    }
    return checked(out);
  };
  const deflated = method === 8;
  return { name, size, read, packed: packedBytes, deflated, checked, unsound, at: local, end, next };
}

/** Names are UTF-8 today, GBK from Windows in Chinese; else each byte is a character. Backslashes become slashes. */
function nameOf(bytes: Uint8Array): string {
  const name = decoded("utf-8", bytes) ?? decoded("gb18030", bytes) ?? latin1Text(bytes);
  return name.replaceAll("\\", "/");
}

function leadsOut(name: string): boolean {
  return name === "" || /^\/|^[a-z]:|\0/i.test(name) || name.split("/").includes("..");
}
