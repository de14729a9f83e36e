import type { Backend } from "../backend.js";
import { conv2d, conv2dGradBias, conv2dGradInput, conv2dGradWeight } from "./convolution.js";
import { binary, cast, reluGradInput, unary, where } from "./elementwise.js";
import { matmul } from "./matmul.js";
import { accumulate, gather, indexSelect, read, scatterAdd, write } from "./movement.js";
import { batchNorm, batchNormGradInput, batchNormGradWeight, channelStatistics } from "./normalization.js";
import { avgPool2d, avgPool2dGradInput, maxPool2d, maxPool2dGradInput } from "./pooling.js";
import { argReduce, reduce } from "./reduction.js";
import { gridSample, gridSampleGradGrid, gridSampleGradInput } from "./sampling.js";

/** Plain loops, written to be read: what every other backend is compared with. */
export const reference: Backend = {
  name: "reference",
  unary,
  binary,
  reluGradInput,
  cast,
  where,
  reduce,
  argReduce,
  read,
  write,
  accumulate,
  indexSelect,
  gather,
  scatterAdd,
  matmul,
  conv2d,
  conv2dGradInput,
  conv2dGradWeight,
  conv2dGradBias,
  channelStatistics,
  batchNorm,
  batchNormGradInput,
  batchNormGradWeight,
  maxPool2d,
  maxPool2dGradInput,
  avgPool2d,
  avgPool2dGradInput,
  gridSample,
  gridSampleGradInput,
  gridSampleGradGrid,
};
