import { encodePng } from "../../system/png.js";
import { latin1Text } from "../../system/bytes.js";
import type { Tensor } from "../../tensor/tensor.js";
import { imageKind, samplesOf, toImage, type ReadImageOptions } from "../image.js";
import { jpegStructure } from "../jpeg.js";
import { pngStructure, type Pixels } from "../png.js";
import { damaged, open, viewOf, type Opened } from "../source.js";
import { fetched, unpacked, type PageSource } from "./source.js";

// Node's types are loaded, a browser's are not.
interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}
interface Drawing {
  drawImage(image: Bitmap, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}
const browser = globalThis as unknown as {
  createImageBitmap(blob: Blob, options: object): Promise<Bitmap>;
  OffscreenCanvas: new (
    width: number,
    height: number,
  ) => { getContext(kind: "2d", options: object): Drawing };
};

/**
 * Read a picture from a PNG or a JPEG file, decoded by the browser. An opaque PNG gives exactly its values (those of 16
 * bits may be off by one); where a pixel is not opaque, browsers keep its colour only roughly. JPEGs differ by a little
 * from one program to another.
 *
 * @returns (channels, height, width), uint8: 0 … 255
 * @throws {SyntaxError} with the byte offset, if the file is damaged, of another kind, or beyond 2²⁴ pixels
 */
export async function readImage(source: PageSource, options: ReadImageOptions = {}): Promise<Tensor> {
  const file = open("readImage", await fetched("readImage", source));
  const decode = imageKind("readImage", file, options) === "png" ? pngPixels : jpegPixels;
  return toImage(await decode("readImage", file), options);
}

/** Write a picture as a PNG file, 8 bits a colour, not packed: a page could pack it only by a promise of its own. */
export function writePng(image: Tensor): Uint8Array {
  const { width, height, channels, values } = samplesOf(image);
  return encodePng(width, height, channels, values);
}

async function pngPixels(op: string, file: Opened): Promise<Pixels> {
  const { header, channels, exif, packed, packedAt, unpackedSize, unsound } = pngStructure(op, file);
  const size = await unpacked("deflate", packed, unpackedSize).then(
    ({ length }) => length,
    (error: Error) => Promise.reject(unsound(error.message)),
  );
  if (size !== unpackedSize) throw unsound(String(size));
  const { width, height } = header;
  const values = await decoded("image/png", plainPng(file.bytes), width, height, (got) =>
    damaged(op, file.name, packedAt, "sound PNG pixels", got),
  );
  return { width, height, channels, values, step: 4, exif };
}

async function jpegPixels(op: string, file: Opened): Promise<Pixels> {
  const { width, height, channels, exif, at } = jpegStructure(op, file);
  const values = await decoded("image/jpeg", plainJpeg(file.bytes), width, height, (got) =>
    damaged(op, file.name, at, "sound JPEG scans", got),
  );
  return { width, height, channels, values, step: 4, exif };
}

/** Red, green, blue and opacity of each pixel, as they stand in the file: no colour profile, nothing multiplied. */
async function decoded(
  type: string,
  parts: Uint8Array[],
  width: number,
  height: number,
  unsound: (got: string) => SyntaxError,
): Promise<Uint8Array> {
  const options = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  let bitmap: Bitmap;
  try {
    bitmap = await browser.createImageBitmap(new Blob(parts, { type }), options);
  } catch (error) {
    throw unsound((error as Error).message);
  }
  if (bitmap.width !== width || bitmap.height !== height) throw unsound(`${bitmap.width} × ${bitmap.height}`);
  const canvas = new browser.OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Uint8Array(canvas.getImageData(0, 0, width, height).data.buffer);
}

/** Chunks that pixels are made of. The others hold colour profiles and the like, which browsers differ on. */
const ESSENTIAL = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

/** A sound PNG without what would turn it or change its colours. */
function plainPng(bytes: Uint8Array): Uint8Array[] {
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length;) {
    const end = at + 12 + viewOf(bytes).getUint32(at);
    if (ESSENTIAL.includes(latin1Text(bytes.subarray(at + 4, at + 8)))) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return kept;
}

/** Segments with the camera's notes and the colour profile, and the one that a scan begins with. */
const JPEG = { APP1: 0xe1, APP2: 0xe2, SOS: 0xda };

/** A sound JPEG without what would turn it or change its colours. */
function plainJpeg(bytes: Uint8Array): Uint8Array[] {
  const kept = [bytes.subarray(0, 2)];
  for (let at = 2; ;) {
    while (bytes[at + 1] === 0xff) at++; // fill bytes
    const marker = bytes[at + 1];
    if (marker === JPEG.SOS) return [...kept, bytes.subarray(at)];
    const end = at + 2 + viewOf(bytes).getUint16(at + 2);
    if (marker !== JPEG.APP1 && marker !== JPEG.APP2) kept.push(bytes.subarray(at, end));
    at = end;
  }
}
