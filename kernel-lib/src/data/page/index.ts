/** Data in a page: sets, batches and transforms as in Node; what reads files comes with its first call, as a promise. */
import { onUse, type Later } from "../../system/onUse.js";

export { TensorDataset, Subset, split, type Dataset } from "../dataset.js";
export { DataLoader, type DataLoaderOptions } from "../dataLoader.js";
export * as transforms from "../transforms/index.js";
export { type PageSource } from "./source.js";

type Readers = typeof import("./readers.js");
const readers = (): Promise<Readers> => import("./readers.js");

/** The handwritten digits of the course, from the folder of the page's site that holds the two files of data/digits. */
export const digits: Later<Readers["digits"]> = onUse(readers, "digits");
/** A tensor from an IDX file, plain or gzipped: MNIST's own files, and those of this course. */
export const readIdx: Later<Readers["readIdx"]> = onUse(readers, "readIdx");
/** Pictures and labels from a file of CIFAR-10's binary version. */
export const readCifar10: Later<Readers["readCifar10"]> = onUse(readers, "readCifar10");
/** Pictures and both kinds of labels from a file of CIFAR-100's binary version. */
export const readCifar100: Later<Readers["readCifar100"]> = onUse(readers, "readCifar100");
/** A picture (channels, height, width) from a PNG or a JPEG file, decoded by the browser. */
export const readImage: Later<Readers["readImage"]> = onUse(readers, "readImage");
/** Every file of a ZIP archive by its name. */
export const readZip: Later<Readers["readZip"]> = onUse(readers, "readZip");
/** Sound from a WAV file. */
export const readWav: Later<Readers["readWav"]> = onUse(readers, "readWav");
/** The games of an SGF file. */
export const readSgf: Later<Readers["readSgf"]> = onUse(readers, "readSgf");
/** A table of text from a CSV file. */
export const readCsv: Later<Readers["readCsv"]> = onUse(readers, "readCsv");
/** A tensor from a `.npy` file of NumPy's. */
export const readNpy: Later<Readers["readNpy"]> = onUse(readers, "readNpy");
/** Tensors by name from an `.npz` file of NumPy's. */
export const readNpz: Later<Readers["readNpz"]> = onUse(readers, "readNpz");
/** A tensor as the bytes of an IDX file. */
export const writeIdx: Later<Readers["writeIdx"]> = onUse(readers, "writeIdx");
/** Pictures and labels as the bytes of a file in CIFAR-10's binary version. */
export const writeCifar10: Later<Readers["writeCifar10"]> = onUse(readers, "writeCifar10");
/** A picture as the bytes of a PNG file. */
export const writePng: Later<Readers["writePng"]> = onUse(readers, "writePng");
/** Sound as the bytes of a WAV file. */
export const writeWav: Later<Readers["writeWav"]> = onUse(readers, "writeWav");
/** Games as the bytes of an SGF file. */
export const writeSgf: Later<Readers["writeSgf"]> = onUse(readers, "writeSgf");
/** A table as the bytes of a CSV file. */
export const writeCsv: Later<Readers["writeCsv"]> = onUse(readers, "writeCsv");
/** A tensor as the bytes of a `.npy` file. */
export const writeNpy: Later<Readers["writeNpy"]> = onUse(readers, "writeNpy");
/** Tensors by name as the bytes of an `.npz` file, stored without being packed. */
export const writeNpz: Later<Readers["writeNpz"]> = onUse(readers, "writeNpz");
