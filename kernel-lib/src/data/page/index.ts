/** Data in a page: sets, batches and transforms as in Node; what reads files comes with its first call, as a promise. */
import { onUse, type Later } from "../../system/onUse.js";

export { TensorDataset, Subset, split, type Dataset } from "../dataset.js";
export { DataLoader, type DataLoaderOptions } from "../dataLoader.js";
export * as transforms from "../transforms/index.js";
export { type PageSource } from "./source.js";

type Readers = typeof import("./readers.js");
const readers = (): Promise<Readers> => import("./readers.js");

export const digits: Later<Readers["digits"]> = onUse(readers, "digits");
export const readIdx: Later<Readers["readIdx"]> = onUse(readers, "readIdx");
export const readCifar10: Later<Readers["readCifar10"]> = onUse(readers, "readCifar10");
export const readCifar100: Later<Readers["readCifar100"]> = onUse(readers, "readCifar100");
export const readImage: Later<Readers["readImage"]> = onUse(readers, "readImage");
export const readZip: Later<Readers["readZip"]> = onUse(readers, "readZip");
export const readWav: Later<Readers["readWav"]> = onUse(readers, "readWav");
export const readSgf: Later<Readers["readSgf"]> = onUse(readers, "readSgf");
export const readCsv: Later<Readers["readCsv"]> = onUse(readers, "readCsv");
export const readNpy: Later<Readers["readNpy"]> = onUse(readers, "readNpy");
export const readNpz: Later<Readers["readNpz"]> = onUse(readers, "readNpz");
export const writeIdx: Later<Readers["writeIdx"]> = onUse(readers, "writeIdx");
export const writeCifar10: Later<Readers["writeCifar10"]> = onUse(readers, "writeCifar10");
export const writePng: Later<Readers["writePng"]> = onUse(readers, "writePng");
export const writeWav: Later<Readers["writeWav"]> = onUse(readers, "writeWav");
export const writeSgf: Later<Readers["writeSgf"]> = onUse(readers, "writeSgf");
export const writeCsv: Later<Readers["writeCsv"]> = onUse(readers, "writeCsv");
export const writeNpy: Later<Readers["writeNpy"]> = onUse(readers, "writeNpy");
export const writeNpz: Later<Readers["writeNpz"]> = onUse(readers, "writeNpz");
