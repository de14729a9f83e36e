import type { Backend } from "../backend.js";
import { conv2d, conv2dGradBias, conv2dGradInput, conv2dGradWeight } from "./convolution.js";
import { binary, cast, unary, where } from "./elementwise.js";
import { matmul } from "./matmul.js";
import { accumulate, gather, read, scatterAdd, write } from "./movement.js";
import { avgPool2d, avgPool2dGradInput, maxPool2d, maxPool2dGradInput } from "./pooling.js";
import { argReduce, reduce } from "./reduction.js";

/** Plain loops, written to be read: what every other backend is compared with. */
export const reference: Backend = {
  name: "reference",
  unary,
  binary,
  cast,
  where,
  reduce,
  argReduce,
  read,
  write,
  accumulate,
  gather,
  scatterAdd,
  matmul,
  conv2d,
  conv2dGradInput,
  conv2dGradWeight,
  conv2dGradBias,
  maxPool2d,
  maxPool2dGradInput,
  avgPool2d,
  avgPool2dGradInput,
};
