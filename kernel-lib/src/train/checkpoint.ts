import { writeWhole } from "../data/writeWhole.js";
import { loadSafetensors, saveSafetensors } from "../io/safetensors.js";
import type { Module, StateDict } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Schedule, ScheduleState } from "../optim/schedules.js";
import type { GeneratorState } from "../tensor/generator.js";
import { needNode } from "../system/node.js";
import { rangeError } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";
import type { EarlyStopping } from "./earlyStopping.js";
import type { HistoryRow } from "./history.js";
import type { MeterState } from "./meter.js";

/** What is left where there are no files to save a run in. */
const IN_A_PAGE = "leave checkpoint out; in onEpoch, io.saveSafetensors(model.stateDict()) gives the weights";

/** Where and how often `train.fit` saves a run. */
export interface CheckpointOptions {
  /** The file; a run goes on from it if it is there. */
  path: string;
  /** Also save after every so many batches, not only after each epoch and when training is stopped. */
  everyBatches?: number;
}

/** How far a run has come, without weights. */
export interface Position {
  /** Epochs that are complete. */
  epochs: number;
  /** Batches of the running epoch that were learned from, and their sums. */
  batches: number;
  meter: MeterState | null;
  /** The loader's generator as the running epoch began: it draws the same order again. */
  order: GeneratorState | null;
  /** Every generator as it stands now. */
  generators: GeneratorState[];
  rows: HistoryRow[];
}

/** What a run consists of, as far as it changes. */
export interface Run {
  model: Module;
  optimizer: Optimizer;
  scheduler: Schedule | undefined;
  early: EarlyStopping | null;
}

/** Everything in a checkpoint that is no tensor. */
interface Notes {
  version: 1;
  /** Class names, so that a run does not go on with another kind. */
  optimizer: string;
  scheduler: string | null;
  position: Position;
  lr: number;
  steps: number[];
  schedule: ScheduleState | null;
  early: { bestEpoch: number; bestLoss: number | null } | null;
}

/**
 * Save a run whole: the file is written beside its place and then put there, so that an interruption leaves the old one.
 * It is a safetensors file: `model.*` can be loaded by itself.
 */
export function saveCheckpoint(path: string, run: Run, position: Position): void {
  const { model, optimizer, scheduler, early } = run;
  const { lr, parameters } = optimizer.stateDict();
  const notes: Notes = {
    version: 1,
    optimizer: optimizer.constructor.name,
    scheduler: scheduler?.constructor.name ?? null,
    position,
    lr,
    steps: parameters.map(({ steps }) => steps),
    schedule: scheduler?.stateDict() ?? null,
    early: early && { bestEpoch: early.bestEpoch, bestLoss: early.best ? early.bestLoss : null },
  };
  const text = new TextEncoder().encode(JSON.stringify(notes));
  const slots = parameters.flatMap(({ slots }, i) =>
    Object.entries(slots).map(([name, values]): [string, Tensor] => [
      `optimizer.${i}.${name}`,
      new Tensor(Float64Array.from(values), [values.length], "float64"), // float32 fits into it unchanged
    ]),
  );
  const bytes = saveSafetensors({
    ...prefixed("model.", model.stateDict()),
    ...prefixed("best.", early?.best ?? {}),
    ...Object.fromEntries(slots),
    notes: new Tensor(text, [text.length], "uint8"),
  });
  writeWhole(path, bytes);
}

/**
 * Put a run back to where a checkpoint left it.
 *
 * @returns how far it had come, or `null` if there is no such file
 * @throws {SyntaxError} if the file is no checkpoint
 * @throws {RangeError} if it belongs to another model or optimiser; nothing has changed then
 */
export function loadCheckpoint(path: string, run: Run): Position | null {
  const { existsSync } = needNode("train.fit", "node:fs", IN_A_PAGE);
  if (!existsSync(path)) return null;
  const { model, optimizer, scheduler, early } = run;
  const tensors = loadSafetensors(path);
  const notes = readNotes(path, tensors.notes);
  requireSame(path, "optimizer", notes.optimizer, optimizer.constructor.name);
  requireSame(path, "scheduler", notes.scheduler, scheduler?.constructor.name ?? null);
  model.loadStateDict(withPrefix("model.", tensors));
  const slotsOf = (i: number): Record<string, number[]> =>
    Object.fromEntries(
      Object.entries(withPrefix(`optimizer.${i}.`, tensors)).map(([name, x]) => [name, [...x.storage]]),
    );
  optimizer.loadStateDict({
    lr: notes.lr,
    parameters: notes.steps.map((steps, i) => ({ steps, slots: slotsOf(i) })),
  });
  if (notes.schedule) scheduler?.loadStateDict(notes.schedule);
  if (early && notes.early) {
    early.bestEpoch = notes.early.bestEpoch;
    early.bestLoss = notes.early.bestLoss ?? Infinity;
    early.best = notes.early.bestLoss === null ? null : withPrefix("best.", tensors);
  }
  return notes.position;
}

function readNotes(path: string, stored: Tensor | undefined): Notes {
  const bad = (got: string): SyntaxError =>
    new SyntaxError(
      `train.fit: expected ${path} to be a checkpoint of version 1, got ${got};\ndelete it, or name another file`,
    );
  if (!stored) throw bad("a safetensors file without notes");
  try {
    const notes = JSON.parse(new TextDecoder().decode(Uint8Array.from(stored.storage))) as Notes;
    if (notes.version === 1) return notes;
  } catch {
    throw bad("notes that are no JSON");
  }
  throw bad("another version");
}

function requireSame(path: string, what: string, saved: string | null, given: string | null): void {
  if (saved === given) return;
  throw rangeError(
    "train.fit",
    `the ${what} that ${path} was saved with, ${saved ?? "none"}`,
    given ?? "none",
    "go on with the same one, or name another file",
  );
}

function prefixed(prefix: string, tensors: StateDict): StateDict {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [prefix + name, x]));
}

function withPrefix(prefix: string, tensors: StateDict): StateDict {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, x]) => [name.slice(prefix.length), x]));
}
