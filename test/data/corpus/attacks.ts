import { gzipSync } from "node:zlib";
import { ascii, chunk, idat, ihdr, joined, jpeg, npy, patched, png, safetensors, sofAt, u32, wav, zip } from "../damage"; // prettier-ignore

// Files that hurt a reader once or are meant to: short ones that claim to be huge, deep ones, those that seem sound.
// What a walk through spoiled files finds (test/data/fuzz.ts prints it in hexadecimal) is added here.

interface Attack {
  name: string;
  op: string;
  file(): Uint8Array;
  refused: boolean;
}

const header = (shape: string, kind = "<f4"): string => `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape}), }`; // prettier-ignore

export const ATTACKS: readonly Attack[] = [
  { name: "IDX of 4 GB in 20 bytes", op: "readIdx", refused: true, file: () => joined([0, 0, 8, 2], u32(0xffffffff, false), u32(1, false), new Uint8Array(8)) }, // prettier-ignore
  { name: "IDX of nothing, but in many dimensions", op: "readIdx", refused: false, file: () => joined([0, 0, 8, 255], new Uint8Array(4 * 255)) }, // prettier-ignore
  { name: "IDX of infinitely many times nothing", op: "readIdx", refused: true, file: () => joined([0, 0, 8, 41], ...new Array<number[]>(40).fill(u32(0xffffffff)), u32(0)) }, // prettier-ignore
  { name: "gzip of gzip of 100 MB of zeros", op: "readIdx", refused: true, file: () => new Uint8Array(gzipSync(gzipSync(new Uint8Array(1e8)))) }, // prettier-ignore
  { name: "NumPy array of 10³⁰⁰ values", op: "readNpy", refused: true, file: () => npy(header(new Array(20).fill("999999999999999").join(", "))) }, // prettier-ignore
  { name: "NumPy array of infinitely many times no values", op: "readNpy", refused: true, file: () => npy(header(`${new Array(40).fill("999999999999999").join(", ")}, 0`)) }, // prettier-ignore
  { name: "NumPy header that a slow pattern would choke on", op: "readNpy", refused: true, file: () => npy(`{'shape': (${"1, ".repeat(20000)}`) }, // prettier-ignore
  { name: "NumPy array whose dtype is a word of JavaScript", op: "readNpy", refused: true, file: () => npy(header("", "<constructor")) }, // prettier-ignore
  { name: "safetensors whose dtype is a word of JavaScript", op: "loadSafetensors", refused: true, file: () => safetensors('{"a":{"dtype":"constructor","shape":[],"data_offsets":[0,0]}}') }, // prettier-ignore
  { name: "safetensors of brackets in brackets", op: "loadSafetensors", refused: true, file: () => safetensors("[".repeat(60000)) }, // prettier-ignore
  { name: "safetensors with a tensor called __proto__", op: "loadSafetensors", refused: false, file: () => safetensors('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [7]) }, // prettier-ignore
  { name: "ZIP of 4 GB in 100 bytes", op: "readZip", refused: true, file: () => patched(zip(), 60, 255, 255, 255, 255) }, // prettier-ignore
  ...["../a", "/a", "C:\\a", "a/../../b", "..\\a", "a\0b", ".."].map((name): Attack => ({ name: `ZIP with a file called ${JSON.stringify(name)}`, op: "readZip", refused: true, file: () => zip(name) })), // prettier-ignore
  { name: "WAV of 65,535 channels", op: "readWav", refused: true, file: () => patched(wav, 22, 255, 255) },
  { name: "WAV of a thousand empty chunks", op: "readWav", refused: true, file: () => joined(wav.slice(0, 36), ...new Array<Uint8Array>(1000).fill(ascii("JUNK\0\0\0\0"))) }, // prettier-ignore
  { name: "PNG of 16 GB in 60 bytes", op: "readImage", refused: true, file: () => png(ihdr(65535, 65535, 8, 6), idat(0)) }, // prettier-ignore
  { name: "PNG that unpacks to more than it says", op: "readImage", refused: true, file: () => png(ihdr(1, 1), idat(...new Array<number>(1e5).fill(0))) }, // prettier-ignore
  { name: "interlaced PNG that unpacks to more than it says", op: "readImage", refused: true, file: () => png(ihdr(1, 1, 8, 0, 0, 0, 1), idat(...new Array<number>(1e5).fill(0))) }, // prettier-ignore
  { name: "PNG with colours beyond its palette", op: "readImage", refused: true, file: () => png(ihdr(1, 1, 8, 3), chunk("PLTE", [1, 2, 3]), idat(0, 9)) }, // prettier-ignore
  { name: "PNG with a palette of half a colour", op: "readImage", refused: true, file: () => png(ihdr(1, 1, 8, 3), chunk("PLTE", [1, 2]), idat(0, 0)) }, // prettier-ignore
  { name: "PNG with a critical chunk that nobody knows", op: "readImage", refused: true, file: () => png(ihdr(1, 1), chunk("ABCD"), idat(0, 0)) }, // prettier-ignore
  { name: "JPEG of 65,535 × 65,535", op: "readImage", refused: true, file: () => patched(jpeg, sofAt + 5, 255, 255, 255, 255) }, // prettier-ignore
  { name: "JPEG that takes 33 KB for 33 megapixels", op: "readImage", refused: true, file: () => joined(jpeg.slice(0, 2), [0xff, 0xfe, 0x80, 0x00], new Uint8Array(0x7ffe), patched(jpeg, sofAt + 5, 0x16, 0x94, 0x16, 0x94).slice(2)) }, // prettier-ignore
  { name: "JPEG followed by something else", op: "readImage", refused: false, file: () => joined(jpeg, ascii("more")) }, // prettier-ignore
  { name: "SGF 100,000 variations deep", op: "readSgf", refused: true, file: () => ascii("(;".repeat(1e5)) },
  { name: "SGF of 100,000 variations side by side", op: "readSgf", refused: false, file: () => ascii(`(;${"(;)".repeat(1e5)})`) }, // prettier-ignore
  { name: "SGF of a million brackets that close", op: "readSgf", refused: true, file: () => ascii(`(;)${")".repeat(1e6)}`) }, // prettier-ignore
  { name: "SGF of a long way through backslashes", op: "readSgf", refused: true, file: () => ascii(`(;C[${"\\".repeat(1e6)}]`) }, // prettier-ignore
  { name: "CSV of a million quotes", op: "readCsv", refused: false, file: () => ascii('"'.repeat(1e6)) },
  {
    name: "CSV of a million empty fields",
    op: "readCsv",
    refused: false,
    file: () => ascii(",".repeat(1e6)),
  },
];
