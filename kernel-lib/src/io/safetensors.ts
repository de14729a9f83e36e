import { littleEndianBytes, NUMBERS, readNumbers, type NumberKind } from "../data/numbers.js";
import { damaged, open, save, textOf, viewOf, type Opened, type Source } from "../data/source.js";
import { concatBytes } from "../system/bytes.js";
import { describe, rangeError } from "../tensor/errors.js";
import { numelOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/*
 * safetensors: eight bytes with the length of a header, the header as JSON, then the values of all tensors, little-endian
 * and without gaps. The header gives each tensor's dtype, shape, and first and last place behind the header:
 *   {"weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"made by": "…"}}
 * Source: "Format" in the README of huggingface/safetensors.
 */

/** The reference reader takes no longer header either. */
const LONGEST_HEADER = 100_000_000;

/** The upper half of a float32's bits is a bfloat16. */
const BF16: NumberKind = {
  bytes: 2,
  dtype: "float32",
  read(view, at) {
    SCRATCH.setUint16(0, view.getUint16(at, true));
    return SCRATCH.getFloat32(0);
  },
};
const SCRATCH: DataView = new DataView(new ArrayBuffer(4));

const KINDS: Readonly<Record<string, NumberKind>> = {
  BOOL: NUMBERS.b1,
  U8: NUMBERS.u1,
  I8: NUMBERS.i1,
  U16: NUMBERS.u2,
  I16: NUMBERS.i2,
  U32: NUMBERS.u4,
  I32: NUMBERS.i4,
  U64: NUMBERS.u8,
  I64: NUMBERS.i8,
  F16: NUMBERS.f2,
  BF16,
  F32: NUMBERS.f4,
  F64: NUMBERS.f8,
};
const NAMES = { bool: "BOOL", uint8: "U8", int32: "I32", float32: "F32", float64: "F64" };

export interface SaveSafetensorsOptions {
  /** Notes to keep in the file: text by name. */
  metadata?: Readonly<Record<string, string>>;
}

/**
 * Save tensors by name, such as `model.stateDict()`, in a file that PyTorch's users read with
 * `safetensors.torch.load_file`.
 *
 * @param tensors by name
 * @param path    where to write, or nothing to get the bytes only
 * @returns the bytes; the same tensors give the same bytes
 * @throws {RangeError} for a tensor named `__metadata__`, which is the place of notes
 */
export function saveSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  path?: string,
  options: SaveSafetensorsOptions = {},
): Uint8Array {
  if ("__metadata__" in tensors) {
    throw rangeError("saveSafetensors", "names other than __metadata__", "it", "notes go into metadata");
  }
  // Widest numbers first, so that each starts at a multiple of its size; then by name, as the reference writer does.
  const size = (x: Tensor): number => x.storage.BYTES_PER_ELEMENT;
  const order = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) => size(b) - size(a) || (nameA < nameB ? -1 : 1),
  );
  const notes = Object.entries(options.metadata ?? {});
  const header: [string, object][] = notes.length > 0 ? [["__metadata__", Object.fromEntries(notes)]] : [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, x] of order) {
    const values = littleEndianBytes(x.storage);
    const places = [offset, (offset += values.length)];
    header.push([name, { dtype: NAMES[x.dtype], shape: x.shape, data_offsets: places }]);
    parts.push(values);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20); // spaces up to a multiple of 8
  viewOf(start).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  return save(concatBytes([start, ...parts]), path);
}

/**
 * Load the tensors of a safetensors file by name, for `model.loadStateDict(…)`.
 *
 * @param source path or bytes
 * @returns tensors by name; F16 and BF16 become float32, all whole numbers but U8 become int32
 * @throws {SyntaxError} with the byte offset, if the file is damaged, values overlap or leave gaps, a name comes twice,
 *         a dtype is unknown, or a whole number does not fit into int32
 */
export function loadSafetensors(source: Source): Record<string, Tensor> {
  const { bytes, name } = open("loadSafetensors", source);
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged("loadSafetensors", name, offset, expected, got);
  const view = viewOf(bytes);
  if (bytes.length < 8) throw fail(bytes.length, "8 bytes with the header's length", String(bytes.length));
  const length = view.getBigUint64(0, true);
  const longest = Math.min(bytes.length - 8, LONGEST_HEADER);
  if (length > longest) throw fail(0, `a header of at most ${longest} bytes`, String(length));
  const start = 8 + Number(length);

  const tensors: Described[] = [];
  for (const [key, entry] of Object.entries(parseHeader({ bytes: bytes.subarray(8, start), name }, fail))) {
    if (key !== "__metadata__") tensors.push(describeEntry(key, entry, fail));
  }
  let end = 0;
  for (const each of tensors.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (each.from !== end) {
      throw fail(start + end, `values of ${JSON.stringify(each.key)} from ${end} on`, `from ${each.from} on`);
    }
    end = each.to;
  }
  if (start + end !== bytes.length) {
    throw fail(Math.min(start + end, bytes.length), `${start + end} bytes`, String(bytes.length));
  }
  const tooLarge = (offset: number, value: number): Error =>
    fail(offset, "whole numbers that int32 can hold", String(value));
  return Object.fromEntries(
    tensors.map(({ key, kind, shape, from }) => {
      const values = readNumbers(kind, view, start + from, numelOf(shape), true, tooLarge);
      return [key, new Tensor(values, shape, kind.dtype)];
    }),
  );
}

interface Described {
  key: string;
  kind: NumberKind;
  shape: number[];
  from: number;
  to: number;
}

type Fail = (offset: number, expected: string, got: string) => SyntaxError;

function parseHeader(file: Opened, fail: Fail): object {
  const text = textOf("loadSafetensors", file, 8);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw fail(8, "a header in JSON", JSON.stringify(text.slice(0, 40)));
  }
  if (!isRecord(header)) throw fail(8, "a header with names", text.slice(0, 20));
  const [names, different] = [countNames(text), Object.keys(header).length];
  if (names > different) throw fail(8, "each name once", `${names} names, ${different} of them different`);
  const notes = header.__metadata__ ?? {};
  if (!isRecord(notes) || !Object.values(notes).every((note) => typeof note === "string")) {
    throw fail(8, "__metadata__ with text by name", shown(notes));
  }
  return header;
}

/** Names in the outermost braces of sound JSON. `JSON.parse` keeps the last of two equal ones and says nothing. */
function countNames(json: string): number {
  let [names, depth, inText] = [0, 0, false];
  for (let i = 0; i < json.length; i++) {
    const sign = json[i];
    if (inText && sign === "\\") i++;
    else if (sign === '"') inText = !inText;
    else if (inText) continue;
    else if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    else if (sign === ":" && depth === 1) names++;
  }
  return names;
}

function describeEntry(key: string, entry: unknown, fail: Fail): Described {
  const title = JSON.stringify(key.slice(0, 40));
  const { dtype, shape, data_offsets: places } = isRecord(entry) ? entry : {};
  const kind = typeof dtype === "string" && Object.hasOwn(KINDS, dtype) ? KINDS[dtype] : undefined;
  if (!kind) {
    const known = Object.keys(KINDS).join(", ");
    throw fail(8, `a dtype of ${title} among ${known}`, shown(dtype));
  }
  if (!isSizes(shape)) {
    throw fail(8, `a shape of ${title} in whole numbers`, shown(shape));
  }
  const bytes = numelOf(shape) * kind.bytes;
  if (!isSizes(places) || places.length !== 2 || places[1] - places[0] !== bytes) {
    throw fail(8, `data_offsets of ${title} that are ${bytes} bytes apart`, shown(places));
  }
  return { key, kind, shape, from: places[0], to: places[1] };
}

/** A value of the header in an error. `JSON.stringify` would give up on brackets in brackets without end. */
function shown(value: unknown): string {
  const flat = Array.isArray(value) && value.every((each) => typeof each !== "object");
  return flat ? JSON.stringify(value).slice(0, 40) : describe(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
