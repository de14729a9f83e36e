import { crc32, deflateSync } from "node:zlib";
import { encode } from "jpeg-js";
import { data, tensor } from "kernel-lib";

// Small files of every format, made piece by piece, and ways to spoil them at a known place.

export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

/** The same bytes with others from `offset` on. */
export function patched(bytes: Uint8Array, offset: number, ...values: number[]): Uint8Array {
  const out = bytes.slice();
  out.set(values, offset);
  return out;
}

/** A 32-bit number as four bytes. */
export function u32(value: number, littleEndian = true): number[] {
  const bytes = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
  return littleEndian ? bytes : bytes.reverse();
}

export function joined(...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

// ---- NumPy, safetensors

/** A `.npy` file with this header. */
export function npy(header: string, values: readonly number[] = []): Uint8Array {
  return joined(ascii("\x93NUMPY\x01\x00"), [header.length & 255, header.length >> 8], ascii(header), values);
}

export function safetensors(header: string, values: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  return joined(u32(text.length), u32(0), text, values);
}

// ---- ZIP: one entry "a" that holds "hello", stored (so places are known: 31 bytes of header, the directory at 36)

export function zip(name = "a", content: Uint8Array = ascii("hello")): Uint8Array {
  const size = content.length;
  const fields = [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, ...u32(crc32(content)), ...u32(size), ...u32(size), name.length, 0]; // prettier-ignore
  const local = joined(ascii("PK\x03\x04"), fields, [0, 0], ascii(name), content);
  const entry = joined(ascii("PK\x01\x02"), [20, 0], fields, new Array<number>(16).fill(0), ascii(name));
  const end = [0, 0, 0, 0, 1, 0, 1, 0, ...u32(entry.length), ...u32(local.length), 0, 0];
  return joined(local, entry, ascii("PK\x05\x06"), end);
}

// ---- PNG

export function chunk(type: string, body: readonly number[] | Uint8Array = []): Uint8Array {
  const named = joined(ascii(type), body);
  return joined(u32(body.length, false), named, u32(crc32(named), false));
}

export const PNG_START: Uint8Array = ascii("\x89PNG\r\n\x1a\n");

/** The header chunk of a PNG: 8 bits of grey unless told otherwise. */
export function ihdr(width: number, height: number, depth = 8, color = 0, ...rest: number[]): Uint8Array {
  const [compression = 0, filter = 0, interlace = 0] = rest;
  return chunk("IHDR", [...u32(width, false), ...u32(height, false), depth, color, compression, filter, interlace]); // prettier-ignore
}

/** A PNG of these chunks, with its first and last one. */
export function png(header: Uint8Array, ...chunks: Uint8Array[]): Uint8Array {
  return joined(PNG_START, header, ...chunks, chunk("IEND"));
}

export const idat = (...rows: number[]): Uint8Array => chunk("IDAT", deflateSync(Uint8Array.from(rows)));

// ---- JPEG

/** A sound JPEG of 16 × 16, with its frame header where `sofAt` says. */
export const jpeg: Uint8Array = new Uint8Array(
  encode({ width: 16, height: 16, data: Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 251)) }, 80)
    .data,
);
export const sofAt: number = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
export const sosAt: number = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);

// ---- WAV

export const wav: Uint8Array = data.writeWav({ samples: tensor([[0, 0.5], [-1, 1]]), sampleRate: 8000 }); // prettier-ignore
