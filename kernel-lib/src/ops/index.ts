/** Every op, for the library's own use; `functional.ts` and `Tensor` give them their public names. */
export { add } from "./add.js";
export { sub } from "./sub.js";
export { mul } from "./mul.js";
export { div, type DivOptions } from "./div.js";
export { pow } from "./pow.js";
export { maximum } from "./maximum.js";
export { minimum } from "./minimum.js";
export { eq, ne, lt, le, gt, ge } from "./compare.js";
export { where } from "./where.js";
export { neg } from "./neg.js";
export { exp } from "./exp.js";
export { log } from "./log.js";
export { sqrt } from "./sqrt.js";
export { abs } from "./abs.js";
export { sign } from "./sign.js";
export { clamp } from "./clamp.js";
export { relu } from "./relu.js";
export { leakyRelu } from "./leakyRelu.js";
export { gelu, type GeluOptions } from "./gelu.js";
export { sigmoid } from "./sigmoid.js";
export { tanh } from "./tanh.js";
export { softmax } from "./softmax.js";
export { logSoftmax } from "./logSoftmax.js";
export { to } from "./to.js";
export { clone } from "./clone.js";
export { reshape } from "./reshape.js";
export { flatten } from "./flatten.js";
export { permute, transpose } from "./permute.js";
export { squeeze } from "./squeeze.js";
export { unsqueeze } from "./unsqueeze.js";
export { expand } from "./expand.js";
export { narrow } from "./narrow.js";
export { at } from "./at.js";
export { flip } from "./flip.js";
export { roll } from "./roll.js";
export { rot90 } from "./rot90.js";
export { pad, type PadOptions, type PaddingMode } from "./pad.js";
export { cat, stack } from "./cat.js";
export { indexSelect } from "./indexSelect.js";
export { gather } from "./gather.js";
export { sum } from "./sum.js";
export { mean } from "./mean.js";
export { variance, std, type VarOptions } from "./variance.js";
export { max, min, argmax, argmin } from "./extremum.js";
export { prod } from "./prod.js";
export { all, any } from "./allAny.js";
export { matmul } from "./matmul.js";
export { linear } from "./linear.js";
export { conv1d, type Conv1dOptions } from "./conv1d.js";
export { conv2d, type Conv2dOptions } from "./conv2d.js";
export { convTranspose2d, type ConvTranspose2dOptions } from "./convTranspose2d.js";
export { locallyConnected2d } from "./locallyConnected2d.js";
export { unfold } from "./unfold.js";
export { fold } from "./fold.js";
export { embedding, type EmbeddingOptions } from "./embedding.js";
export { maxPool1d } from "./maxPool1d.js";
export { maxPool2d } from "./maxPool2d.js";
export { avgPool1d, type AvgPool1dOptions } from "./avgPool1d.js";
export { avgPool2d, type AvgPool2dOptions } from "./avgPool2d.js";
export { adaptiveAvgPool2d, adaptiveMaxPool2d, type AdaptiveSize } from "./adaptivePool2d.js";
export { interpolate, type InterpolateOptions } from "./interpolate.js";
export { affineGrid, type AffineGridOptions } from "./affineGrid.js";
export { gridSample, type GridSampleOptions } from "./gridSample.js";
export { outputSize, type WindowOptions } from "./windowGeometry.js";
export { batchNorm, type BatchNormOptions } from "./batchNorm.js";
export { layerNorm, type LayerNormOptions } from "./layerNorm.js";
export { dropout, dropout2d, type DropoutOptions } from "./dropout.js";
export { oneHot } from "./oneHot.js";
export { crossEntropy, type CrossEntropyOptions } from "./crossEntropy.js";
export { nllLoss, type NllLossOptions, type Reduction } from "./nllLoss.js";
export {
  mseLoss,
  l1Loss,
  binaryCrossEntropyWithLogits,
  type BinaryCrossEntropyOptions,
  type LossOptions,
} from "./regressionLosses.js";
