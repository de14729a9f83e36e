/** Training in a page: the loop comes with its first call. */
import { onUse, type Later } from "../system/onUse.js";

type Loop = typeof import("./fit.js");

/**
 * Train a model: for each batch a forward pass, the loss, a backward pass and a step.
 *
 * @see `fit` in a notebook, which takes the same options, except that a page has no files for checkpoints
 */
export const fit: Later<Loop["fit"]> = onUse((): Promise<Loop> => import("./fit.js"), "fit");
export { type BatchReport, type FitOptions } from "./fit.js";
export { evaluate, confusionMatrix, type Evaluation } from "./evaluate.js";
export { History, type HistoryRow } from "./history.js";
export { type Batches, type LossFunction } from "./batches.js";
export { type CheckpointOptions } from "./checkpoint.js";
export { type EarlyStoppingOptions } from "./earlyStopping.js";
export { type StopSignal } from "./interrupt.js";
