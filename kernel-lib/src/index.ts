export { Tensor } from "./tensor/tensor.js";
export { ShapeError } from "./tensor/errors.js";
export {
  tensor, fromTypedArray, zeros, ones, full, eye, arange, linspace, rand, randn, randint, randperm, zerosLike, onesLike,
} from "./tensor/create.js"; // prettier-ignore
export { Generator, manualSeed } from "./tensor/generator.js";
export { cat, stack } from "./ops/cat.js";
export { where } from "./ops/where.js";
export { noGrad } from "./autograd/gradMode.js";
export { gradError } from "./autograd/gradError.js";
export { backend } from "./backend/index.js";
export * as F from "./ops/functional.js";
export * as nn from "./nn/index.js";
export * as optim from "./optim/index.js";
export * as data from "./data/index.js";
export * as plot from "./plot/index.js";
export * as train from "./train/index.js";
export { check, hint } from "./check/check.js";
export { todo } from "./check/todo.js";
