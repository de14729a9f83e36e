/** Data sets, readers of real formats, batches. PyTorch's `torch.utils.data`. */
export { TensorDataset, Subset, split, type Dataset } from "./dataset.js";
export { DataLoader, type DataLoaderOptions } from "./dataLoader.js";
export { readIdx, writeIdx } from "./idx.js";
export { digits, type Digits } from "./digits.js";
