/** Data sets, readers of real formats, batches. PyTorch's `torch.utils.data`. */
export { TensorDataset, Subset, split, type Dataset } from "./dataset.js";
export { DataLoader, type DataLoaderOptions } from "./dataLoader.js";
export { ImageFolder, type ImageFolderOptions } from "./imageFolder.js";
export * as transforms from "./transforms/index.js";

// Readers and writers: each reader takes a path or bytes, each writer gives bytes and takes a path
export { type Source } from "./source.js";
export { readIdx, writeIdx } from "./idx.js";
export { readCifar10, readCifar100, writeCifar10, type Cifar10, type Cifar100 } from "./cifar.js";
export { readImage, writePng, type ImageMode, type ReadImageOptions } from "./image.js";
export { readZip } from "./zip.js";
export { readWav, writeWav, type ReadWavOptions, type Sound, type WavOptions } from "./wav.js";
export { readSgf, writeSgf, type SgfGame, type SgfNode } from "./sgf.js";
export { type SgfPlay } from "./goRecord.js";
export { readCsv, writeCsv, type CsvOptions, type CsvTable } from "./csv.js";
export { readNpy, writeNpy } from "./npy.js";
export { readNpz, writeNpz } from "./npz.js";

// What comes with the course
export { digits, type Digits } from "./digits.js";
