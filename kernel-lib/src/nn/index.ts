/** Layers: small classes that own their weights. PyTorch's `torch.nn`. */
export { Module, type StateDict } from "./module.js";
export { Parameter } from "./parameter.js";
export { Sequential } from "./sequential.js";
export { Conv2d } from "./conv2d.js";
export { Linear } from "./linear.js";
export { MaxPool2d, AvgPool2d } from "./pooling.js";
export { BatchNorm2d, type BatchNorm2dOptions } from "./batchNorm2d.js";
export { Dropout, Dropout2d } from "./dropout.js";
export { Flatten } from "./flatten.js";
export { ReLU, LeakyReLU, GELU, Sigmoid, Tanh, Softmax, LogSoftmax } from "./activations.js";
export { Residual } from "./residual.js";
export { CrossEntropyLoss, MSELoss, BCEWithLogitsLoss, type Loss } from "./losses.js";
export * as init from "./init.js";
