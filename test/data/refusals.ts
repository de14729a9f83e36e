import { deflateRawSync } from "node:zlib";
import { data, full, io, ShapeError, tensor, zeros, type Tensor } from "kernel-lib";
import { ascii, chunk, idat, ihdr, joined, jpeg, npy, patched, png, safetensors, sofAt, sosAt, u32, wav, zip } from "./damage"; // prettier-ignore

// Every sentence that a reader, a writer or a transform refuses something with, for test/errors.test.ts.

type Kind = typeof ShapeError | RangeErrorConstructor | TypeErrorConstructor | SyntaxErrorConstructor;

const { transforms } = data;
const any = (value: unknown): never => value as never;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const images = (...shape: number[]): Tensor => zeros(shape);

const png8 = png(ihdr(1, 1), idat(0, 9));
const manyScans = new Array<Uint8Array>(100).fill(jpeg.slice(sosAt, -2));

/** One archive of several that hold one file each. */
function merged(...archives: Uint8Array[]): Uint8Array {
  const directoryAt = (archive: Uint8Array): number =>
    new DataView(archive.buffer).getUint32(archive.length - 6, true);
  let offset = 0;
  const entries = archives.map((archive) => {
    const place = u32(offset);
    offset += directoryAt(archive);
    return patched(archive.slice(directoryAt(archive), -22), 42, ...place);
  });
  const files = archives.map((archive) => archive.slice(0, directoryAt(archive)));
  const directory = joined(...entries);
  const end = [0, 0, 0, 0, 0, 0, archives.length, 0, ...u32(directory.length), ...u32(offset), 0, 0];
  return joined(...files, directory, ascii("PK\x05\x06"), end);
}

/** An archive of one file that is deflated, and `size` bytes long if its directory is to be believed. */
function deflated(name: string, packed: Uint8Array, size: number): Uint8Array {
  const archive = zip(name, packed);
  const entry = archive.length - 22 - 46 - name.length;
  return patched(patched(archive, entry + 10, 8), entry + 24, ...u32(size));
}

const two = (first: string, second: string): Uint8Array => merged(zip(first), zip(second));
const pictures = merged(zip("0_a.png", png8), zip("1_b.png", png(ihdr(2, 1), idat(0, 1, 2))));

/** What is called, how, the kind of error, and its words. */
export const readerRows: readonly (readonly [
  call: string,
  run: () => unknown,
  kind: Kind,
  message: string,
])[] = [
  ["readIdx of sizes without end", () => data.readIdx(joined([0, 0, 8, 2], u32(0xffffffff), u32(0xffffffff), u32(0))), SyntaxError, "readIdx: expected sizes that a file can have, got 4294967295 × 4294967295 (16 bytes, byte 4)"], // prettier-ignore
  ["readCifar10 of nothing", () => data.readCifar10(bytes()), SyntaxError, "readCifar10: expected records of 3073 bytes, got 0 bytes (0 bytes, byte 0)"], // prettier-ignore
  ["readCifar10 of a cut record", () => data.readCifar10(new Uint8Array(3075)), SyntaxError, "readCifar10: expected records of 3073 bytes, got 2 bytes (3075 bytes, byte 3073)"], // prettier-ignore
  ["readCifar10 of a label too high", () => data.readCifar10(patched(new Uint8Array(6146), 3073, 10)), SyntaxError, "readCifar10: expected a label from 0 to 9, got 10 (6146 bytes, byte 3073)"], // prettier-ignore
  ["readCifar100 of a label too high", () => data.readCifar100(patched(new Uint8Array(3074), 1, 100)), SyntaxError, "readCifar100: expected a label from 0 to 99, got 100 (3074 bytes, byte 1)"], // prettier-ignore
  ["writeCifar10 of small images", () => data.writeCifar10({ images: zeros(1, 3, 8, 8), labels: zeros(1) }), ShapeError, "writeCifar10: expected images (N, 3, 32, 32), got (1, 3, 8, 8)"], // prettier-ignore
  ["writeCifar10 of labels too few", () => data.writeCifar10({ images: zeros(2, 3, 32, 32), labels: zeros(1) }), ShapeError, "writeCifar10: expected 2 labels, got (1,)"], // prettier-ignore
  ["writeCifar10 of a label too high", () => data.writeCifar10({ images: zeros(1, 3, 32, 32), labels: full([1], 10) }), RangeError, "writeCifar10: expected labels as whole numbers from 0 to 9, got 10"], // prettier-ignore
  ["writeCifar10 of half a grey level", () => data.writeCifar10({ images: full([1, 3, 32, 32], 0.5), labels: zeros(1) }), RangeError, "writeCifar10: expected pixels as whole numbers from 0 to 255, got 0.5"], // prettier-ignore
  ["readNpy of another file", () => data.readNpy(ascii("PK\x03\x04 and so on")), SyntaxError, "readNpy: expected the bytes 0x93 \"NUMPY\", got \"PK\\u0003\\u0004 a\" (14 bytes, byte 0)"], // prettier-ignore
  ["readNpy of ten bytes too few", () => data.readNpy(ascii("\x93NUMPY\x01\x00")), SyntaxError, "readNpy: expected a version and a header length, got 8 bytes (8 bytes, byte 8)"], // prettier-ignore
  ["readNpy of version 9", () => data.readNpy(ascii("\x93NUMPY\x09\x00\x00\x00\x00\x00")), SyntaxError, "readNpy: expected version 1, 2 or 3, got 9 (12 bytes, byte 6)"], // prettier-ignore
  ["readNpy of a header of 4 GB", () => data.readNpy(ascii("\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'")), SyntaxError, "readNpy: expected a header that ends at byte 4294967307, got 20 bytes (20 bytes, byte 20)"], // prettier-ignore
  ["readNpy without a shape", () => data.readNpy(npy("{'descr': '<f4', 'fortran_order': False}")), SyntaxError, "readNpy: expected a header with 'shape': (…), got \"{'descr': '<f4', 'fortran_order': False}\" (50 bytes, byte 10)"], // prettier-ignore
  ["readNpy without a dtype", () => data.readNpy(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}")), SyntaxError, "readNpy: expected a header with 'descr': '…', got \"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}\" (72 bytes, byte 10)"], // prettier-ignore
  ["readNpy without an order", () => data.readNpy(npy("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}")), SyntaxError, "readNpy: expected a header with 'fortran_order': True or False, got \"{'descr': '<f4', 'fortran_order': 0, 'shape': ()}\" (59 bytes, byte 10)"], // prettier-ignore
  ["readNpy of complex numbers", () => data.readNpy(npy("{'descr': '<c8', 'fortran_order': False, 'shape': ()}")), SyntaxError, "readNpy: expected numbers (b1, u1 … u8, i1 … i8, f2, f4 or f8), got \"<c8\" (63 bytes, byte 10)"], // prettier-ignore
  ["readNpy of objects", () => data.readNpy(npy("{'descr': '|O', 'fortran_order': False, 'shape': ()}")), SyntaxError, "readNpy: expected numbers (b1, u1 … u8, i1 … i8, f2, f4 or f8), got \"|O\" (62 bytes, byte 10)"], // prettier-ignore
  ["readNpy of sizes without end", () => data.readNpy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}")), SyntaxError, "readNpy: expected at most 64 sizes below 2⁵³, got (99999999999999999999,) (84 bytes, byte 10)"], // prettier-ignore
  ["readNpy of a cut body", () => data.readNpy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2)}", [1, 2])), SyntaxError, "readNpy: expected 91 bytes for shape (3, 2) of <f4, got 69 (69 bytes, byte 69)"], // prettier-ignore
  ["readNpy of 2⁴⁰", () => data.readNpy(npy("{'descr': '<i8', 'fortran_order': False, 'shape': ()}", [0, 0, 0, 0, 0, 1, 0, 0])), SyntaxError, "readNpy: expected whole numbers that int32 can hold, got 1099511627776 (71 bytes, byte 63)"], // prettier-ignore
  ["readNpz of a damaged array", () => data.readNpz(zip("a.npy")), SyntaxError, "readNpz: expected the bytes 0x93 \"NUMPY\", got \"hello\" (a.npy in 113 bytes, byte 0)"], // prettier-ignore
  ["writeNpz of a name that leads out", () => data.writeNpz({ "../a": zeros(1) }), RangeError, "writeNpz: expected names that make good file names, got \"../a\""], // prettier-ignore
  ["loadSafetensors of 3 bytes", () => io.loadSafetensors(bytes(1, 2, 3)), SyntaxError, "loadSafetensors: expected 8 bytes with the header's length, got 3 (3 bytes, byte 3)"], // prettier-ignore
  ["loadSafetensors of a header of 4 GB", () => io.loadSafetensors(joined(u32(0xffffffff), u32(0), ascii("{}"))), SyntaxError, "loadSafetensors: expected a header of at most 2 bytes, got 4294967295 (10 bytes, byte 0)"], // prettier-ignore
  ["loadSafetensors without JSON", () => io.loadSafetensors(safetensors("{a}")), SyntaxError, "loadSafetensors: expected a header in JSON, got \"{a}\" (11 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors of bytes that are no text", () => io.loadSafetensors(patched(safetensors("{}"), 8, 0xff)), SyntaxError, "loadSafetensors: expected UTF-8 text, got 0xff (10 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors of a list", () => io.loadSafetensors(safetensors("[]")), SyntaxError, "loadSafetensors: expected a header with names, got [] (10 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors of an unknown dtype", () => io.loadSafetensors(safetensors('{"x":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', [0])), SyntaxError, "loadSafetensors: expected a dtype of \"x\" among BOOL, U8, I8, U16, I16, U32, I32, U64, I64, F16, BF16, F32, F64, got \"F8_E4M3\" (67 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors of a tensor that is a number", () => io.loadSafetensors(safetensors('{"x":5}')), SyntaxError, "loadSafetensors: expected a dtype of \"x\" among BOOL, U8, I8, U16, I16, U32, I32, U64, I64, F16, BF16, F32, F64, got undefined (15 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors of a shape below 0", () => io.loadSafetensors(safetensors('{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}')), SyntaxError, "loadSafetensors: expected a shape of \"x\" in whole numbers, got [-1] (63 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors of places that do not fit", () => io.loadSafetensors(safetensors('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,5]}}')), SyntaxError, "loadSafetensors: expected data_offsets of \"x\" that are 4 bytes apart, got [0,5] (62 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors of brackets in a shape", () => io.loadSafetensors(safetensors('{"x":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}', [1])), SyntaxError, "loadSafetensors: expected a shape of \"x\" in whole numbers, got an array of 1 (64 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors with a name twice", () => io.loadSafetensors(safetensors('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}', [1])), SyntaxError, "loadSafetensors: expected each name once, got 2 names, 1 of them different (114 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors with numbers as notes", () => io.loadSafetensors(safetensors('{"__metadata__":{"epoch":5}}')), SyntaxError, "loadSafetensors: expected __metadata__ with text by name, got a plain object (36 bytes, byte 8)"], // prettier-ignore
  ["loadSafetensors with a gap", () => io.loadSafetensors(safetensors('{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', [1, 2])), SyntaxError, "loadSafetensors: expected values of \"x\" from 0 on, got from 1 on (63 bytes, byte 61)"], // prettier-ignore
  ["loadSafetensors of a cut body", () => io.loadSafetensors(safetensors('{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', [1])), SyntaxError, "loadSafetensors: expected 63 bytes, got 62 (62 bytes, byte 62)"], // prettier-ignore
  ["loadSafetensors of 2³¹", () => io.loadSafetensors(safetensors('{"x":{"dtype":"U32","shape":[],"data_offsets":[0,4]}}', [0, 0, 0, 128])), SyntaxError, "loadSafetensors: expected whole numbers that int32 can hold, got 2147483648 (65 bytes, byte 61)"], // prettier-ignore
  ["saveSafetensors of a tensor named as notes", () => io.saveSafetensors({ __metadata__: zeros(1) }), RangeError, "saveSafetensors: expected names other than __metadata__, got it;\nnotes go into metadata"], // prettier-ignore
  ["readZip of no archive", () => data.readZip(ascii("hello")), SyntaxError, "readZip: expected the end record of a ZIP archive, got 5 bytes (5 bytes, byte 5)"], // prettier-ignore
  ["readZip of one part of several", () => data.readZip(patched(zip(), 87, 1)), SyntaxError, "readZip: expected an archive in one part, got part 2 (105 bytes, byte 87)"], // prettier-ignore
  ["readZip with a directory too large", () => data.readZip(patched(zip(), 95, 0xff, 0xff, 0xff, 0xff)), SyntaxError, "readZip: expected a directory that ends before byte 83, got 4294967295 bytes from byte 36 on (105 bytes, byte 95)"], // prettier-ignore
  ["readZip with entries too many", () => data.readZip(patched(zip(), 93, 2)), SyntaxError, "readZip: expected entry 2 of 2 in the directory, got 0 bytes of something else (105 bytes, byte 83)"], // prettier-ignore
  ["readZip with an entry too long", () => data.readZip(patched(zip(), 66, 2)), SyntaxError, "readZip: expected an entry within the directory, got a longer one (105 bytes, byte 36)"], // prettier-ignore
  ["readZip with a name twice", () => data.readZip(two("a", "a")), SyntaxError, "readZip: expected each name once, got \"a\" twice (188 bytes, byte 166)"], // prettier-ignore
  ["readZip of entries that overlap", () => data.readZip(patched(two("a", "b"), 92, ...u32(10), ...u32(10))), SyntaxError, "readZip: expected entries that lie apart, got two that overlap (188 bytes, byte 36)"], // prettier-ignore
  ["readZip of a gigabyte and a bit", () => data.readZip(merged(deflated("a", new Uint8Array(7e5), 7e8), deflated("b", new Uint8Array(7e5), 7e8))), SyntaxError, "readZip: expected at most 1073741824 bytes when unpacked, got 1400000000 up to this entry (1400178 bytes, byte 1400156)"], // prettier-ignore
  ["readZip of an encrypted file", () => data.readZip(patched(zip(), 44, 1)), SyntaxError, "readZip: expected files without a password, got \"a\" encrypted (105 bytes, byte 44)"], // prettier-ignore
  ["readZip of another packing", () => data.readZip(patched(zip(), 46, 12)), SyntaxError, "readZip: expected files stored or deflated, got method 12 (105 bytes, byte 46)"], // prettier-ignore
  ["readZip of a name that leads out", () => data.readZip(zip("../a")), SyntaxError, "readZip: expected names that stay in their folder, got \"../a\" (111 bytes, byte 85)"], // prettier-ignore
  ["readZip of a size beyond any packing", () => data.readZip(deflated("a", ascii("hello"), 0xffffffff)), SyntaxError, "readZip: expected a size that 5 packed bytes can have, got 4294967295 (105 bytes, byte 60)"], // prettier-ignore
  ["readZip without an entry's own header", () => data.readZip(patched(zip(), 78, 9)), SyntaxError, "readZip: expected the place of an entry's own header, got byte 9 (105 bytes, byte 78)"], // prettier-ignore
  ["readZip of an entry that goes on too long", () => data.readZip(patched(zip(), 28, 255)), SyntaxError, "readZip: expected an entry that ends at byte 291, got 105 bytes (105 bytes, byte 0)"], // prettier-ignore
  ["readZip of two names for one entry", () => data.readZip(patched(zip(), 30, 98)), SyntaxError, "readZip: expected the name \"a\", got \"b\" (105 bytes, byte 30)"], // prettier-ignore
  ["readZip of damaged packing", () => data.readZip(deflated("a", ascii("hello"), 9)), SyntaxError, "readZip: expected \"a\" as 9 deflated bytes, got invalid stored block lengths (105 bytes, byte 31)"], // prettier-ignore
  ["readZip of a deflate stream too short", () => data.readZip(deflated("a", new Uint8Array(deflateRawSync(ascii("hell"))), 5)), SyntaxError, "readZip: expected 5 bytes in \"a\", got 4 (106 bytes, byte 31)"], // prettier-ignore
  ["readZip of other bytes", () => data.readZip(patched(zip(), 31, 72)), SyntaxError, "readZip: expected bytes that fit their checksum, got others (105 bytes, byte 31)"], // prettier-ignore
  ["readNpz of a file that is no array", () => data.readNpz(zip("a.txt")), SyntaxError, "readNpz: expected files called ….npy, got \"a.txt\" (113 bytes, byte 0)"], // prettier-ignore
  ["writeNpz of too many tensors", () => data.writeNpz(Object.fromEntries(Array.from({ length: 65536 }, (_, i) => [i, zeros(1)]))), RangeError, "writeNpz: expected at most 65535 tensors, got 65536"], // prettier-ignore
  ["readCsv with a long delimiter", () => data.readCsv(ascii(""), { delimiter: "::" }), RangeError, "readCsv: expected one character as delimiter, such as , ; or a tab, got \"::\""], // prettier-ignore
  ["readCsv of more than text can be", () => data.readCsv(new Uint8Array(2 ** 28 + 1)), SyntaxError, "readCsv: expected at most 268435456 bytes of text, got 268435457 (268435457 bytes, byte 268435456)"], // prettier-ignore
  ["readCsv of four million lines", () => data.readCsv(Buffer.alloc(8e6, "1\n")), SyntaxError, "readCsv: expected at most 67108864 fields, counting 16 more for each line, got more (8000000 bytes, byte 7895161)"], // prettier-ignore
  ["readCsv of bytes that are no text", () => data.readCsv(joined(ascii("a,b\n1,"), [0xff, 0x32])), SyntaxError, "readCsv: expected UTF-8 text, got 0xff (8 bytes, byte 6)"], // prettier-ignore
  ["readCsv of text that is cut", () => data.readCsv(bytes(0x61, 0xe9, 0x9d)), SyntaxError, "readCsv: expected UTF-8 text, got a character cut short (3 bytes, byte 3)"], // prettier-ignore
  ["readCsv with a quote left open", () => data.readCsv(ascii('a,b\n1,"2')), SyntaxError, "readCsv: expected a closing quote, got the end of the file (8 bytes, byte 6)"], // prettier-ignore
  ["readCsv with text behind a quote", () => data.readCsv(ascii('a,b\n"1"2,3')), SyntaxError, "readCsv: expected a delimiter or a line end behind a closing quote, got \"2\" (10 bytes, byte 7)"], // prettier-ignore
  ["readCsv with a field too many", () => data.readCsv(ascii("a,b\n1,2,3\n")), SyntaxError, "readCsv: expected 2 fields, as in the first line, got 3 (10 bytes, byte 4)"], // prettier-ignore
  ["writeCsv of rows of different length", () => data.writeCsv({ columns: ["a", "b"], rows: [["1"]] }), RangeError, "writeCsv: expected 2 fields in every row, got 1"], // prettier-ignore
  ["writeCsv of a row of nothing", () => data.writeCsv({ columns: [], rows: [[]] }), RangeError, "writeCsv: expected 1 fields in every row, got 0"], // prettier-ignore
  ["readSgf of nothing", () => data.readSgf(ascii("hello")), SyntaxError, "readSgf: expected a game that starts with \"(\", got none (5 bytes, byte 5)"], // prettier-ignore
  ["readSgf without a node", () => data.readSgf(ascii("(B[aa])")), SyntaxError, "readSgf: expected a node, \";\", behind \"(\", got \"B\" (7 bytes, byte 1)"], // prettier-ignore
  ["readSgf left open", () => data.readSgf(ascii("(;B[aa](;W[bb])")), SyntaxError, "readSgf: expected 1 more \")\", got the end of the file (15 bytes, byte 15)"], // prettier-ignore
  ["readSgf of a bracket alone", () => data.readSgf(ascii("(")), SyntaxError, "readSgf: expected a node, \";\", behind \"(\", got the end of the file (1 bytes, byte 1)"], // prettier-ignore
  ["readSgf of a node alone", () => data.readSgf(ascii("(;")), SyntaxError, "readSgf: expected 1 more \")\", got the end of the file (2 bytes, byte 2)"], // prettier-ignore
  ["readSgf of a name alone", () => data.readSgf(ascii("(;AB")), SyntaxError, "readSgf: expected a value in brackets for AB, got the end of the file (4 bytes, byte 4)"], // prettier-ignore
  ["readSgf closed twice", () => data.readSgf(ascii("(;B[aa]));(")), SyntaxError, "readSgf: expected as many \"(\" as \")\", got one more (11 bytes, byte 8)"], // prettier-ignore
  ["readSgf of something in between", () => data.readSgf(ascii("(;B[aa]]")), SyntaxError, "readSgf: expected \"(\", \")\" or \";\", got \"]\" (8 bytes, byte 7)"], // prettier-ignore
  ["readSgf of a value left open", () => data.readSgf(ascii("(;C[a\\])")), SyntaxError, "readSgf: expected a \"]\" for this \"[\", got the end of the file (8 bytes, byte 3)"], // prettier-ignore
  ["readSgf of a property without a value", () => data.readSgf(ascii("(;B ;W[aa])")), SyntaxError, "readSgf: expected a value in brackets for B, got \";\" (11 bytes, byte 4)"], // prettier-ignore
  ["readSgf of a property in small letters", () => data.readSgf(ascii("(;black[aa])")), SyntaxError, "readSgf: expected a property in capitals, got \"black[aa])\" (12 bytes, byte 2)"], // prettier-ignore
  ["readSgf of variations without end", () => data.readSgf(ascii("(;".repeat(6000))), SyntaxError, "readSgf: expected at most 5000 positions in a row, got more (12000 bytes, byte 10001)"], // prettier-ignore
  ["readSgf of a board too large", () => data.readSgf(ascii("(;SZ[53])")), SyntaxError, "readSgf: expected a board size SZ from 1 to 52, got \"53\" (9 bytes, byte 1)"], // prettier-ignore
  ["readSgf of a board that is no number", () => data.readSgf(ascii("(;SZ[nine])")), SyntaxError, "readSgf: expected a board size SZ from 1 to 52, got \"nine\" (11 bytes, byte 1)"], // prettier-ignore
  ["readSgf of a point outside", () => data.readSgf(ascii("(;SZ[9];B[jj])")), SyntaxError, "readSgf: expected a point of two letters on a board of 9 × 9, got \"jj\" (14 bytes, byte 7)"], // prettier-ignore
  ["readSgf of two moves at once", () => data.readSgf(ascii("(;B[aa][bb])")), SyntaxError, "readSgf: expected one point for B, got 2 (12 bytes, byte 1)"], // prettier-ignore
  ["readSgf of stones without end", () => data.readSgf(ascii(`(;SZ[52]AB${"[aa:ZZ]".repeat(400)})`)), SyntaxError, "readSgf: expected at most 1,000,000 stones of setup in a file, got more (2811 bytes, byte 1)"], // prettier-ignore
  ["readSgf of a rectangle of three corners", () => data.readSgf(ascii("(;AB[aa:bb:cc])")), SyntaxError, "readSgf: expected a point of two letters on a board of 19 × 19, got \"bb:cc\" (15 bytes, byte 1)"], // prettier-ignore
  ["readSgf of two million positions", () => data.readSgf(Buffer.alloc(6_000_003, "(;)")), SyntaxError, "readSgf: expected at most 2000000 positions and properties in a file, got more (6000003 bytes, byte 6000002)"], // prettier-ignore
  ["writeSgf of a property in small letters", () => data.writeSgf([{ root: { properties: { b: ["aa"] }, children: [] } }]), RangeError, "writeSgf: expected properties in capitals, got \"b\""], // prettier-ignore
  ["writeSgf of a property without a value", () => data.writeSgf([{ root: { properties: { B: [] }, children: [] } }]), RangeError, "writeSgf: expected at least one value for B, got none"], // prettier-ignore
  ["readWav of 3 bytes", () => data.readWav(bytes(0x52, 0x49, 0x46)), SyntaxError, "readWav: expected at least 12 bytes of header, got 3 (3 bytes, byte 3)"], // prettier-ignore
  ["readWav of big-endian sound", () => data.readWav(patched(wav, 3, 0x58)), SyntaxError, "readWav: expected \"RIFF\", got \"RIFX\" (52 bytes, byte 0)"], // prettier-ignore
  ["readWav of a film", () => data.readWav(patched(wav, 8, ...ascii("AVI "))), SyntaxError, "readWav: expected \"WAVE\", got \"AVI \" (52 bytes, byte 8)"], // prettier-ignore
  ["readWav without a format", () => data.readWav(wav.slice(0, 12)), SyntaxError, "readWav: expected a \"fmt \" chunk, got the end of the file (12 bytes, byte 12)"], // prettier-ignore
  ["readWav without samples", () => data.readWav(wav.slice(0, 36)), SyntaxError, "readWav: expected a \"data\" chunk, got the end of the file (36 bytes, byte 36)"], // prettier-ignore
  ["readWav of a chunk of 4 GB", () => data.readWav(patched(wav, 40, 254, 255, 255, 255)), SyntaxError, "readWav: expected 4294967294 bytes in the \"data\" chunk, got 8 to the end of the file (52 bytes, byte 40)"], // prettier-ignore
  ["readWav of samples before their format", () => data.readWav(patched(wav, 12, ...ascii("data"))), SyntaxError, "readWav: expected a \"fmt \" chunk before the samples, got \"data\" (52 bytes, byte 12)"], // prettier-ignore
  ["readWav of a short format", () => data.readWav(patched(wav, 16, 8)), SyntaxError, "readWav: expected at least 16 bytes in the \"fmt \" chunk, got 8 (52 bytes, byte 20)"], // prettier-ignore
  ["readWav of a short extended format", () => data.readWav(patched(wav, 20, 0xfe, 0xff)), SyntaxError, "readWav: expected 26 bytes of an extended format, got 16 (52 bytes, byte 20)"], // prettier-ignore
  ["readWav of samples in µ-law", () => data.readWav(patched(wav, 20, 7)), SyntaxError, "readWav: expected samples of 8, 16, 24 or 32 bits, or floats of 32 or 64, got code 7 with 16 bits (52 bytes, byte 20)"], // prettier-ignore
  ["readWav of no channel", () => data.readWav(patched(wav, 22, 0)), SyntaxError, "readWav: expected at least one channel, got 0 (52 bytes, byte 22)"], // prettier-ignore
  ["readWav at 0 Hz", () => data.readWav(patched(wav, 24, 0, 0)), SyntaxError, "readWav: expected a sample rate above 0 Hz, got 0 (52 bytes, byte 24)"], // prettier-ignore
  ["readWav of samples that do not add up", () => data.readWav(patched(wav, 32, 3)), SyntaxError, "readWav: expected 4 bytes for 2 samples of 16 bits, got 3 (52 bytes, byte 32)"], // prettier-ignore
  ["readWav of half a moment", () => data.readWav(patched(wav, 40, 6)), SyntaxError, "readWav: expected 4 bytes a moment, got 2 (52 bytes, byte 48)"], // prettier-ignore
  ["readWav at half a Hz", () => data.readWav(wav, { sampleRate: 0.5 }), RangeError, "readWav: expected sampleRate as a whole number of Hz above 0, got 0.5"], // prettier-ignore
  ["readWav at too many Hz", () => data.readWav(wav, { sampleRate: 1e15 }), RangeError, "readWav: expected at most 2²⁸ samples at the new rate, got 500000000000"], // prettier-ignore
  ["writeWav of 12 bits", () => data.writeWav({ samples: zeros(1, 1), sampleRate: 1 }, undefined, { bits: 12 }), RangeError, "writeWav: expected 8, 16, 24 or 32 bits, got 12"], // prettier-ignore
  ["writeWav of floats of 16 bits", () => data.writeWav({ samples: zeros(1, 1), sampleRate: 1 }, undefined, { float: true, bits: 16 }), RangeError, "writeWav: expected 32 or 64 bits, got 16"], // prettier-ignore
  ["writeWav at 0 Hz", () => data.writeWav({ samples: zeros(1, 1), sampleRate: 0 }), RangeError, "writeWav: expected sampleRate as a whole number of Hz above 0, got 0"], // prettier-ignore
  ["writeWav of a batch", () => data.writeWav({ samples: zeros(2, 1, 8), sampleRate: 1 }), ShapeError, "writeWav: expected (channels, samples) with 1 to 255 channels, got (2, 1, 8)"], // prettier-ignore
  ["writeWav of nan", () => data.writeWav({ samples: tensor([NaN]), sampleRate: 1 }), RangeError, "writeWav: expected samples as numbers, got NaN"], // prettier-ignore
  ["readImage of a text", () => data.readImage(ascii("hello")), SyntaxError, "readImage: expected a PNG (0x89 0x50) or a JPEG (0xff 0xd8), got 0x68 0x65 0x6c 0x6c (5 bytes, byte 0)"], // prettier-ignore
  ["readImage in unknown colours", () => data.readImage(png8, { mode: any("cmyk") }), RangeError, "readImage: expected mode as one of unchanged, gray, rgb, rgba, got \"cmyk\""], // prettier-ignore
  ["writePng of a batch", () => data.writePng(zeros(2, 3, 4, 4)), ShapeError, "writePng: expected one image (H, W) or (C, H, W) with 1 to 4 channels, got (2, 3, 4, 4);\npick one of a batch with at(…)"], // prettier-ignore
  ["writePng of int32", () => data.writePng(zeros([2, 2], { dtype: "int32" })), TypeError, "writePng: expected uint8, or floats from 0 to 1, got int32;\nconvert it with to(\"uint8\")"], // prettier-ignore
  ["readImage of another beginning", () => data.readImage(patched(png8, 4, 0)), SyntaxError, "readImage: expected the eight bytes that begin a PNG, got others (67 bytes, byte 0)"], // prettier-ignore
  ["readImage of a PNG that is cut", () => data.readImage(png8.slice(0, 40)), SyntaxError, "readImage: expected a chunk of at least 12 bytes, got 7 (40 bytes, byte 33)"], // prettier-ignore
  ["readImage of a PNG with a chunk of 4 GB", () => data.readImage(patched(png8, 33, 255, 255, 255, 255)), SyntaxError, "readImage: expected 4294967295 bytes in the \"IDAT\" chunk, got 22 (67 bytes, byte 33)"], // prettier-ignore
  ["readImage of a PNG with a false checksum", () => data.readImage(patched(png8, 20, 9)), SyntaxError, "readImage: expected the checksum of the \"IHDR\" chunk, got another (67 bytes, byte 29)"], // prettier-ignore
  ["readImage of a PNG without a header", () => data.readImage(png(chunk("IDAT"))), SyntaxError, "readImage: expected an IHDR chunk of 13 bytes, got IDAT of 0 (32 bytes, byte 8)"], // prettier-ignore
  ["readImage of a PNG with two headers", () => data.readImage(png(ihdr(1, 1), ihdr(1, 1))), SyntaxError, "readImage: expected one IHDR chunk, got a second (70 bytes, byte 33)"], // prettier-ignore
  ["readImage of a PNG without a palette", () => data.readImage(png(ihdr(1, 1, 8, 3), idat(0, 0))), SyntaxError, "readImage: expected a palette before the pixels, got none (67 bytes, byte 33)"], // prettier-ignore
  ["readImage of a PNG without pixels", () => data.readImage(png(ihdr(1, 1))), SyntaxError, "readImage: expected an IDAT chunk with pixels, got none (45 bytes, byte 45)"], // prettier-ignore
  ["readImage of a PNG with 3 bits", () => data.readImage(png(ihdr(1, 1, 3))), SyntaxError, "readImage: expected a bit depth and colour type of PNG, got 3 and 0 (45 bytes, byte 24)"], // prettier-ignore
  ["readImage of a PNG with filter 1", () => data.readImage(png(ihdr(1, 1, 8, 0, 0, 1))), SyntaxError, "readImage: expected compression 0, filter 0, interlace 0 or 1, got 0, 1, 0 (45 bytes, byte 26)"], // prettier-ignore
  ["readImage of a PNG too large", () => data.readImage(png(ihdr(0xffffffff, 0xffffffff))), SyntaxError, "readImage: expected 1 to 16777216 pixels, got 4294967295 × 4294967295 (45 bytes, byte 16)"], // prettier-ignore
  ["readImage of a PNG too large for its bytes", () => data.readImage(png(ihdr(4000, 4000), idat(0))), SyntaxError, "readImage: expected a size that 66 bytes can hold, got 4000 × 4000 (66 bytes, byte 16)"], // prettier-ignore
  ["readImage of a PNG with damaged packing", () => data.readImage(png(ihdr(1, 1), chunk("IDAT", [1, 2, 3]))), SyntaxError, "readImage: expected 2 bytes of pixels for 1 × 1, got incorrect header check (60 bytes, byte 33)"], // prettier-ignore
  ["readImage of a PNG with pixels too few", () => data.readImage(png(ihdr(2, 1), idat(0, 1))), SyntaxError, "readImage: expected 3 bytes of pixels for 2 × 1, got 2 (67 bytes, byte 33)"], // prettier-ignore
  ["readImage of a PNG with an unknown filter", () => data.readImage(png(ihdr(1, 1), idat(9, 1))), SyntaxError, "readImage: expected sound PNG pixels, got Unrecognised filter type - 9 (67 bytes, byte 33)"], // prettier-ignore
  ["readImage of half a beginning", () => data.readImage(bytes(0xff, 0xd8, 0xff)), SyntaxError, "readImage: expected the two bytes that begin a JPEG, got others (3 bytes, byte 0)"], // prettier-ignore
  ["readImage of a JPEG that is cut", () => data.readImage(jpeg.slice(0, -2)), SyntaxError, "readImage: expected an end marker, 0xffd9, got the end of the file (741 bytes, byte 741)"], // prettier-ignore
  ["readImage of a JPEG with something in between", () => data.readImage(patched(jpeg, 2, 7)), SyntaxError, "readImage: expected a marker, 0xff, got 0x07 (743 bytes, byte 2)"], // prettier-ignore
  ["readImage of a JPEG with a segment too long", () => data.readImage(patched(jpeg, 4, 255, 255)), SyntaxError, "readImage: expected a segment within the file, got a length of 65535 (743 bytes, byte 4)"], // prettier-ignore
  ["readImage of a JPEG that ends at a marker", () => data.readImage(bytes(0xff, 0xd8, 0xff, 0xe0)), SyntaxError, "readImage: expected a segment within the file, got a length of 0 (4 bytes, byte 4)"], // prettier-ignore
  ["readImage of a JPEG with two pictures", () => data.readImage(joined(jpeg.slice(0, sosAt), jpeg.slice(sofAt))), SyntaxError, "readImage: expected one picture, got a second one (1182 bytes, byte 593)"], // prettier-ignore
  ["readImage of a JPEG without a frame", () => data.readImage(joined(jpeg.slice(0, 2), jpeg.slice(sosAt))), SyntaxError, "readImage: expected a frame header before the first scan, got none (152 bytes, byte 2)"], // prettier-ignore
  ["readImage of a JPEG with scans without end", () => data.readImage(joined(jpeg.slice(0, -2), ...manyScans, [0xff, 0xd9])), SyntaxError, "readImage: expected at most 100 scans, got more (15543 bytes, byte 15393)"], // prettier-ignore
  ["readImage of a JPEG without a scan", () => data.readImage(bytes(0xff, 0xd8, 0xff, 0xd9)), SyntaxError, "readImage: expected a frame header and a scan, got none (4 bytes, byte 4)"], // prettier-ignore
  ["readImage of a lossless JPEG", () => data.readImage(patched(jpeg, sofAt + 1, 0xc3)), SyntaxError, "readImage: expected a baseline or progressive JPEG, got marker 0xffc3 (743 bytes, byte 155)"], // prettier-ignore
  ["readImage of a JPEG of two components", () => data.readImage(patched(jpeg, sofAt + 9, 2)), SyntaxError, "readImage: expected a frame header of 1, 3 or 4 components, got 2 in 17 bytes (743 bytes, byte 156)"], // prettier-ignore
  ["readImage of a JPEG with a short frame header", () => data.readImage(joined([0xff, 0xd8, 0xff, 0xc0, 0, 7], new Uint8Array(5))), SyntaxError, "readImage: expected a frame header of 1, 3 or 4 components, got 0 in 7 bytes (11 bytes, byte 4)"], // prettier-ignore
  ["readImage of a JPEG of 12 bits", () => data.readImage(patched(jpeg, sofAt + 4, 12)), SyntaxError, "readImage: expected 8 bits a colour, got 12 (743 bytes, byte 158)"], // prettier-ignore
  ["readImage of a JPEG too large for its bytes", () => data.readImage(patched(jpeg, sofAt + 5, 255, 255, 255, 255)), SyntaxError, "readImage: expected 1 to 760832 pixels in 743 bytes, got 65535 × 65535 (743 bytes, byte 159)"], // prettier-ignore
  ["readImage of a JPEG with sampling 0", () => data.readImage(patched(jpeg, sofAt + 11, 1)), SyntaxError, "readImage: expected sampling factors from 1 to 4, got 0 and 1 (743 bytes, byte 165)"], // prettier-ignore
  ["readImage of a JPEG with equal components", () => data.readImage(patched(jpeg, sofAt + 13, 1)), SyntaxError, "readImage: expected components with different numbers, got equal ones (743 bytes, byte 164)"], // prettier-ignore
  ["readImage of a JPEG without tables", () => data.readImage(joined(jpeg.slice(0, 2), jpeg.slice(sofAt, sofAt + 19), jpeg.slice(sosAt))), SyntaxError, "readImage: expected sound JPEG scans, got tables that do not fit (171 bytes, byte 4)"], // prettier-ignore
  ["readImage of a JPEG with a damaged scan", () => data.readImage(patched(jpeg, 672, 0xff, 0)), SyntaxError, "readImage: expected sound JPEG scans, got unexpected marker: ffd9 (743 bytes, byte 156)"], // prettier-ignore
  ["ImageFolder of no pictures", () => new data.ImageFolder(zip("notes/a.txt")), RangeError, "ImageFolder: expected .png or .jpg files, got files in notes"], // prettier-ignore
  ["ImageFolder of a folder that is not there", () => new data.ImageFolder(zip("train/a.png"), { folder: "test" }), RangeError, "ImageFolder: expected .png or .jpg files in \"test\", got files in nothing"], // prettier-ignore
  ["ImageFolder of both layouts", () => new data.ImageFolder(two("a.png", "bread/b.png")), RangeError, "ImageFolder: expected pictures in one folder, or in a folder for each class, got both a.png and bread/b.png"], // prettier-ignore
  ["ImageFolder with a label missing", () => new data.ImageFolder(two("0_a.png", "b.png")), RangeError, "ImageFolder: expected a label in front of every name or of none, got both 0_a.png and b.png"], // prettier-ignore
  ["ImageFolder beyond its end", () => new data.ImageFolder(two("0_a.png", "1_b.png")).image(2), RangeError, "ImageFolder: expected a position from 0 to 1, got 2"], // prettier-ignore
  ["ImageFolder with a damaged picture", () => new data.ImageFolder(zip("a.png")).image(0), SyntaxError, "ImageFolder: expected a PNG (0x89 0x50) or a JPEG (0xff 0xd8), got 0x68 0x65 0x6c 0x6c (a.png, byte 0)"], // prettier-ignore
  ["ImageFolder of no positions", () => new data.ImageFolder(zip("a.png")).batch([]), RangeError, "ImageFolder: expected at least one position, got none"], // prettier-ignore
  ["ImageFolder of two sizes", () => new data.ImageFolder(pictures).batch([0, 1]), ShapeError, "ImageFolder: expected images of one size, (3, 1, 1) as the first, got (3, 1, 2) in 1_b.png;\ngive a transform with resize([height, width])"], // prettier-ignore
  ["ImageFolder with a transform of nothing", () => new data.ImageFolder(pictures, { transform: any(() => undefined) }).image(0), TypeError, "ImageFolder: expected a transform that returns a Tensor, got undefined"], // prettier-ignore
  ["normalize with a std of 0", () => transforms.normalize(0.5, [1, 0]), RangeError, "normalize: expected every std above 0, got [1, 0]"], // prettier-ignore
  ["normalize of other channels", () => transforms.normalize([1, 2, 3], 1)(images(1, 4, 4)), ShapeError, "normalize: expected an image of 3 channels, got (1, 4, 4)"], // prettier-ignore
  ["resize to nothing", () => transforms.resize(0), RangeError, "resize: expected size as a whole number ≥ 1 or a pair of them, got 0"], // prettier-ignore
  ["resize of a vector", () => transforms.resize(2)(zeros(3)), ShapeError, "resize: expected an image (C, H, W) with pixels, got (3,)"], // prettier-ignore
  ["resize to a giant", () => transforms.resize([20000, 20000])(zeros(1, 1, 1)), RangeError, "resize: expected at most 2²⁸ pixels, got 20000 × 20000"], // prettier-ignore
  ["centerCrop to half a pixel", () => transforms.centerCrop(0.5), RangeError, "centerCrop: expected size as a whole number ≥ 1 or a pair of them, got 0.5"], // prettier-ignore
  ["randomCrop of a small image", () => transforms.randomCrop(8, { padding: 1 })(images(1, 4, 9)), RangeError, "randomCrop: expected an image of at least 8 × 8 with its padding, got 6 × 11;\nresize it first, or give padding"], // prettier-ignore
  ["randomHorizontalFlip twice as often", () => transforms.randomHorizontalFlip(2), RangeError, "randomHorizontalFlip: expected p from 0 to 1, got 2"], // prettier-ignore
  ["randomRotation backwards", () => transforms.randomRotation([10, -10]), RangeError, "randomRotation: expected degrees as a number ≥ 0 or a range [from, to], got [10, -10]"], // prettier-ignore
  ["randomRotation by nothing", () => transforms.randomRotation(any(undefined)), RangeError, "randomRotation: expected degrees as a number ≥ 0 or a range [from, to], got undefined"], // prettier-ignore
  ["randomRotation with an unknown interpolation", () => transforms.randomRotation(1, { interpolation: any("cubic") }), RangeError, "randomRotation: expected interpolation nearest or bilinear, got \"cubic\""], // prettier-ignore
  ["randomAffine far out", () => transforms.randomAffine(0, { translate: [2, 0] }), RangeError, "randomAffine: expected translate as two shares from 0 to 1, got [2, 0]"], // prettier-ignore
  ["randomAffine to nothing", () => transforms.randomAffine(0, { scale: [0, 1] }), RangeError, "randomAffine: expected scale as two factors above 0 in order, got [0, 1]"], // prettier-ignore
  ["randomAffine into a line", () => transforms.randomAffine(0, { shear: 90 }), RangeError, "randomAffine: expected shear below 90 degrees, got [-90, 90]"], // prettier-ignore
  ["colorJitter round the wheel", () => transforms.colorJitter({ hue: 0.6 }), RangeError, "colorJitter: expected hue from 0 to 0.5, or a range within ±0.5, got 0.6"], // prettier-ignore
  ["colorJitter of less than none", () => transforms.colorJitter({ contrast: -1 }), RangeError, "colorJitter: expected contrast ≥ 0, or a range from 0 on, got -1"], // prettier-ignore
  ["colorJitter of four channels", () => transforms.colorJitter()(images(4, 2, 2)), ShapeError, "colorJitter: expected images of 1 or 3 channels, got (4, 2, 2)"], // prettier-ignore
  ["colorJitter of int32", () => transforms.colorJitter()(zeros([3, 2, 2], { dtype: "int32" })), TypeError, "colorJitter: expected uint8, or floats from 0 to 1, got int32"], // prettier-ignore
];
