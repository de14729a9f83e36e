import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { data, Generator, io, tensor, Tensor, zeros } from "kernel-lib";
import { expect } from "vitest";
import { ascii, chunk, idat, ihdr, joined, png, wav, zip } from "./damage";

/*
 * Feed every reader with files that were sound and are spoiled: cut, with bits turned over, pieces moved, and numbers in
 * them replaced by others that lie. A reader must give a result or refuse with a SyntaxError that names a place, soon,
 * and without taking more memory than the file can justify.
 */

export interface Target {
  op: string;
  read(bytes: Uint8Array): unknown;
  /** Sound files to start from. */
  files: Uint8Array[];
}

const made = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`made/${name}`, import.meta.url)));
const ramp = tensor(Array.from({ length: 24 }, (_, i) => i)).reshape(2, 3, 4);
const wideSound = { samples: tensor([[0, 0.5, -1], [1, 0, 0.25]]), sampleRate: 8000 }; // prettier-ignore
const unpackedZip = merge(zip("folder/name"), zip("b", new Uint8Array(300)));

export const TARGETS: readonly Target[] = [
  { op: "readIdx", read: data.readIdx, files: [data.writeIdx(ramp), data.writeIdx(ramp.to("uint8"))] },
  { op: "readNpy", read: data.readNpy, files: ["float32", "big-endian", "fortran", "half", "int64"].map((name) => made(`${name}.npy`)) }, // prettier-ignore
  { op: "readNpz", read: data.readNpz, files: [made("stored.npz"), made("deflated.npz"), data.writeNpz({ a: ramp })] }, // prettier-ignore
  { op: "readZip", read: data.readZip, files: [unpackedZip, made("deflated.npz"), made("wide.zip")] },
  { op: "loadSafetensors", read: io.loadSafetensors, files: [io.saveSafetensors({ weight: ramp, bias: zeros(3) })] }, // prettier-ignore
  { op: "readWav", read: data.readWav, files: [wav, made("sound-24.wav"), data.writeWav(wideSound, undefined, { float: true })] }, // prettier-ignore
  { op: "readImage", read: data.readImage, files: ["interlaced", "palette-transparent", "grey-alpha", "sixteen-bits", "one-bit", "held-6"].map((name) => made(`${name}.png`)).concat([png(ihdr(2, 1), idat(0, 1, 2))]) }, // prettier-ignore
  { op: "readImage", read: data.readImage, files: ["baseline", "progressive", "subsampled", "grey-restarts", "grey-progressive", "held-6", "print-colours"].map((name) => made(`${name}.jpg`)) }, // prettier-ignore
  { op: "readSgf", read: data.readSgf, files: [ascii("(;FF[4]GM[1]SZ[9]AB[cc:dd][ee]AE[aa]C[a\\]b];B[ee];W[](;B[aa])(;B[tt];W[bb]))(;SZ[19:5];W[aa])"), ascii("(;CA[gbk]PB[\x82\x5d\xce\xe2]C[\x9d\x5c];B[aa])")] }, // prettier-ignore
  { op: "readCsv", read: (bytes) => data.readCsv(bytes), files: [ascii('Id,Category\r\n0,"bread, ""white"""\n1,\xe9\xa5\xad\n')] }, // prettier-ignore
  { op: "readCifar10", read: data.readCifar10, files: [new Uint8Array(2 * 3073)] },
  { op: "readCifar100", read: data.readCifar100, files: [new Uint8Array(3074)] },
];

/** Two archives of a file each as one, the second deflated. */
function merge(a: Uint8Array, b: Uint8Array): Uint8Array {
  const files = [...data.readZip(a), ...data.readZip(b)];
  const packed = files.map(([name, bytes], i) =>
    i === 0 ? zip(name, bytes) : zip(name, deflateRawSync(bytes)),
  );
  const directoryAt = packed.map((each) => new DataView(each.buffer).getUint32(each.length - 6, true));
  const entries = packed.map((each, i) => each.slice(directoryAt[i], -22));
  const view = new DataView(entries[1].buffer);
  view.setUint16(10, 8, true);
  view.setUint32(24, files[1][1].length, true);
  view.setUint32(16, new DataView(b.buffer).getUint32(14, true), true); // the checksum of what is unpacked
  view.setUint32(42, directoryAt[0], true);
  const directory = joined(...entries);
  const end = packed[0].slice(-22);
  new DataView(end.buffer).setUint16(10, 2, true);
  new DataView(end.buffer).setUint32(12, directory.length, true);
  new DataView(end.buffer).setUint32(16, directoryAt[0] + directoryAt[1], true);
  return joined(...packed.map((each, i) => each.slice(0, directoryAt[i])), directory, end);
}

/** Numbers that readers stumble over: none, one, and the ends of what fits in so many bytes, signed or not. */
const LIES = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn, 0x7fffffffn, 0x80000000n, 0xfffffffen, 0xffffffffn, 2n ** 63n, 2n ** 64n - 1n]; // prettier-ignore
const TEXT_LIES = ["0", "-1", "9", "65536", "4294967295", "99999999999999999999", "1e308", "null", "[", "(", '"', "\\"]; // prettier-ignore

/** A spoiled copy of a file. */
export function spoil(file: Uint8Array, generator: Generator): Uint8Array {
  let bytes: Uint8Array = file.slice();
  for (let times = 1 + generator.integer(3); times > 0; times--) bytes = spoilOnce(bytes, generator);
  // A checksum that does not fit is found out at once; half of the time, get past it.
  return generator.integer(2) === 0 ? withChecksums(bytes) : bytes;
}

function spoilOnce(bytes: Uint8Array, generator: Generator): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = generator.integer(bytes.length);
  const length = 1 + generator.integer(Math.min(40, bytes.length));
  const write = (values: ArrayLike<number>): Uint8Array => {
    const out = bytes.slice();
    for (let i = 0; i < values.length && at + i < out.length; i++) out[at + i] = values[i];
    return out;
  };
  switch (generator.integer(8)) {
    case 0: // cut behind
      return bytes.slice(0, at);
    case 1: // turn a bit over
      return write([bytes[at] ^ (1 << generator.integer(8))]);
    case 2: // another byte
      return write([generator.integer(256)]);
    case 3: // take a piece out
      return joined(bytes.slice(0, at), bytes.slice(at + length));
    case 4: // copy a piece to another place
      return joined(bytes.slice(0, at), bytes.slice(generator.integer(bytes.length)).slice(0, length), bytes.slice(at)); // prettier-ignore
    case 5: // repeat a piece many times
      return joined(bytes.slice(0, at), ...new Array<Uint8Array>(50).fill(bytes.slice(at, at + length)), bytes.slice(at)); // prettier-ignore
    case 6: { // a number of 1, 2, 4 or 8 bytes that lies
      const size = 1 << generator.integer(4);
      const lie = LIES[generator.integer(LIES.length)];
      const little = Array.from({ length: size }, (_, i) => Number((lie >> BigInt(8 * i)) & 255n));
      return write(generator.integer(2) === 0 ? little : little.reverse());
    } // prettier-ignore
    default: { // a number in text that lies
      const digits = [...Buffer.from(bytes).toString("latin1").matchAll(/\d+|["[(]/g)];
      if (digits.length === 0) return bytes.slice(at);
      const found = digits[generator.integer(digits.length)];
      const lie = ascii(TEXT_LIES[generator.integer(TEXT_LIES.length)]);
      return joined(bytes.slice(0, found.index), lie, bytes.slice(found.index + found[0].length));
    } // prettier-ignore
  }
}

/** A PNG with its checksums put right; other files as they are. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x89 || bytes[1] !== 0x50) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [bytes.slice(0, 8)];
  let at = 8;
  while (at + 12 <= bytes.length && at + 12 + view.getUint32(at) <= bytes.length) {
    const end = at + 8 + view.getUint32(at);
    parts.push(chunk(Buffer.from(bytes.slice(at + 4, at + 8)).toString("latin1"), bytes.slice(at + 8, end)));
    at = end + 4;
  }
  return joined(...parts, bytes.slice(at));
}

/** Long for files of a few hundred bytes, also where other programs keep the machine busy. */
const LONGEST_MS = 5000;
/** Bytes of result for each byte of file: deflate makes up to 1032, of which each can become a float32. */
const MOST_BYTES_A_BYTE = 4 * 2048;

/** Whether the file was read; anything but a result or a refusal in due form fails the test. */
export function readsOrRefuses({ op, read }: Target, bytes: Uint8Array): boolean {
  const start = performance.now();
  let result: unknown;
  try {
    result = read(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    const { message } = error as SyntaxError;
    const place = new RegExp(`^${op}: expected .+, got .* \\((.* in )?${bytes.length} bytes( unpacked)?, byte (\\d+)\\)$`, "s").exec(message); // prettier-ignore
    expect(Number(place?.[3]), message).toBeGreaterThanOrEqual(0);
    return false;
  } finally {
    expect(performance.now() - start).toBeLessThan(LONGEST_MS);
  }
  expect(bytesOf(result)).toBeLessThanOrEqual(MOST_BYTES_A_BYTE * bytes.length);
  return true;
}

/** Bytes in the tensors and arrays of a result. */
function bytesOf(result: unknown): number {
  if (result instanceof Tensor) return result.storage.byteLength;
  if (result instanceof Uint8Array) return result.byteLength;
  if (result instanceof Map) return bytesOf([...result.values()]);
  if (typeof result !== "object" || result === null) return 0;
  const values = Array.isArray(result) ? result : Object.values(result);
  return values.reduce((sum: number, value: unknown) => sum + bytesOf(value), 0);
}

/** Spoil each file of a target `times` times; returns how many were read all the same, and how many refused. */
export function fuzz(target: Target, times: number, seed: number): { read: number; refused: number } {
  const counts = { read: 0, refused: 0 };
  target.files.forEach((file, i) => {
    const generator = new Generator(seed + i);
    for (let time = 0; time < times; time++) {
      const bytes = spoil(file, generator);
      try {
        counts[readsOrRefuses(target, bytes) ? "read" : "refused"]++;
      } catch (error) {
        // the file itself, for the corpus
        const hex = Buffer.from(bytes.slice(0, 4096)).toString("hex");
        throw new Error(`${target.op}, file ${i}, seed ${seed + i}, time ${time}: ${hex}`, { cause: error });
      }
    }
  });
  return counts;
}
