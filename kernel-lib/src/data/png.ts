import { concatBytes, latin1Text } from "../system/bytes.js";
import { crc32 } from "../system/crc32.js";
import { needNode, packageOf } from "../system/node.js";
import { damaged, viewOf, type Opened } from "./source.js";

/*
 * PNG: eight fixed bytes, then chunks, each a length, a name of four letters, as many bytes, and a checksum. The first
 * (IHDR) holds the sizes, the IDAT chunks together the packed pixels, the last (IEND) nothing.
 * Source: W3C Recommendation "Portable Network Graphics", third edition.
 *
 * The structure is checked here, with the place of what is wrong, before pngjs unpacks any pixel: it would believe any
 * size in the header.
 */

const SIGNATURE = "\x89PNG\r\n\x1a\n";
/** 4096 × 4096: a photo of 16 megapixels. While pngjs decodes, each pixel takes up to about 25 bytes. */
const MOST_PIXELS = 2 ** 24;
/** No deflate stream packs more bytes than this into one. */
const BEST_RATIO = 1032;
/** Numbers a pixel, and the bit depths that exist, by colour type. */
const COLORS: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] }, // grey
  2: { samples: 3, depths: [8, 16] }, // red, green, blue
  3: { samples: 1, depths: [1, 2, 4, 8] }, // a place in a palette
  4: { samples: 2, depths: [8, 16] }, // grey and opacity
  6: { samples: 4, depths: [8, 16] }, // red, green, blue and opacity
};
/** Start and step of the seven passes of an interlaced picture (Adam7). */
const PASSES = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]]; // prettier-ignore

/** A picture as its format stores it: the numbers of a pixel next to each other. */
export interface Pixels {
  width: number;
  height: number;
  /** 1 grey, 2 grey and opacity, 3 red, green and blue, 4 with opacity: what the file itself has. */
  channels: number;
  /** Red, green, blue (and opacity) of each pixel, whatever `channels` is. */
  values: Uint8Array;
  /** Numbers a pixel in `values`: 3 or 4. */
  step: number;
  /** What the camera noted, if the file holds it. */
  exif: Uint8Array | undefined;
}

/** A PNG file's pixels, 8 bits each; 16-bit ones are rounded. */
export function decodePng(op: string, { bytes, name }: Opened): Pixels {
  const { header, clear, exif, packed, packedAt, unpackedSize, end, channels, unsound } = pngStructure(op, {
    bytes,
    name,
  });
  let unpacked: Uint8Array;
  try {
    unpacked = needNode(op, "node:zlib").inflateSync(packed, { maxOutputLength: unpackedSize });
  } catch (error) {
    throw unsound((error as Error).message);
  }
  if (unpacked.length !== unpackedSize) throw unsound(String(unpacked.length));
  const { PNG } = packageOf(op, "pngjs");
  let png;
  try {
    png = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, end)); // it takes nothing behind the last chunk
  } catch (error) {
    throw damaged(op, name, packedAt, "sound PNG pixels", (error as Error).message);
  }
  if (clear && header.color !== 3) restoreClear(png.data, clear, header);
  return { width: header.width, height: header.height, channels, values: png.data, step: 4, exif };
}

/** pngjs makes pixels of the colour that stands for none black; they keep their colour here, and are clear. */
function restoreClear(values: Uint8Array, clear: DataView, { depth, color }: Header): void {
  const rgb = [0, 2, 4].map((at) => clear.getUint16(color === 0 ? 0 : at));
  const scaled = rgb.map((value) => Math.round((value * 255) / (2 ** depth - 1)));
  for (let i = 0; i < values.length; i += 4) if (values[i + 3] === 0) values.set(scaled, i);
}

interface Header {
  width: number;
  height: number;
  depth: number;
  color: number;
  interlaced: boolean;
}

type Fail = (offset: number, expected: string, got: string) => SyntaxError;

/** What a PNG file consists of. */
export interface PngStructure {
  header: Header;
  /** The tRNS chunk: the colour that stands for no colour, or the opacity of the palette. */
  clear: DataView | undefined;
  channels: number;
  exif: Uint8Array | undefined;
  /** The pixels, packed by zlib; where they begin, and how many bytes they are when unpacked. */
  packed: Uint8Array;
  packedAt: number;
  unpackedSize: number;
  /** What is wrong if they unpack to something else. */
  unsound(got: string): SyntaxError;
  /** Where the last chunk ends. */
  end: number;
}

/**
 * What a PNG file consists of, its pixels still packed.
 *
 * @throws {SyntaxError} with the byte offset, if it is damaged
 */
export function pngStructure(op: string, { bytes, name }: Opened): PngStructure {
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged(op, name, offset, expected, got);
  const view = viewOf(bytes);
  if (latin1Text(bytes.subarray(0, 8)) !== SIGNATURE)
    throw fail(0, "the eight bytes that begin a PNG", "others");
  let header: Header | undefined;
  let [hasPalette, packedAt] = [false, 0];
  let clear: DataView | undefined;
  let exif: Uint8Array | undefined;
  const data: Uint8Array[] = [];
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw fail(at, "a chunk of at least 12 bytes", `${bytes.length - at}`);
    const length = view.getUint32(at);
    const type = latin1Text(bytes.subarray(at + 4, at + 8));
    const body = at + 8;
    const end = body + length;
    if (end + 4 > bytes.length) {
      throw fail(at, `${length} bytes in the ${JSON.stringify(type)} chunk`, `${bytes.length - body - 4}`);
    }
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
      throw fail(end, `the checksum of the ${JSON.stringify(type)} chunk`, "another");
    }
    if (!header) {
      if (type !== "IHDR" || length !== 13)
        throw fail(at, "an IHDR chunk of 13 bytes", `${type} of ${length}`);
      header = readHeader(view, body, bytes.length, fail);
    } else if (type === "IHDR") throw fail(at, "one IHDR chunk", "a second");
    if (type === "PLTE") hasPalette = true;
    if (type === "tRNS") clear = viewOf(bytes.subarray(body, end));
    if (type === "eXIf") exif = bytes.subarray(body, end);
    if (type === "IDAT") {
      if (header.color === 3 && !hasPalette) throw fail(at, "a palette before the pixels", "none");
      packedAt ||= at;
      data.push(bytes.subarray(body, end));
    }
    at = end + 4;
    if (type !== "IEND") continue;
    if (data.length === 0) throw fail(at, "an IDAT chunk with pixels", "none");
    const hasAlpha = clear !== undefined || header.color >= 4;
    const isGrey = header.color === 0 || header.color === 4;
    const channels = (isGrey ? 1 : 3) + (hasAlpha ? 1 : 0);
    const unpackedSize = unpackedBytes(header);
    const sizes = `${unpackedSize} bytes of pixels for ${header.width} × ${header.height}`;
    const unsound = (got: string): SyntaxError => fail(packedAt, sizes, got);
    return {
      header,
      clear,
      channels,
      exif,
      packed: concatBytes(data),
      packedAt,
      unpackedSize,
      unsound,
      end: at,
    };
  }
}

function readHeader(view: DataView, at: number, fileBytes: number, fail: Fail): Header {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, color] = [view.getUint8(at + 8), view.getUint8(at + 9)];
  if (!COLORS[color]?.depths.includes(depth)) {
    throw fail(at + 8, "a bit depth and colour type of PNG", `${depth} and ${color}`);
  }
  if (view.getUint8(at + 10) !== 0 || view.getUint8(at + 11) !== 0 || view.getUint8(at + 12) > 1) {
    const got = [10, 11, 12].map((place) => view.getUint8(at + place)).join(", ");
    throw fail(at + 10, "compression 0, filter 0, interlace 0 or 1", got);
  }
  const header = { width, height, depth, color, interlaced: view.getUint8(at + 12) === 1 };
  const sizes = `${width} × ${height}`;
  if (!(width > 0 && height > 0 && width * height <= MOST_PIXELS)) {
    throw fail(at, `1 to ${MOST_PIXELS} pixels`, sizes);
  }
  if (unpackedBytes(header) > fileBytes * BEST_RATIO) {
    throw fail(at, `a size that ${fileBytes} bytes can hold`, sizes);
  }
  return header;
}

/** Bytes of all rows, each with one more for its filter. */
function unpackedBytes({ width, height, depth, color, interlaced }: Header): number {
  const bits = COLORS[color].samples * depth;
  const passes = interlaced ? PASSES : [[0, 0, 1, 1]];
  return passes.reduce((sum, [x, y, stepX, stepY]) => {
    const [columns, rows] = [Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)];
    return sum + (columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0);
  }, 0);
}
