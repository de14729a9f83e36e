import { DataLoader } from "../data/dataLoader.js";
import { say } from "../display/language.js";
import type { Module } from "../nn/module.js";
import { crossEntropy } from "../ops/crossEntropy.js";
import { Optimizer } from "../optim/optimizer.js";
import { Schedule } from "../optim/schedules.js";
import { describe, rangeError, typeError } from "../tensor/errors.js";
import type { Generator, GeneratorState } from "../tensor/generator.js";
import type { Tensor } from "../tensor/tensor.js";
import {
  inputAndTarget,
  lossOf,
  rememberModes,
  requireBatches,
  requireModel,
  type Batches,
  type LossFunction,
} from "./batches.js";
import type { CheckpointOptions, Position, Run } from "./checkpoint.js";
import { EarlyStopping, type EarlyStoppingOptions } from "./earlyStopping.js";
import { evaluate } from "./evaluate.js";
import { History, type HistoryRow } from "./history.js";
import { watchInterrupt, type StopSignal } from "./interrupt.js";
import { Meter } from "./meter.js";
import { nanOrigin } from "./nanOrigin.js";
import { duration, Pace, ProgressBar } from "./progress.js";
import { generatorsOf, orderGenerator, restoreGenerators } from "./randomness.js";

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
  /**
   * A file (or where and how often): training is saved there after each epoch and when it is stopped, and goes on from it
   * if it is there, bit for bit as if it had never stopped. Random numbers are those of the default generator, the
   * loader's and the modules' own.
   */
  checkpoint?: string | CheckpointOptions;
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
  requireOptions(model, loader, options);
  const files = options.checkpoint === undefined ? null : await import("./checkpoint.js");
  const training = new Training(model, loader, options, files);
  // A cell starts inside vm.runInThisContext with breakOnSigint, which at its end takes away what was set up for SIGINT
  // meanwhile: a listener added there would leave the kernel to die of the next interrupt.
  await eventLoop();
  const interrupt = watchInterrupt();
  const restoreModes = rememberModes(model);
  const stopped = (): boolean => interrupt.signal.aborted || options.signal?.aborted === true;
  try {
    await training.run(stopped);
  } finally {
    interrupt.release();
    restoreModes();
    training.finish();
  }
  return training.history;
}

/** Everything that can be refused before the first batch. */
function requireOptions(model: Module, loader: Batches, options: FitOptions): void {
  const op = "train.fit";
  requireModel(op, model);
  requireBatches(op, loader);
  const { optimizer, epochs, loss, validation, earlyStopping, scheduler, checkpoint } = options ?? {};
  if (!(optimizer instanceof Optimizer)) {
    const wayOut = "such as new optim.SGD(model.parameters(), { lr: 0.1 })";
    throw typeError(op, "an optimizer", describe(optimizer), wayOut);
  }
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw rangeError(op, "epochs as a whole number ≥ 1", describe(epochs));
  }
  if (loss !== undefined) lossOf(op, loss);
  if (validation !== undefined) requireBatches(op, validation);
  if (earlyStopping && !validation) {
    throw rangeError(op, "validation data for earlyStopping", "none", "give validation: a DataLoader");
  }
  if (scheduler !== undefined && !(scheduler instanceof Schedule)) {
    throw typeError(op, "scheduler as a schedule of optim", describe(scheduler));
  }
  const own = new Set<Tensor>(model.parameters());
  if (!optimizer.parameters.some((parameter) => own.has(parameter))) {
    const wayOut = "make the optimizer after the model, from model.parameters()";
    throw rangeError(op, "an optimizer of the model's parameters", "one of other tensors", wayOut);
  }
  if (scheduler && scheduler.optimizer !== optimizer) {
    const wayOut = "make the scheduler from the optimizer that is given here";
    throw rangeError(op, "a scheduler of this optimizer", "one of another", wayOut);
  }
  for (const name of ["onBatch", "onEpoch"] as const) {
    const call: unknown = options[name];
    if (call !== undefined && typeof call !== "function")
      throw typeError(op, `${name} as a function`, describe(call));
  }
  if (checkpoint === undefined) return;
  const { path, everyBatches = 1 } =
    typeof checkpoint === "object" ? (checkpoint ?? {}) : { path: checkpoint };
  if (typeof path !== "string" || path === "") {
    throw typeError(op, "checkpoint as a path or { path, everyBatches }", describe(checkpoint));
  }
  if (!Number.isInteger(everyBatches) || everyBatches < 1) {
    throw rangeError(op, "checkpoint.everyBatches as a whole number ≥ 1", describe(everyBatches));
  }
}

/** One call of fit: what it works with, and how far it has come. */
class Training {
  readonly history: History = new History();
  readonly #early: EarlyStopping | null;
  readonly #checkpoint: CheckpointOptions | null;
  readonly #pace: Pace;
  readonly #bar: ProgressBar = new ProgressBar();
  readonly #generators: Generator[];

  constructor(
    readonly model: Module,
    readonly loader: Batches,
    readonly options: FitOptions,
    /** What reads and writes checkpoints, where they are wanted: a page that wants none does not load it. */
    readonly files: typeof import("./checkpoint.js") | null,
  ) {
    const { epochs, earlyStopping, checkpoint } = options;
    this.#early = earlyStopping ? new EarlyStopping(earlyStopping) : null;
    this.#checkpoint = typeof checkpoint === "string" ? { path: checkpoint } : (checkpoint ?? null);
    this.#pace = new Pace(epochs, loader.length);
    this.#generators = generatorsOf(model, loader);
  }

  async run(stopped: () => boolean): Promise<void> {
    const { model, history } = this;
    const saved = this.#resume();
    for (let epoch = history.rows.length + 1; epoch <= this.options.epochs; epoch++) {
      if (stopped() || this.#early?.isOver(epoch - 1)) break;
      const begun = saved && saved.epochs === epoch - 1 ? saved : null;
      if (!(await this.#learn(epoch, begun, stopped))) break; // an epoch that was cut short has no row
      this.#save(0, null, null);
    }
    history.interrupted = stopped();
    this.#early?.restore(model);
    history.bestEpoch = this.#early?.bestEpoch ?? null;
  }

  /** One epoch, or the rest of one: learn from every batch, then see how well it went. False if it was stopped. */
  async #learn(epoch: number, begun: Position | null, stopped: () => boolean): Promise<boolean> {
    const { model, loader, options } = this;
    const { optimizer, scheduler, validation, onBatch, onEpoch, loss = crossEntropy } = options;
    const lossFunction = lossOf("train.fit", loss);
    const epochStart = performance.now();
    const { batches, order } = this.#begin(begun);
    const meter = new Meter();
    if (begun?.meter) meter.state = begun.meter;
    let batchNumber = begun?.batches ?? 0;
    model.train();
    for (const batch of batches) {
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
      this.#pace.batch(target.shape[0]);
      onBatch?.({ epoch, batch: batchNumber, loss: value.item() });
      if (this.#bar.due) {
        const { loss, accuracy } = meter;
        this.#bar.show({ epoch, batch: batchNumber, loss, accuracy, ...this.#pace.state });
        await eventLoop(); // lets the picture go out, and an interrupt come in
      }
      const complete = batchNumber === loader.length;
      const every = this.#checkpoint?.everyBatches ?? Infinity;
      if (!complete && (stopped() || batchNumber % every === 0)) this.#save(batchNumber, meter, order);
      if (stopped()) break;
    }
    if (batchNumber < loader.length) return false;
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
    this.history.rows.push(row);
    if (checked) this.#early?.see(epoch, checked.loss, model);
    onEpoch?.(row);
    return true;
  }

  /** Put everything back to where the checkpoint left it, if there is one. */
  #resume(): Position | null {
    const saved = this.#checkpoint && this.files!.loadCheckpoint(this.#checkpoint.path, this.#run());
    if (!saved) return null;
    this.history.rows.push(...saved.rows);
    restoreGenerators(this.#generators, saved.generators);
    return saved;
  }

  /** The batches of an epoch, or those that are left of one: the saved generator draws the same order again. */
  #begin(begun: Position | null): { batches: Iterable<readonly Tensor[]>; order: GeneratorState | null } {
    const { loader } = this;
    const generator = orderGenerator(loader);
    if (begun?.order) generator?.setState(begun.order);
    const order = generator?.getState() ?? null;
    const batches = batchesFrom(loader, begun?.batches ?? 0);
    if (begun && begun.batches > 0) restoreGenerators(this.#generators, begun.generators);
    return { batches, order };
  }

  #save(batches: number, meter: Meter | null, order: GeneratorState | null): void {
    if (!this.#checkpoint) return;
    const { rows } = this.history;
    const generators = this.#states();
    const position = { epochs: rows.length, batches, meter: meter?.state ?? null, order, generators, rows };
    this.files!.saveCheckpoint(this.#checkpoint.path, this.#run(), position);
  }

  #states(): GeneratorState[] {
    return this.#generators.map((generator) => generator.getState());
  }

  #run(): Run {
    const { optimizer, scheduler } = this.options;
    return { model: this.model, optimizer, scheduler, early: this.#early };
  }

  /** Leave one line where the bar was. */
  finish(): void {
    this.#bar.finish(lastLine(this.history, this.options.epochs, this.#pace.seconds));
  }
}

/** The batches from number `first` on. */
function batchesFrom(loader: Batches, first: number): Iterable<readonly Tensor[]> {
  if (loader instanceof DataLoader) return loader.from(first);
  return first === 0 ? loader : [...loader].slice(first);
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
  return new Promise((resolve) => (globalThis.setImmediate ?? setTimeout)(resolve));
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
