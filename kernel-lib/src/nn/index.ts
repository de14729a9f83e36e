/** Layers: small classes that own their weights. PyTorch's `torch.nn`. */
export { Module, type StateDict } from "./module.js";
export type { SameShape, ShapeRule } from "./shapeRules/rule.js";
export type { FromTo } from "./shapeRules/layers.js";
export type { OutputShape } from "./shapeRules/compose.js";
export { Parameter } from "./parameter.js";
export { Sequential } from "./sequential.js";
export { Input, input } from "./input.js";
export { Conv1d } from "./conv1d.js";
export { Conv2d } from "./conv2d.js";
export { ConvTranspose2d } from "./convTranspose2d.js";
export { LocallyConnected2d } from "./locallyConnected2d.js";
export { Linear } from "./linear.js";
export { Bias2d } from "./bias2d.js";
export { MaxPool1d, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d } from "./pooling.js";
export { BatchNorm1d, BatchNorm2d, type BatchNormLayerOptions } from "./batchNorm.js";
export { LayerNorm, type LayerNormLayerOptions } from "./layerNorm.js";
export { Dropout, Dropout2d } from "./dropout.js";
export { Flatten } from "./flatten.js";
export { Embedding, type EmbeddingLayerOptions } from "./embedding.js";
export { Upsample } from "./upsample.js";
export { SpatialTransformer } from "./spatialTransformer.js";
export { ReLU, LeakyReLU, GELU, Sigmoid, Tanh, Softmax, LogSoftmax } from "./activations.js";
export { Residual } from "./residual.js";
export { CrossEntropyLoss, MSELoss, BCEWithLogitsLoss, type Loss } from "./losses.js";
export {
  summary,
  Summary,
  type LayerSummary,
  type ReceptiveField,
  type SummaryOptions,
} from "./summary/summary.js";
export * as init from "./init.js";
