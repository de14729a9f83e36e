import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { asciiOf, damaged, open, save, viewOf, type Source } from "./source.js";

/*
 * ZIP: packed files one after another, each behind a header of its own, and at the end a directory that names them all
 * and says where they lie. All numbers are little-endian.
 * Source: APPNOTE.TXT by PKWARE, version 6.3.
 *
 * Read here with Node's own inflate, which stops at a given size and does not make the caller wait for a promise:
 * an entry that claims 10 bytes and unpacks to 4 GB never gets beyond 10.
 */

const END = { signature: 0x06054b50, bytes: 22 };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
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
  /** Unpack it, and check it against its checksum. */
  read(): Uint8Array;
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
  const [disk, count] = [view.getUint16(end + 4, true), view.getUint16(end + 10, true)];
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
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
    const entry = readEntry(bytes, place, fail);
    if (entry.next > start + size) throw fail(place, "an entry within the directory", "a longer one");
    place = entry.next;
    taken.push([entry.local, entry.end]);
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

interface Placed extends ZipEntry {
  /** Where its own header starts, and where its packed bytes end. */
  local: number;
  end: number;
  /** Where the directory goes on. */
  next: number;
}

function readEntry(
  bytes: Uint8Array,
  at: number,
  fail: (offset: number, expected: string, got: string) => SyntaxError,
): Placed {
  const view = viewOf(bytes);
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  const nameBytes = view.getUint16(at + 28, true);
  const next = at + ENTRY.bytes + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  const rawName = bytes.subarray(at + ENTRY.bytes, at + ENTRY.bytes + nameBytes);
  const name = nameOf(rawName);

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
  const read = (): Uint8Array => {
    const data = bytes.subarray(start, end);
    let out: Uint8Array;
    if (method === 0) out = data.slice();
    else {
      try {
        out = inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
      } catch (error) {
        throw fail(start, `${JSON.stringify(name)} as ${size} deflated bytes`, (error as Error).message);
      }
    }
    if (out.length !== size) throw fail(start, `${size} bytes in ${JSON.stringify(name)}`, `${out.length}`);
    if (crc32(out) !== checksum) throw fail(start, "bytes that fit their checksum", "others");
    return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  };
  return { name, size, read, local, end, next };
}

/** Names are UTF-8 today; where they are not, each byte is a character. Windows' backslashes become slashes. */
function nameOf(bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    name = asciiOf(bytes);
  }
  return name.replaceAll("\\", "/");
}

function leadsOut(name: string): boolean {
  return name === "" || /^\/|^[a-z]:|\0/i.test(name) || name.split("/").includes("..");
}

/** A ZIP archive of these files, deflated; the same files give the same bytes, for no date is kept. */
export function packZip(
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
  path?: string,
): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const rawName = new TextEncoder().encode(name);
    const data = deflateRawSync(bytes);
    const local = new Uint8Array(LOCAL.bytes + rawName.length);
    const entry = new Uint8Array(ENTRY.bytes + rawName.length);
    const fields = (view: DataView, at: number): void => {
      view.setUint16(at, 20, true); // version 2.0 is needed to unpack
      view.setUint16(at + 2, 0x800, true); // the name is UTF-8
      view.setUint16(at + 4, 8, true); // deflate
      view.setUint16(at + 8, 0x21, true); // 1 January 1980, the first day there is
      view.setUint32(at + 10, crc32(bytes), true);
      view.setUint32(at + 14, data.length, true);
      view.setUint32(at + 18, bytes.length, true);
      view.setUint16(at + 22, rawName.length, true);
    };
    viewOf(local).setUint32(0, LOCAL.signature, true);
    fields(viewOf(local), 4);
    local.set(rawName, LOCAL.bytes);
    viewOf(entry).setUint32(0, ENTRY.signature, true);
    viewOf(entry).setUint16(4, 20, true);
    fields(viewOf(entry), 6);
    viewOf(entry).setUint32(42, offset, true);
    entry.set(rawName, ENTRY.bytes);
    parts.push(local, data);
    directory.push(entry);
    offset += local.length + data.length;
  }
  const end = new Uint8Array(END.bytes);
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  viewOf(end).setUint32(0, END.signature, true);
  viewOf(end).setUint16(8, directory.length, true);
  viewOf(end).setUint16(10, directory.length, true);
  viewOf(end).setUint32(12, size, true);
  viewOf(end).setUint32(16, offset, true);
  return save(new Uint8Array(Buffer.concat([...parts, ...directory, end])), path);
}
