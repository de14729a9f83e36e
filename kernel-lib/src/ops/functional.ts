/**
 * The ops that a network is made of, as plain functions: PyTorch's `torch.nn.functional`.
 * Each takes its weights as arguments; the layers of `nn` keep them.
 */
export { conv1d } from "./conv1d.js";
export { conv2d } from "./conv2d.js";
export { convTranspose2d } from "./convTranspose2d.js";
export { linear } from "./linear.js";
export { embedding } from "./embedding.js";
export { oneHot } from "./oneHot.js";
export { maxPool1d } from "./maxPool1d.js";
export { maxPool2d } from "./maxPool2d.js";
export { avgPool1d } from "./avgPool1d.js";
export { avgPool2d } from "./avgPool2d.js";
export { adaptiveAvgPool2d, adaptiveMaxPool2d } from "./adaptivePool2d.js";
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
export { unfold } from "./unfold.js";
export { fold } from "./fold.js";
export { interpolate } from "./interpolate.js";
export { affineGrid } from "./affineGrid.js";
export { gridSample } from "./gridSample.js";
