import { concatBytes } from "../system/bytes.js";
import { crc32 } from "../system/crc32.js";
import { node } from "../system/node.js";
import { save, viewOf } from "./source.js";
import { END, ENTRY, LOCAL } from "./zip.js";

/**
 * A ZIP archive of these files; the same files give the same bytes, for no date is kept. Node deflates them, a page,
 * which could only do so by a promise, stores them as they are.
 */
export function packZip(
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
  path?: string,
): Uint8Array {
  const zlib = node("node:zlib");
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const rawName = new TextEncoder().encode(name);
    const data = zlib?.deflateRawSync(bytes) ?? bytes;
    const local = new Uint8Array(LOCAL.bytes + rawName.length);
    const entry = new Uint8Array(ENTRY.bytes + rawName.length);
    const fields = (view: DataView, at: number): void => {
      view.setUint16(at, 20, true); // version 2.0 is needed to unpack
      view.setUint16(at + 2, 0x800, true); // the name is UTF-8
      view.setUint16(at + 4, zlib ? 8 : 0, true); // deflated or stored
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
  return save(concatBytes([...parts, ...directory, end]), path);
}
