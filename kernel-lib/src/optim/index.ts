/** Optimisers and schedules: PyTorch's `torch.optim`. */
export { Optimizer, type Memory, type OptimizerState } from "./optimizer.js";
export { SGD, type SGDOptions } from "./sgd.js";
export { Adam, AdamW, type AdamOptions } from "./adam.js";
export {
  StepLR,
  CosineAnnealingLR,
  LinearWarmup,
  OneCycleLR,
  type OneCycleOptions,
  Schedule,
  type ScheduleState,
} from "./schedules.js";
export { clipGradNorm, type ClipGradNormOptions } from "./clipGradNorm.js";
