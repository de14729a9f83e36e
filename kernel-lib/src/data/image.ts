import { packageOf } from "../system/node.js";
import { rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { upright } from "./exif.js";
import { decodeJpeg } from "./jpeg.js";
import { decodePng, type Pixels } from "./png.js";
import { damaged, open, save, type Opened, type Source } from "./source.js";

/** The channels that a picture is read into; "unchanged" keeps those of the file. */
export type ImageMode = "unchanged" | "gray" | "rgb" | "rgba";

export interface ReadImageOptions {
  /** "unchanged" unless given. "gray" weighs 299 red, 587 green and 114 blue by thousandths (ITU-R BT.601). */
  mode?: ImageMode;
}

const CHANNELS = { gray: 1, rgb: 3, rgba: 4 };

/**
 * Read a picture from a PNG or a JPEG file; its first bytes tell which. Torchvision's `read_image`.
 *
 * A photo comes out upright, turned as the camera noted (Pillow's `exif_transpose`), and 16-bit values rounded to 8 bits.
 * The colours of a JPEG may differ by a little from other programs', which smooth the colour between its coarser samples.
 *
 * @param source path or bytes
 * @returns (channels, height, width), uint8: 0 … 255
 * @throws {SyntaxError} with the byte offset, if the file is damaged, of another kind, or beyond 2²⁴ pixels
 * @throws {RangeError} for an unknown mode
 */
export function readImage(source: Source, options: ReadImageOptions = {}): Tensor {
  return decodeImage("readImage", open("readImage", source), options);
}

/** `readImage` for a file in memory, which may be an entry of an archive. */
export function decodeImage(op: string, file: Opened, options: ReadImageOptions = {}): Tensor {
  const decode = imageKind(op, file, options) === "png" ? decodePng : decodeJpeg;
  return toImage(decode(op, file), options);
}

/**
 * Which kind of picture a file holds.
 *
 * @throws {SyntaxError} if it is neither
 * @throws {RangeError} for an unknown mode
 */
export function imageKind(
  op: string,
  file: Opened,
  { mode = "unchanged" }: ReadImageOptions = {},
): "png" | "jpeg" {
  if (mode !== "unchanged" && !Object.hasOwn(CHANNELS, mode)) {
    throw rangeError(op, "mode as one of unchanged, gray, rgb, rgba", JSON.stringify(mode));
  }
  const [first, second] = file.bytes;
  const isPng = first === 0x89 && second === 0x50;
  if (!isPng && !(first === 0xff && second === 0xd8)) {
    const got = [...file.bytes.subarray(0, 4)].map((byte) => `0x${byte.toString(16).padStart(2, "0")}`);
    throw damaged(op, file.name, 0, "a PNG (0x89 0x50) or a JPEG (0xff 0xd8)", got.join(" ") || "nothing");
  }
  return isPng ? "png" : "jpeg";
}

/** A decoded picture, upright and in the channels that were asked for. */
export function toImage(pixels: Pixels, { mode = "unchanged" }: ReadImageOptions = {}): Tensor {
  return upright(toPlanes(pixels, mode), pixels.exif);
}

/** From pixel by pixel to channel by channel. */
function toPlanes({ width, height, channels, values, step }: Pixels, mode: ImageMode): Tensor {
  const count = mode === "unchanged" ? channels : CHANNELS[mode];
  const size = width * height;
  const out = new Uint8Array(count * size);
  const colors = count < 3 ? 1 : 3;
  const isGrey = channels < 3;
  for (let i = 0; i < size; i++) {
    const place = i * step;
    if (colors === 3) {
      for (let c = 0; c < 3; c++) out[c * size + i] = values[place + c];
    } else {
      const [red, green, blue] = [values[place], values[place + 1], values[place + 2]];
      out[i] = isGrey ? red : Math.round((299 * red + 587 * green + 114 * blue) / 1000);
    }
    if (count > colors) out[colors * size + i] = step === 4 ? values[place + 3] : 255;
  }
  return new Tensor(out, [count, height, width], "uint8");
}

/**
 * Write a picture as a PNG file, 8 bits a colour.
 *
 * @param image (height, width) or (channels, height, width) with 1 channel (grey), 2 (grey and opacity), 3 (red, green,
 *        blue) or 4 (and opacity); uint8 from 0 to 255, or floats from 0 to 1, which are rounded and cut off
 * @param path  where to write, or nothing to get the bytes only
 * @returns the bytes
 * @throws {ShapeError} for a batch, another number of channels, or an image without pixels
 * @throws {TypeError} for int32 or bool
 */
export function writePng(image: Tensor, path?: string): Uint8Array {
  const { width, height, channels, values } = samplesOf(image);
  const { PNG } = packageOf("writePng", "pngjs");
  // pngjs counts the channels of its input by the colour type, as the file does
  const colorType = [0, 4, 2, 6][channels - 1] as 0 | 2 | 4 | 6;
  const inputHasAlpha = channels % 2 === 0;
  const png = new PNG({ width, height, colorType, inputColorType: colorType, inputHasAlpha });
  png.data = Buffer.from(values.buffer);
  const bytes = PNG.sync.write(png, { colorType, inputColorType: colorType, inputHasAlpha });
  return save(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), path);
}

/** An image as the numbers of its pixels, those of one next to each other, for a writer of pictures. */
export function samplesOf(image: Tensor): {
  width: number;
  height: number;
  channels: number;
  values: Uint8Array;
} {
  const [channels, height, width] = image.ndim === 2 ? [1, ...image.shape] : image.shape;
  const right = (image.ndim === 2 || image.ndim === 3) && channels >= 1 && channels <= 4;
  if (!right || height === 0 || width === 0) {
    const expected = "one image (H, W) or (C, H, W) with 1 to 4 channels";
    throw new ShapeError("writePng", expected, formatShape(image.shape), "pick one of a batch with at(…)");
  }
  if (image.dtype === "int32" || image.dtype === "bool") {
    throw typeError("writePng", "uint8, or floats from 0 to 1", image.dtype, 'convert it with to("uint8")');
  }
  const scale = image.dtype === "uint8" ? 1 : 255;
  const size = width * height;
  const values = new Uint8Array(size * channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < size; i++) {
      const value = Math.round(image.storage[c * size + i] * scale);
      values[i * channels + c] = Math.max(0, Math.min(255, value));
    }
  }
  return { width, height, channels, values };
}
