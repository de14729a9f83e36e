/**
 * The ops that a network is made of, as plain functions: PyTorch's `torch.nn.functional`.
 * Each takes its weights as arguments; the layers of `nn` keep them.
 */
export { conv2d } from "./conv2d.js";
export { linear } from "./linear.js";
export { oneHot } from "./oneHot.js";
export { maxPool2d } from "./maxPool2d.js";
export { avgPool2d } from "./avgPool2d.js";
export { batchNorm } from "./batchNorm.js";
export { layerNorm } from "./layerNorm.js";
export { dropout, dropout2d } from "./dropout.js";
export { relu } from "./relu.js";
export { leakyRelu } from "./leakyRelu.js";
export { gelu } from "./gelu.js";
export { sigmoid } from "./sigmoid.js";
export { tanh } from "./tanh.js";
export { softmax } from "./softmax.js";
export { logSoftmax } from "./logSoftmax.js";
export { crossEntropy } from "./crossEntropy.js";
export { nllLoss } from "./nllLoss.js";
export { mseLoss, l1Loss, binaryCrossEntropyWithLogits } from "./regressionLosses.js";
export { pad } from "./pad.js";
