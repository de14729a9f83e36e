import { rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { resample } from "./resample.js";
import { latin1Bytes, latin1Text } from "../system/bytes.js";
import { damaged, open, save, viewOf, type Source } from "./source.js";

/*
 * WAV: "RIFF", a size, "WAVE", then chunks, each a name of four letters, a size and as many bytes (and one more if the
 * size is odd). "fmt " says how samples are stored, "data" holds them, channel by channel within each moment; whatever
 * other chunks say is passed over. All numbers are little-endian.
 * Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft 1991), and Microsoft's
 * WAVEFORMATEXTENSIBLE.
 */

const PCM = 1;
const FLOAT = 3;
/** A program that could not go back to fill in the size leaves this: the samples run to the end of the file. */
const TO_THE_END = 0xffffffff;
/** The true code then stands in the first two bytes of a longer description. */
const EXTENSIBLE = 0xfffe;

interface Encoding {
  /** A sample as a number from −1 to 1 (floats may go beyond). */
  read(view: DataView, at: number): number;
  write(view: DataView, at: number, value: number): void;
}

/** Whole numbers of so many bits; the most negative one is −1. */
function whole(
  bits: number,
  get: (view: DataView, at: number) => number,
  set: (view: DataView, at: number, value: number) => void,
): Encoding {
  const scale = 2 ** (bits - 1);
  return {
    read: (view, at) => get(view, at) / scale,
    write: (view, at, value) =>
      set(view, at, Math.max(-scale, Math.min(scale - 1, Math.round(value * scale)))),
  };
}

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  // 8-bit samples alone are unsigned, with silence at 128.
  [`${PCM}/8`]: whole(8, (view, at) => view.getUint8(at) - 128, (view, at, v) => view.setUint8(at, v + 128)), // prettier-ignore
  [`${PCM}/16`]: whole(16, (view, at) => view.getInt16(at, true), (view, at, v) => view.setInt16(at, v, true)), // prettier-ignore
  [`${PCM}/24`]: whole(
    24,
    (view, at) => view.getUint16(at, true) + view.getInt8(at + 2) * 0x10000,
    (view, at, v) => {
      view.setUint16(at, v & 0xffff, true);
      view.setInt8(at + 2, v >> 16);
    },
  ),
  [`${PCM}/32`]: whole(32, (view, at) => view.getInt32(at, true), (view, at, v) => view.setInt32(at, v, true)), // prettier-ignore
  [`${FLOAT}/32`]: {
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
  },
  [`${FLOAT}/64`]: {
    read: (view, at) => view.getFloat64(at, true),
    write: (view, at, value) => view.setFloat64(at, value, true),
  },
};

/** Sound as numbers. */
export interface Sound {
  /** (channels, samples), float32 from −1 to 1: one channel for mono, left and right for stereo. */
  samples: Tensor;
  /** Samples a second, in Hz. */
  sampleRate: number;
}

/** What `readWav` makes of the sound besides reading it. */
export interface ReadWavOptions {
  /** Samples a second to come out, in Hz; those of the file unless given. */
  sampleRate?: number;
  /** Whether to take the mean of all channels. */
  mono?: boolean;
}

/** How `writeWav` stores a sample. */
export interface WavOptions {
  /** Bits a sample, 16 unless given: 8, 16, 24 or 32, and 32 or 64 for floats. */
  bits?: number;
  /** Whether to store floating-point numbers, which keep values beyond −1 … 1. */
  float?: boolean;
}

/**
 * Read sound from a WAV file: whole numbers of 8, 16, 24 or 32 bits or floats of 32 or 64, any number of channels.
 *
 * @param source path or bytes
 * @returns samples (channels, samples) from −1 to 1, and the sample rate in Hz. Torchaudio's `load`
 * @throws {SyntaxError} with the byte offset, if the file is damaged or stores its samples in another way
 * @throws {RangeError} for a sampleRate that is no whole number above 0, or gives more than 2²⁸ samples
 */
export function readWav(source: Source, options: ReadWavOptions = {}): Sound {
  const { samples, sampleRate } = decodeWav(source);
  const wanted = options.mono ? samples.mean(0, { keepdim: true }) : samples;
  const rate = options.sampleRate ?? sampleRate;
  return { samples: resample("readWav", wanted, sampleRate, rate), sampleRate: rate };
}

function decodeWav(source: Source): Sound {
  const { bytes, name } = open("readWav", source);
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged("readWav", name, offset, expected, got);
  const view = viewOf(bytes);
  const word = (at: number): string => latin1Text(bytes.subarray(at, at + 4));
  if (bytes.length < 12) throw fail(bytes.length, "at least 12 bytes of header", String(bytes.length));
  if (word(0) !== "RIFF") throw fail(0, '"RIFF"', JSON.stringify(word(0)));
  if (word(8) !== "WAVE") throw fail(8, '"WAVE"', JSON.stringify(word(8)));

  let format: Format | undefined;
  let at = 12;
  for (;;) {
    if (at + 8 > bytes.length) {
      throw fail(at, format ? 'a "data" chunk' : 'a "fmt " chunk', "the end of the file");
    }
    const body = at + 8;
    let size = view.getUint32(at + 4, true);
    if (word(at) === "data" && size === TO_THE_END) size = bytes.length - body;
    if (body + size > bytes.length) {
      const chunk = `${size} bytes in the ${JSON.stringify(word(at))} chunk`;
      throw fail(at + 4, chunk, `${bytes.length - body} to the end of the file`);
    }
    if (word(at) === "fmt ") format = readFormat(view, body, size, fail);
    if (word(at) === "data") {
      if (!format) throw fail(at, 'a "fmt " chunk before the samples', '"data"');
      return { samples: readSamples(view, body, size, format, fail), sampleRate: format.sampleRate };
    }
    at = body + size + (size % 2);
  }
}

interface Format {
  channels: number;
  sampleRate: number;
  bytes: number;
  encoding: Encoding;
}

type Fail = (offset: number, expected: string, got: string) => SyntaxError;

function readFormat(view: DataView, at: number, size: number, fail: Fail): Format {
  if (size < 16) throw fail(at, 'at least 16 bytes in the "fmt " chunk', String(size));
  const tag = view.getUint16(at, true);
  if (tag === EXTENSIBLE && size < 26) throw fail(at, "26 bytes of an extended format", String(size));
  const code = tag === EXTENSIBLE ? view.getUint16(at + 24, true) : tag;
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const frame = view.getUint16(at + 12, true);
  const bits = view.getUint16(at + 14, true);
  const encoding = ENCODINGS[`${code}/${bits}`];
  if (!encoding) {
    throw fail(
      at,
      "samples of 8, 16, 24 or 32 bits, or floats of 32 or 64",
      `code ${code} with ${bits} bits`,
    );
  }
  if (channels === 0) throw fail(at + 2, "at least one channel", "0");
  if (sampleRate === 0) throw fail(at + 4, "a sample rate above 0 Hz", "0");
  const bytes = bits / 8;
  if (frame !== channels * bytes) {
    throw fail(at + 12, `${channels * bytes} bytes for ${channels} samples of ${bits} bits`, String(frame));
  }
  return { channels, sampleRate, bytes, encoding };
}

function readSamples(view: DataView, start: number, size: number, format: Format, fail: Fail): Tensor {
  const { channels, bytes, encoding } = format;
  const frame = channels * bytes;
  const length = Math.floor(size / frame);
  if (size % frame !== 0) throw fail(start + length * frame, `${frame} bytes a moment`, `${size % frame}`);
  const values = new Float32Array(channels * length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < length; i++) {
      values[channel * length + i] = encoding.read(view, start + i * frame + channel * bytes);
    }
  }
  return new Tensor(values, [channels, length], "float32");
}

/**
 * Write sound as a WAV file. Values beyond −1 … 1 are cut off, unless it stores floats.
 *
 * @param sound samples (channels, samples), or (samples) for one channel, and the sample rate in Hz
 * @param path  where to write, or nothing to get the bytes only
 * @returns the bytes
 * @throws {RangeError} for a number of bits that WAV does not have, a sample rate out of range, or NaN
 * @throws {ShapeError} for samples of another number of dimensions, or without a channel
 */
export function writeWav(sound: Sound, path?: string, options: WavOptions = {}): Uint8Array {
  const { samples, sampleRate } = sound;
  const { float = false, bits = float ? 32 : 16 } = options;
  const code = float ? FLOAT : PCM;
  const encoding = ENCODINGS[`${code}/${bits}`];
  if (!encoding) {
    throw rangeError("writeWav", float ? "32 or 64 bits" : "8, 16, 24 or 32 bits", String(bits));
  }
  if (!(Number.isInteger(sampleRate) && sampleRate > 0 && sampleRate < 2 ** 32)) {
    throw rangeError("writeWav", "sampleRate as a whole number of Hz above 0", String(sampleRate));
  }
  const [channels, length] = samples.ndim === 1 ? [1, samples.shape[0]] : samples.shape;
  if (samples.ndim === 0 || samples.ndim > 2 || channels < 1 || channels > 255) {
    throw new ShapeError(
      "writeWav",
      "(channels, samples) with 1 to 255 channels",
      formatShape(samples.shape),
    );
  }
  const size = bits / 8;
  const frame = channels * size;
  const bytes = new Uint8Array(44 + length * frame + ((length * frame) % 2));
  const view = viewOf(bytes);
  bytes.set(latin1Bytes("RIFF    WAVEfmt "));
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, code, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * frame, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, bits, true);
  bytes.set(latin1Bytes("data"), 36);
  view.setUint32(40, length * frame, true);
  samples.storage.forEach((value: number, i: number) => {
    if (Number.isNaN(value)) throw rangeError("writeWav", "samples as numbers", "NaN");
    const [channel, moment] = [Math.floor(i / length), i % length];
    encoding.write(view, 44 + moment * frame + channel * size, value);
  });
  return save(bytes, path);
}
