/**
 * What a page in a browser imports: the names of index.ts as far as they make sense there. Whatever reads or writes
 * files, and the exercises, are loaded with their first call, so they give promises; readers take bytes, a picked file
 * or an address on the page's own site in place of a path. The fast backend is a file of its own too, asked for only
 * where there is SIMD; the import waits until it has come.
 */

import { offer } from "./backend/index.js";
import { wasm } from "./backend/wasm/page.js";

offer(await wasm);

// Numbers in boxes
export { Tensor, type Index, type ReduceOptions } from "./tensor/tensor.js";
export {
  arange,
  eye,
  fromTypedArray,
  full,
  linspace,
  ones,
  onesLike,
  rand,
  randint,
  randn,
  randperm,
  tensor,
  zeros,
  zerosLike,
  type CreateOptions,
  type NestedArray,
  type RandomOptions,
} from "./tensor/create.js";
export { type DType, type TypedArray } from "./tensor/dtype.js";
export { ShapeError } from "./tensor/errors.js";
export { Generator, manualSeed } from "./tensor/generator.js";
export { cat, stack } from "./ops/cat.js";
export { where } from "./ops/where.js";

// Gradients
export { noGrad } from "./autograd/gradMode.js";
export { gradError } from "./autograd/gradError.js";

// Networks: plain functions, layers that keep weights, optimisers
export * as F from "./ops/functional.js";
export * as nn from "./nn/index.js";
export * as optim from "./optim/index.js";

// Data, training, pictures
export * as data from "./data/page/index.js";
export * as train from "./train/page.js";
export * as plot from "./plot/index.js";
export * as io from "./io/page/index.js";
export { type Text } from "./display/language.js";

// Exercises
export { check, hint, progress, quiz } from "./check/page.js";
export { todo } from "./check/todo.js";

// What computes
export { backend, type BackendFeatures, type BackendOptions } from "./backend/index.js";
