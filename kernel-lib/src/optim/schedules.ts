import { rangeError } from "../tensor/errors.js";
import { Adam } from "./adam.js";
import type { Optimizer } from "./optimizer.js";
import { SGD } from "./sgd.js";

/** Changes an optimiser's learning rate as training goes on. */
export interface Schedule {
  /** Whether `train.fit` steps it after every batch or after every epoch. */
  readonly interval: "batch" | "epoch";
  /** Set the learning rate of the next batch or epoch. */
  step(): void;
}

/** Multiply the learning rate by `gamma` (0.1 unless given) every `stepSize` epochs. */
export class StepLR implements Schedule {
  readonly interval = "epoch";
  #epoch = 0;
  readonly #start: number;

  constructor(
    readonly optimizer: Optimizer,
    readonly stepSize: number,
    readonly options: { gamma?: number } = {},
  ) {
    requireSteps("StepLR", "stepSize", stepSize);
    this.#start = optimizer.lr;
  }

  step(): void {
    this.#epoch++;
    this.optimizer.lr = this.#start * (this.options.gamma ?? 0.1) ** Math.floor(this.#epoch / this.stepSize);
  }
}

/**
 * Half a cosine from the starting learning rate down to `etaMin` (0 unless given) in `tMax` epochs.
 *
 * @see Loshchilov & Hutter 2017, arXiv:1608.03983
 */
export class CosineAnnealingLR implements Schedule {
  readonly interval = "epoch";
  #epoch = 0;
  readonly #start: number;

  constructor(
    readonly optimizer: Optimizer,
    readonly tMax: number,
    readonly options: { etaMin?: number } = {},
  ) {
    requireSteps("CosineAnnealingLR", "tMax", tMax);
    this.#start = optimizer.lr;
  }

  step(): void {
    this.#epoch++;
    const low = this.options.etaMin ?? 0;
    this.optimizer.lr = low + ((this.#start - low) * (1 + Math.cos((Math.PI * this.#epoch) / this.tMax))) / 2;
  }
}

/** Rise in equal steps from `startFactor` (1/3 unless given) of the learning rate to all of it, over `totalIters` batches. */
export class LinearWarmup implements Schedule {
  readonly interval = "batch";
  #batch = 0;
  readonly #target: number;

  constructor(
    readonly optimizer: Optimizer,
    readonly totalIters: number,
    readonly options: { startFactor?: number } = {},
  ) {
    requireSteps("LinearWarmup", "totalIters", totalIters);
    this.#target = optimizer.lr;
    this.#apply();
  }

  step(): void {
    this.#batch++;
    this.#apply();
  }

  #apply(): void {
    const from = this.options.startFactor ?? 1 / 3;
    this.optimizer.lr = this.#target * (from + (1 - from) * Math.min(1, this.#batch / this.totalIters));
  }
}

export interface OneCycleOptions {
  /** Number of batches of the whole training: epochs × batches an epoch. */
  totalSteps: number;
  /** Share of the steps in which the rate rises, 0.3 unless given. */
  pctStart?: number;
  /** The first rate is maxLr / divFactor, 25 unless given. */
  divFactor?: number;
  /** The last rate is the first one / finalDivFactor, 1e4 unless given. */
  finalDivFactor?: number;
}

/**
 * Up to `maxLr` and down to almost nothing, along half cosines; momentum goes the other way (0.95 → 0.85 → 0.95).
 *
 * @see Smith & Topin 2018, arXiv:1708.07120
 */
export class OneCycleLR implements Schedule {
  readonly interval = "batch";
  #batch = 0;

  constructor(
    readonly optimizer: Optimizer,
    readonly maxLr: number,
    readonly options: OneCycleOptions,
  ) {
    requireSteps("OneCycleLR", "totalSteps", options.totalSteps);
    this.#apply();
  }

  /** @throws {RangeError} after totalSteps steps */
  step(): void {
    this.#batch++;
    if (this.#batch > this.options.totalSteps) {
      throw rangeError(
        "OneCycleLR",
        `at most totalSteps = ${this.options.totalSteps} steps`,
        String(this.#batch),
        "set totalSteps to epochs × batches an epoch",
      );
    }
    this.#apply();
  }

  #apply(): void {
    const { totalSteps, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = this.options;
    const top = pctStart * totalSteps - 1;
    const rising = this.#batch <= top;
    // A rise of no length is over at once; without this it would be 0 / 0.
    const up = top > 0 ? this.#batch / top : 1;
    const share = rising ? up : Math.min(1, (this.#batch - top) / (totalSteps - 1 - top));
    const first = this.maxLr / divFactor;
    const [from, to] = rising ? [first, this.maxLr] : [this.maxLr, first / finalDivFactor];
    this.optimizer.lr = cosineBetween(from, to, share);
    this.#setMomentum(rising ? cosineBetween(0.95, 0.85, share) : cosineBetween(0.85, 0.95, share));
  }

  #setMomentum(momentum: number): void {
    const { optimizer } = this;
    if (optimizer instanceof Adam) optimizer.betas = [momentum, optimizer.betas[1]];
    else if (optimizer instanceof SGD && optimizer.momentum > 0) optimizer.momentum = momentum;
  }
}

function cosineBetween(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

function requireSteps(schedule: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw rangeError(schedule, `${name} as a whole number ≥ 1`, String(value));
}
