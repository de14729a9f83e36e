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

const nested = "[".repeat(200_000) + "]".repeat(200_000);
const byte = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';

/** The archive of one file with a wide end record (ZIP64) that says these: files, length and place of the directory. */
function widely(words: readonly number[]): Uint8Array {
  const [archive, end] = [zip().slice(0, -22), zip().slice(-22)]; // 83 bytes, and the short end record
  const record = [
    ...ascii("PK\x06\x06"),
    ...u32(44),
    ...u32(0),
    45,
    0,
    45,
    0,
    ...u32(0),
    ...u32(0),
    ...u32(1),
    ...u32(0),
  ];
  const locator = [...ascii("PK\x06\x07"), ...u32(0), ...u32(archive.length), ...u32(0), ...u32(1)];
  return joined(
    archive,
    record,
    words.flatMap((word) => u32(word)),
    locator,
    end,
  );
}

export const ATTACKS: readonly Attack[] = [
  { name: "IDX of 4 GB in 20 bytes", op: "readIdx", refused: true, file: () => joined([0, 0, 8, 2], u32(0xffffffff, false), u32(1, false), new Uint8Array(8)) }, // prettier-ignore
  { name: "IDX of nothing, but in many dimensions", op: "readIdx", refused: false, file: () => joined([0, 0, 8, 255], new Uint8Array(4 * 255)) }, // prettier-ignore
  { name: "IDX of infinitely many times nothing", op: "readIdx", refused: true, file: () => joined([0, 0, 8, 41], ...new Array<number[]>(40).fill(u32(0xffffffff)), u32(0)) }, // prettier-ignore
  { name: "gzip of gzip of 100 MB of zeros", op: "readIdx", refused: true, file: () => new Uint8Array(gzipSync(gzipSync(new Uint8Array(1e8)))) }, // prettier-ignore
  { name: "NumPy array of 10³⁰⁰ values", op: "readNpy", refused: true, file: () => npy(header(new Array(20).fill("999999999999999").join(", "))) }, // prettier-ignore
  { name: "NumPy array of infinitely many times no values", op: "readNpy", refused: true, file: () => npy(header(`${new Array(40).fill("999999999999999").join(", ")}, 0`)) }, // prettier-ignore
  { name: "NumPy header that a slow pattern would choke on", op: "readNpy", refused: true, file: () => npy(`{'shape': (${"1, ".repeat(20000)}`) }, // prettier-ignore
  { name: "NumPy array whose dtype is a word of JavaScript", op: "readNpy", refused: true, file: () => npy(header("", "<constructor")) }, // prettier-ignore
  { name: "NumPy record whose field is called like the header's own entry", op: "readNpy", refused: true, file: () => npy(`{'descr': [("descr': '<f4'", '<f4')], 'fortran_order': False, 'shape': (2,), }`, new Array<number>(8).fill(0)) }, // prettier-ignore
  { name: "archive of arrays with a file whose name is none of an array", op: "readNpz", refused: true, file: () => zip("a", npy(header("0,"))) }, // prettier-ignore
  { name: "safetensors whose dtype is a word of JavaScript", op: "loadSafetensors", refused: true, file: () => safetensors('{"a":{"dtype":"constructor","shape":[],"data_offsets":[0,0]}}') }, // prettier-ignore
  { name: "safetensors of brackets in brackets", op: "loadSafetensors", refused: true, file: () => safetensors("[".repeat(60000)) }, // prettier-ignore
  { name: "safetensors with a tensor called __proto__", op: "loadSafetensors", refused: false, file: () => safetensors('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [7]) }, // prettier-ignore
  { name: "safetensors with a shape of brackets in brackets", op: "loadSafetensors", refused: true, file: () => safetensors(`{"a":{"dtype":"U8","shape":${nested},"data_offsets":[0,1]}}`, [7]) }, // prettier-ignore
  { name: "safetensors with places of brackets in brackets", op: "loadSafetensors", refused: true, file: () => safetensors(`{"a":{"dtype":"U8","shape":[1],"data_offsets":${nested}}}`, [7]) }, // prettier-ignore
  { name: "safetensors with notes of brackets in brackets", op: "loadSafetensors", refused: true, file: () => safetensors(`{"__metadata__":${nested}}`) }, // prettier-ignore
  { name: "safetensors with two tensors of one name in one place", op: "loadSafetensors", refused: true, file: () => safetensors(`{"a":${byte},"a":${byte}}`, [7]) }, // prettier-ignore
  { name: "safetensors whose header is as long as gzip's mark", op: "loadSafetensors", refused: false, file: () => safetensors("{}".padEnd(0x8b1f)) }, // prettier-ignore
  { name: "ZIP of 4 GB in 100 bytes", op: "readZip", refused: true, file: () => patched(zip(), 60, 255, 255, 255, 255) }, // prettier-ignore
  { name: "ZIP of 2⁶⁴ files", op: "readZip", refused: true, file: () => widely([2 ** 32 - 1, 2 ** 32 - 1, 46, 0, 36, 0]) }, // prettier-ignore
  { name: "ZIP whose directory is 2⁶⁴ bytes long", op: "readZip", refused: true, file: () => widely([1, 0, 2 ** 32 - 1, 2 ** 32 - 1, 36, 0]) }, // prettier-ignore
  { name: "ZIP whose wide end record is in order", op: "readZip", refused: false, file: () => widely([1, 0, 47, 0, 36, 0]) }, // prettier-ignore
  ...["../a", "/a", "C:\\a", "a/../../b", "..\\a", "a\0b", ".."].map((name): Attack => ({ name: `ZIP with a file called ${JSON.stringify(name)}`, op: "readZip", refused: true, file: () => zip(name) })), // prettier-ignore
  { name: "WAV of 65,535 channels", op: "readWav", refused: true, file: () => patched(wav, 22, 255, 255) },
  { name: "WAV to the end of the file, in the middle of a moment", op: "readWav", refused: true, file: () => patched(wav, 40, 255, 255, 255, 255).slice(0, -1) }, // prettier-ignore
  { name: "WAV of a thousand empty chunks", op: "readWav", refused: true, file: () => joined(wav.slice(0, 36), ...new Array<Uint8Array>(1000).fill(ascii("JUNK\0\0\0\0"))) }, // prettier-ignore
  { name: "PNG of 16 GB in 60 bytes", op: "readImage", refused: true, file: () => png(ihdr(65535, 65535, 8, 6), idat(0)) }, // prettier-ignore
  { name: "PNG that unpacks to more than it says", op: "readImage", refused: true, file: () => png(ihdr(1, 1), idat(...new Array<number>(1e5).fill(0))) }, // prettier-ignore
  { name: "interlaced PNG that unpacks to more than it says", op: "readImage", refused: true, file: () => png(ihdr(1, 1, 8, 0, 0, 0, 1), idat(...new Array<number>(1e5).fill(0))) }, // prettier-ignore
  { name: "PNG with colours beyond its palette", op: "readImage", refused: true, file: () => png(ihdr(1, 1, 8, 3), chunk("PLTE", [1, 2, 3]), idat(0, 9)) }, // prettier-ignore
  { name: "PNG with half a colour that stands for none", op: "readImage", refused: true, file: () => png(ihdr(1, 1), chunk("tRNS", [1]), idat(0, 0)) }, // prettier-ignore
  { name: "PNG followed by something else", op: "readImage", refused: false, file: () => joined(png(ihdr(1, 1), idat(0, 0)), ascii("more")) }, // prettier-ignore
  { name: "PNG whose camera notes go on for ever", op: "readImage", refused: false, file: () => png(ihdr(1, 1), chunk("eXIf", [...ascii("II*\0\x08\0\0\0\xff\xff"), ...new Array<number>(50).fill(9)]), idat(0, 0)) }, // prettier-ignore
  { name: "PNG with a palette of half a colour", op: "readImage", refused: true, file: () => png(ihdr(1, 1, 8, 3), chunk("PLTE", [1, 2]), idat(0, 0)) }, // prettier-ignore
  { name: "PNG with a critical chunk that nobody knows", op: "readImage", refused: true, file: () => png(ihdr(1, 1), chunk("ABCD"), idat(0, 0)) }, // prettier-ignore
  { name: "JPEG of 65,535 × 65,535", op: "readImage", refused: true, file: () => patched(jpeg, sofAt + 5, 255, 255, 255, 255) }, // prettier-ignore
  { name: "JPEG that takes 33 KB for 33 megapixels", op: "readImage", refused: true, file: () => joined(jpeg.slice(0, 2), [0xff, 0xfe, 0x80, 0x00], new Uint8Array(0x7ffe), patched(jpeg, sofAt + 5, 0x16, 0x94, 0x16, 0x94).slice(2)) }, // prettier-ignore
  { name: "JPEG followed by something else", op: "readImage", refused: false, file: () => joined(jpeg, ascii("more")) }, // prettier-ignore
  { name: "SGF 100,000 variations deep", op: "readSgf", refused: true, file: () => ascii("(;".repeat(1e5)) },
  { name: "SGF of 100,000 variations side by side", op: "readSgf", refused: false, file: () => ascii(`(;${"(;)".repeat(1e5)})`) }, // prettier-ignore
  { name: "SGF of a million brackets that close", op: "readSgf", refused: true, file: () => ascii(`(;)${")".repeat(1e6)}`) }, // prettier-ignore
  { name: "SGF of a long way through backslashes", op: "readSgf", refused: true, file: () => ascii(`(;C[${"\\".repeat(1e6)}]`) }, // prettier-ignore
  { name: "SGF in GBK with a bracket in a character", op: "readSgf", refused: false, file: () => ascii("(;CA[gbk]PB[\x82\x5d])") }, // prettier-ignore
  { name: "SGF in an encoding that has no brackets", op: "readSgf", refused: false, file: () => ascii("(;CA[UTF-16]PB[a])") }, // prettier-ignore
  { name: "SGF with a rectangle of three corners", op: "readSgf", refused: true, file: () => ascii("(;AB[aa:bb:cc])") }, // prettier-ignore
  { name: "CSV of a million quotes", op: "readCsv", refused: false, file: () => ascii('"'.repeat(1e6)) },
  {
    name: "CSV of a million empty fields",
    op: "readCsv",
    refused: false,
    file: () => ascii(",".repeat(1e6)),
  },
];
