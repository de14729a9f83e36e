import type { Pixels } from "./png.js";
import { latin1Text } from "../system/bytes.js";
import { packageOf } from "../system/node.js";
import { damaged, viewOf, type Opened } from "./source.js";

/*
 * JPEG: segments, each 0xFF, a marker byte, a length and as many bytes. SOF says how large the picture is and how it is
 * coded, SOS starts a scan of packed coefficients, which runs to the next marker; SOI and EOI stand at both ends. APP1 holds what
 * the camera noted.
 * Source: ITU-T Recommendation T.81; JFIF (ECMA TR/98) and Adobe Technical Note 5116 for the colours.
 *
 * The structure is checked here, with the place of what is wrong, before jpeg-js decodes: it would believe any size in
 * the header, go on after the end of the file as if there were zeros, and take any number of scans.
 */

/** 4096 × 4096: a photo of 16 megapixels. While jpeg-js decodes, each pixel takes about 30 bytes. */
const MOST_PIXELS = 2 ** 24;
/** A block of 8 × 8 pixels takes at least a bit; twice that, for components that are sampled each in its own way. */
const MOST_PIXELS_A_BYTE = 8 * 64 * 2;
/** Encoders make about ten for a progressive picture. Each goes through the whole of it, however few bytes it has. */
const MOST_SCANS = 100;
/** jpeg-js counts what it takes, and stops there. */
const MOST_MEGABYTES = 512;

const MARKER = { SOI: 0xd8, EOI: 0xd9, SOS: 0xda, APP1: 0xe1, APP14: 0xee };

/** A JPEG file's pixels, baseline or progressive, in grey, colour or print colours (CMYK). */
export function decodeJpeg(op: string, { bytes, name }: Opened): Pixels {
  const frame = jpegStructure(op, { bytes, name });
  const { decode } = packageOf(op, "jpeg-js");
  let image;
  try {
    image = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      colorTransform: frame.storesRgb ? false : undefined,
      maxMemoryUsageInMB: MOST_MEGABYTES,
    });
  } catch (error) {
    // Where a table is missing or too short, jpeg-js stumbles over what is not there.
    const told =
      error instanceof Error && error.constructor === Error ? error.message : "tables that do not fit";
    throw damaged(op, name, frame.at, "sound JPEG scans", told);
  }
  const { width, height, channels, exif } = frame;
  return { width, height, channels, values: image.data, step: 3, exif };
}

interface Frame {
  at: number;
  width: number;
  height: number;
  components: number;
  /** Whether the three components are red, green and blue themselves; most files store brightness and two colours. */
  storesRgb: boolean;
}

/** What a JPEG file consists of. */
export interface JpegStructure extends Frame {
  /** Of the picture: 1 grey, 3 red, green and blue. */
  channels: number;
  /** What the camera noted. */
  exif: Uint8Array | undefined;
}

type Fail = (offset: number, expected: string, got: string) => SyntaxError;

/**
 * What a JPEG file consists of, its scans still packed.
 *
 * @throws {SyntaxError} with the byte offset, if it is damaged
 */
export function jpegStructure(op: string, { bytes, name }: Opened): JpegStructure {
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged(op, name, offset, expected, got);
  const view = viewOf(bytes);
  if (bytes.length < 4 || view.getUint16(0) !== 0xff00 + MARKER.SOI) {
    throw fail(0, "the two bytes that begin a JPEG", "others");
  }
  let frame: Frame | undefined;
  let [scans, storesRgb] = [0, false];
  let exif: Uint8Array | undefined;
  for (let at = 2; ;) {
    const mark = at;
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++; // fill bytes
    if (at + 1 >= bytes.length) throw fail(bytes.length, "an end marker, 0xffd9", "the end of the file");
    if (bytes[at] !== 0xff) throw fail(at, "a marker, 0xff", `0x${bytes[at].toString(16).padStart(2, "0")}`);
    const marker = bytes[at + 1];
    at += 2;
    if (marker === MARKER.EOI) break;
    const length = at + 2 <= bytes.length ? view.getUint16(at) : 0;
    if (length < 2 || at + length > bytes.length) {
      throw fail(at, "a segment within the file", `a length of ${length}`);
    }
    const end = at + length;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (frame) throw fail(mark, "one picture", "a second one");
      frame = readFrame(view, at, length, marker, fail);
    } else if (marker === MARKER.APP1 && latin1Text(bytes.subarray(at + 2, at + 8)) === "Exif\0\0") {
      exif = bytes.subarray(at + 8, end);
    } else if (marker === MARKER.APP14 && latin1Text(bytes.subarray(at + 2, at + 7)) === "Adobe") {
      storesRgb = length >= 14 && bytes[at + 13] === 0;
    } else if (marker === MARKER.SOS) {
      if (!frame) throw fail(mark, "a frame header before the first scan", "none");
      if (++scans > MOST_SCANS) throw fail(mark, `at most ${MOST_SCANS} scans`, "more");
      at = endOfScan(bytes, end);
      continue;
    }
    at = end;
  }
  if (!frame || scans === 0) throw fail(bytes.length, "a frame header and a scan", "none");
  const channels = frame.components === 1 ? 1 : 3;
  return { ...frame, channels, exif, storesRgb: frame.storesRgb || (storesRgb && frame.components === 3) };
}

function readFrame(view: DataView, at: number, length: number, marker: number, fail: Fail): Frame {
  if (marker > 0xc2)
    throw fail(at - 1, "a baseline or progressive JPEG", `marker 0xff${marker.toString(16)}`);
  const components = length >= 8 ? view.getUint8(at + 7) : 0;
  if (![1, 3, 4].includes(components) || length !== 8 + 3 * components) {
    throw fail(at, "a frame header of 1, 3 or 4 components", `${components} in ${length} bytes`);
  }
  if (view.getUint8(at + 2) !== 8) throw fail(at + 2, "8 bits a colour", String(view.getUint8(at + 2)));
  const [height, width] = [view.getUint16(at + 3), view.getUint16(at + 5)];
  const most = Math.min(MOST_PIXELS, view.byteLength * MOST_PIXELS_A_BYTE);
  if (!(width > 0 && height > 0 && width * height <= most)) {
    throw fail(at + 3, `1 to ${most} pixels in ${view.byteLength} bytes`, `${width} × ${height}`);
  }
  const names: string[] = [];
  for (let i = 0; i < components; i++) {
    const place = at + 8 + 3 * i;
    const sampling = view.getUint8(place + 1);
    if (![sampling >> 4, sampling & 15].every((factor) => factor >= 1 && factor <= 4)) {
      throw fail(place + 1, "sampling factors from 1 to 4", `${sampling >> 4} and ${sampling & 15}`);
    }
    names.push(String.fromCharCode(view.getUint8(place)));
  }
  if (new Set(names).size < components) throw fail(at + 8, "components with different numbers", "equal ones");
  return { at, width, height, components, storesRgb: names.join("") === "RGB" };
}

/** The next marker that is neither a stuffed zero nor a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  let at = start;
  for (; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1];
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) break;
  }
  return at;
}
