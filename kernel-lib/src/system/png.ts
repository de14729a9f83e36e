import { concatBytes, latin1Bytes } from "./bytes.js";
import { crc32 } from "./crc32.js";
import { node } from "./node.js";

/*
 * PNG: eight fixed bytes, then chunks, each a length, a name of four letters, as many bytes, and a checksum. Each row of
 * pixels begins with a byte that names its filter, 0 for none; the rows together are packed as zlib packs.
 * Source: W3C Recommendation "Portable Network Graphics", third edition; RFC 1950 and 1951 for the packing.
 */

/** The colour type by the number of values a pixel: grey, grey and opacity, red green blue, these and opacity. */
const COLOR_TYPES = [0, 4, 2, 6];

/** A picture as a PNG file. `values` are the numbers of a pixel next to each other, row by row. */
export function encodePng(width: number, height: number, channels: number, values: Uint8Array): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOR_TYPES[channels - 1]], 8); // 8 bits a value
  const step = width * channels;
  const rows = new Uint8Array(height * (1 + step));
  for (let y = 0; y < height; y++) rows.set(values.subarray(y * step, (y + 1) * step), y * (1 + step) + 1);
  const packed = node("node:zlib")?.deflateSync(rows, { level: 9 }) ?? stored(rows);
  return concatBytes([
    latin1Bytes("\x89PNG\r\n\x1a\n"),
    chunk("IHDR", header),
    chunk("IDAT", packed),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

function chunk(name: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  out.set(latin1Bytes(name), 4);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}

/** A block holds at most so many bytes as they are. */
const LONGEST_BLOCK = 0xffff;

/** Bytes as a zlib stream without packing them, which a page could only do by a promise. */
function stored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 1)];
  for (let at = 0; at === 0 || at < bytes.length; at += LONGEST_BLOCK) {
    const block = bytes.subarray(at, at + LONGEST_BLOCK);
    const [low, high] = [block.length & 255, block.length >> 8];
    const isLast = at + LONGEST_BLOCK >= bytes.length;
    parts.push(Uint8Array.of(isLast ? 1 : 0, low, high, low ^ 255, high ^ 255), block);
  }
  let [a, b] = [1, 0]; // Adler-32
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return concatBytes([...parts, Uint8Array.of(b >> 8, b & 255, a >> 8, a & 255)]);
}
