/** Training: the loop, its history, and how well the result does. */
export { fit, type BatchReport, type FitOptions } from "./fit.js";
export { evaluate, confusionMatrix, type Evaluation } from "./evaluate.js";
export { History, type HistoryRow } from "./history.js";
export { type Batches, type LossFunction } from "./batches.js";
export { type CheckpointOptions } from "./checkpoint.js";
export { type EarlyStoppingOptions } from "./earlyStopping.js";
export { type StopSignal } from "./interrupt.js";
