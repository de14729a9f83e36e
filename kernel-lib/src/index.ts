/**
 * Everything that a notebook imports, in the order in which the course meets it. Names and meaning are PyTorch's, in
 * camelCase: required values by position in PyTorch's order, everything else in one options object at the end.
 */

import { offer } from "./backend/index.js";
import { makeWasm } from "./backend/wasm/wasm.js";

offer(makeWasm()); // at once; a page waits for it

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
export * as data from "./data/index.js";
export * as train from "./train/index.js";
export * as plot from "./plot/index.js";
export * as io from "./io/index.js";
export { type Text } from "./display/language.js";

// Exercises
export { check, hint } from "./check/check.js";
export { progress } from "./check/progress.js";
export { quiz } from "./check/quiz.js";
export { todo } from "./check/todo.js";

// What computes
export { backend, type BackendFeatures, type BackendOptions } from "./backend/index.js";
