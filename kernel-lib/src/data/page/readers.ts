/**
 * The readers and writers as a page has them, which loads this file with the first call: readers take bytes, a picked
 * file or an address on the page's own site, and writers give bytes.
 */
import type { Tensor } from "../../tensor/tensor.js";
import { readCifar10 as cifar10, readCifar100 as cifar100 } from "../cifar.js";
import { readCsv as csv } from "../csv.js";
import { DIGITS_FILES, digitsOf, type Digits } from "../digits.js";
import { readIdx as idx } from "../idx.js";
import { readNpy as npy } from "../npy.js";
import { npzArray } from "../npz.js";
import { readSgf as sgf } from "../sgf.js";
import { readWav as wav } from "../wav.js";
import { openZip, type ZipEntry } from "../zip.js";
import { open } from "../source.js";
import { fetched, inPage, unpacked, type InPage, type PageSource } from "./source.js";

export { writeCifar10 } from "../cifar.js";
export { writeCsv } from "../csv.js";
export { writeIdx } from "../idx.js";
export { writeNpy } from "../npy.js";
export { writeNpz } from "../npz.js";
export { writeSgf } from "../sgf.js";
export { writeWav } from "../wav.js";
export { readImage, writePng } from "./image.js";

export const readIdx: InPage<typeof idx> = inPage("readIdx", idx);
export const readCifar10: InPage<typeof cifar10> = inPage("readCifar10", cifar10);
export const readCifar100: InPage<typeof cifar100> = inPage("readCifar100", cifar100);
export const readCsv: InPage<typeof csv> = inPage("readCsv", csv);
export const readNpy: InPage<typeof npy> = inPage("readNpy", npy);
export const readSgf: InPage<typeof sgf> = inPage("readSgf", sgf);
export const readWav: InPage<typeof wav> = inPage("readWav", wav);

/** Every file of a ZIP archive by its name. */
export async function readZip(source: PageSource): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of openZip("readZip", await fetched("readZip", source))) {
    files.set(entry.name, await entryBytes(entry));
  }
  return files;
}

/** Every array of an `.npz` file by its name. */
export async function readNpz(source: PageSource): Promise<Record<string, Tensor>> {
  const archive = await fetched("readNpz", source);
  const { name } = open("readNpz", archive);
  const arrays: [string, Tensor][] = [];
  for (const entry of openZip("readNpz", archive)) {
    const bytes = await entryBytes(entry);
    arrays.push(npzArray(entry, name, () => bytes));
  }
  return Object.fromEntries(arrays);
}

async function entryBytes(entry: ZipEntry): Promise<Uint8Array> {
  if (!entry.deflated) return entry.checked(entry.packed.slice());
  let bytes: Uint8Array;
  try {
    bytes = await unpacked("deflate-raw", entry.packed, entry.size);
  } catch (error) {
    throw entry.unsound((error as Error).message);
  }
  return entry.checked(bytes);
}

/**
 * The handwritten digits of the course.
 *
 * @param folder where the page's site has the two files of data/digits: "data/digits/"
 */
export async function digits(folder: string): Promise<Digits> {
  const [images, labels] = DIGITS_FILES.map((file) => readIdx(`${folder.replace(/\/*$/, "/")}${file}`));
  return digitsOf(await images, await labels);
}
