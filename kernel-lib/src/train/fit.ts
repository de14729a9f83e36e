import { say } from "../display/language.js";
import type { Module } from "../nn/module.js";
import { crossEntropy } from "../ops/crossEntropy.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Schedule } from "../optim/schedules.js";
import { rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import {
  inputAndTarget,
  lossOf,
  rememberModes,
  requireBatches,
  type Batches,
  type LossFunction,
} from "./batches.js";
import { EarlyStopping, type EarlyStoppingOptions } from "./earlyStopping.js";
import { evaluate } from "./evaluate.js";
import { History, type HistoryRow } from "./history.js";
import { watchInterrupt, type StopSignal } from "./interrupt.js";
import { Meter } from "./meter.js";
import { nanOrigin } from "./nanOrigin.js";
import { duration, Pace, ProgressBar } from "./progress.js";

/** One batch, just learned from. */
export interface BatchReport {
  epoch: number;
  /** From 1. */
  batch: number;
  loss: number;
}

/** How to train, and whom to tell about it. */
export interface FitOptions {
  optimizer: Optimizer;
  /** How often to go through the data. */
  epochs: number;
  /** F.crossEntropy unless given. */
  loss?: LossFunction;
  /** Data to evaluate on after each epoch, without learning from it. */
  validation?: Batches;
  /** End when the validation loss no longer falls; needs `validation`. */
  earlyStopping?: EarlyStoppingOptions;
  /** Changes the learning rate after each batch or epoch, as its kind says. */
  scheduler?: Schedule;
  onBatch?: (report: BatchReport) => void;
  onEpoch?: (row: HistoryRow) => void;
  /** Training stops at the next batch once this says `aborted`. */
  signal?: StopSignal;
}

/**
 * Train a model: for each batch forward, loss, backward, step. Shows a progress bar that stays in one place.
 *
 * An interrupt (the notebook's stop button, Ctrl+C) ends training at the next batch: the model keeps what it has
 * learned, and the history what was measured.
 *
 * @param model  in training mode meanwhile, afterwards as it was
 * @param loader gives [input, target]; goes through the data once an epoch
 * @returns a row an epoch
 * @throws {RangeError} if the loss becomes nan or infinite, saying at which batch and in which layer it
 *         began; the model keeps its weights
 */
export async function fit(model: Module, loader: Batches, options: FitOptions): Promise<History> {
  const { optimizer, epochs, validation, scheduler, onEpoch, signal, loss = crossEntropy } = options;
  requireBatches("train.fit", loader);
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw rangeError("train.fit", "epochs as a whole number ≥ 1", String(epochs));
  }
  const early = options.earlyStopping ? new EarlyStopping(options.earlyStopping) : null;
  if (early && !validation) {
    throw rangeError(
      "train.fit",
      "validation data for earlyStopping",
      "none",
      "give validation: a DataLoader",
    );
  }
  const history = new History();
  const interrupt = watchInterrupt();
  const restoreModes = rememberModes(model);
  const stopped = (): boolean => interrupt.signal.aborted || signal?.aborted === true;
  const pace = new Pace(epochs, loader.length);
  const bar = new ProgressBar();
  try {
    for (let epoch = 1; epoch <= epochs && !stopped(); epoch++) {
      const epochStart = performance.now();
      const meter = await learnOnce(model, loader, options, epoch, bar, pace, stopped);
      if (!meter) break; // an epoch that was cut short has no row
      if (scheduler?.interval === "epoch") scheduler.step();
      const checked = validation ? evaluate(model, validation, { loss }) : null;
      const row: HistoryRow = {
        epoch,
        loss: meter.loss,
        accuracy: meter.accuracy,
        validationLoss: checked?.loss ?? null,
        validationAccuracy: checked?.accuracy ?? null,
        lr: optimizer.lr,
        seconds: (performance.now() - epochStart) / 1000,
      };
      history.rows.push(row);
      onEpoch?.(row);
      if (checked) early?.see(epoch, checked.loss, model);
      if (early?.isOver(epoch)) break;
    }
    history.interrupted = stopped();
    early?.restore(model);
    history.bestEpoch = early?.bestEpoch ?? null;
  } finally {
    interrupt.release();
    restoreModes();
    bar.finish(lastLine(history, epochs, pace.seconds));
  }
  return history;
}

/** One epoch: learn from every batch. `null` if it was stopped before the last one. */
async function learnOnce(
  model: Module,
  loader: Batches,
  { optimizer, scheduler, onBatch, loss = crossEntropy }: FitOptions,
  epoch: number,
  bar: ProgressBar,
  pace: Pace,
  stopped: () => boolean,
): Promise<Meter | null> {
  const lossFunction = lossOf(loss);
  const meter = new Meter();
  let batchNumber = 0;
  model.train();
  for (const batch of loader) {
    const [input, target] = inputAndTarget("train.fit", batch);
    optimizer.zeroGrad();
    const prediction = model.forward(input);
    const value = lossFunction(prediction, target);
    batchNumber++;
    if (!Number.isFinite(value.item())) throw notFinite(value, model, epoch, batchNumber, optimizer.lr);
    value.backward();
    optimizer.step();
    if (scheduler?.interval === "batch") scheduler.step();
    meter.add(value.item(), prediction, target);
    pace.batch(target.shape[0]);
    onBatch?.({ epoch, batch: batchNumber, loss: value.item() });
    if (bar.due) {
      const { loss, accuracy } = meter;
      bar.show({ epoch, batch: batchNumber, loss, accuracy, ...pace.state });
      await eventLoop(); // lets the picture go out, and an interrupt come in
    }
    if (stopped()) break;
  }
  return batchNumber < loader.length ? null : meter;
}

function notFinite(loss: Tensor, model: Module, epoch: number, batch: number, lr: number): RangeError {
  return rangeError(
    "train.fit",
    "a finite loss",
    `${loss.item()} at batch ${batch} of epoch ${epoch}, which began in ${nanOrigin(loss, model)}`,
    `lower the learning rate (now ${lr}), or look for nan in the data`,
  );
}

/** Let timers, messages and signals have their turn. */
function eventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function lastLine(history: History, epochs: number, seconds: number): string {
  const last = history.rows[history.rows.length - 1];
  const done = history.rows.length;
  const time = duration(seconds);
  const head = history.interrupted
    ? say({
        en: `stopped after ${done} of ${epochs} epochs, ${time}`,
        zh: `在第 ${done}/${epochs} 轮后停止，用时 ${time}`,
      })
    : say({ en: `${done} of ${epochs} epochs in ${time}`, zh: `完成 ${done}/${epochs} 轮，用时 ${time}` });
  const { bestEpoch } = history;
  const best = bestEpoch
    ? say({ en: ` (best: epoch ${bestEpoch})`, zh: `（最好的是第 ${bestEpoch} 轮）` })
    : "";
  if (!last) return head + best;
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  const parts = [head + best, `${say({ en: "loss", zh: "损失" })} ${last.loss.toFixed(4)}`];
  if (last.accuracy !== null)
    parts.push(`${say({ en: "accuracy", zh: "准确率" })} ${percent(last.accuracy)}`);
  if (last.validationAccuracy !== null) {
    parts.push(`${say({ en: "validation accuracy", zh: "验证准确率" })} ${percent(last.validationAccuracy)}`);
  }
  return parts.join(" · ");
}
