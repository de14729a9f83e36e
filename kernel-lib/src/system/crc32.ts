import { node } from "./node.js";

/** The remainder of each byte, divided by the polynomial of IEEE 802.3, its bits in reverse. */
let remainders: Uint32Array | undefined;

/** The checksum of ZIP, gzip and PNG: Node's, or in a page the same worked out here. */
export function crc32(bytes: Uint8Array): number {
  const zlib = node("node:zlib");
  if (zlib) return zlib.crc32(bytes);
  remainders ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    return rest;
  });
  let sum = 0xffffffff;
  for (const byte of bytes) sum = remainders[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
