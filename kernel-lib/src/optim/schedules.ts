import { rangeError } from "../tensor/errors.js";
import { Adam } from "./adam.js";
import type { Optimizer } from "./optimizer.js";
import { SGD } from "./sgd.js";

/** Where a schedule stands, ready to be saved. */
export interface ScheduleState {
  /** Steps taken. */
  steps: number;
  /** The optimiser's learning rate when the schedule was made. */
  startLr: number;
}

/** Changes an optimiser's learning rate as training goes on: each kind says what it is after so many steps. */
export abstract class Schedule {
  /** Whether `train.fit` steps it after every batch or after every epoch. */
  abstract readonly interval: "batch" | "epoch";
  /** Steps taken. */
  steps = 0;
  /** The optimiser's learning rate when the schedule was made. */
  startLr: number;

  /** @param optimizer whose learning rate is set from now on */
  constructor(readonly optimizer: Optimizer) {
    this.startLr = optimizer.lr;
  }

  /** Set the learning rate of the next batch or epoch. */
  step(): void {
    this.steps++;
    this.apply();
  }

  /** Where the schedule stands, to be saved with the optimiser. */
  stateDict(): ScheduleState {
    return { steps: this.steps, startLr: this.startLr };
  }

  /** Go on from a saved state. */
  loadStateDict(state: ScheduleState): void {
    this.steps = state.steps;
    this.startLr = state.startLr;
    this.apply();
  }

  /** The learning rate after `steps` steps. */
  protected abstract rate(): number;

  /** Hand the present rate to the optimiser. */
  protected apply(): void {
    this.optimizer.lr = this.rate();
  }
}

/** Multiply the learning rate by `gamma` (0.1 unless given) every `stepSize` epochs. */
export class StepLR extends Schedule {
  readonly interval = "epoch";

  constructor(
    optimizer: Optimizer,
    readonly stepSize: number,
    readonly options: { gamma?: number } = {},
  ) {
    super(optimizer);
    requireSteps("StepLR", "stepSize", stepSize);
  }

  protected rate(): number {
    return this.startLr * (this.options.gamma ?? 0.1) ** Math.floor(this.steps / this.stepSize);
  }
}

/**
 * Half a cosine from the starting learning rate down to `etaMin` (0 unless given) in `tMax` epochs.
 *
 * @see Loshchilov & Hutter 2017, arXiv:1608.03983
 */
export class CosineAnnealingLR extends Schedule {
  readonly interval = "epoch";

  constructor(
    optimizer: Optimizer,
    readonly tMax: number,
    readonly options: { etaMin?: number } = {},
  ) {
    super(optimizer);
    requireSteps("CosineAnnealingLR", "tMax", tMax);
  }

  protected rate(): number {
    const low = this.options.etaMin ?? 0;
    return low + ((this.startLr - low) * (1 + Math.cos((Math.PI * this.steps) / this.tMax))) / 2;
  }
}

/** Rise in equal steps from `startFactor` (1/3 unless given) of the learning rate to all of it, over `totalIters` batches. */
export class LinearWarmup extends Schedule {
  readonly interval = "batch";

  constructor(
    optimizer: Optimizer,
    readonly totalIters: number,
    readonly options: { startFactor?: number } = {},
  ) {
    super(optimizer);
    requireSteps("LinearWarmup", "totalIters", totalIters);
    this.apply();
  }

  protected rate(): number {
    const from = this.options.startFactor ?? 1 / 3;
    return this.startLr * (from + (1 - from) * Math.min(1, this.steps / this.totalIters));
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
export class OneCycleLR extends Schedule {
  readonly interval = "batch";

  constructor(
    optimizer: Optimizer,
    readonly maxLr: number,
    readonly options: OneCycleOptions,
  ) {
    super(optimizer);
    requireSteps("OneCycleLR", "totalSteps", options.totalSteps);
    this.apply();
  }

  /** @throws {RangeError} after totalSteps steps */
  override step(): void {
    const { totalSteps } = this.options;
    if (this.steps === totalSteps) {
      throw rangeError(
        "OneCycleLR",
        `at most totalSteps = ${totalSteps} steps`,
        String(totalSteps + 1),
        "set totalSteps to epochs × batches an epoch",
      );
    }
    super.step();
  }

  protected rate(): number {
    const { divFactor = 25, finalDivFactor = 1e4 } = this.options;
    const { rising, share } = this.#phase();
    const first = this.maxLr / divFactor;
    return rising
      ? cosineBetween(first, this.maxLr, share)
      : cosineBetween(this.maxLr, first / finalDivFactor, share);
  }

  protected override apply(): void {
    super.apply();
    const { rising, share } = this.#phase();
    this.#setMomentum(rising ? cosineBetween(0.95, 0.85, share) : cosineBetween(0.85, 0.95, share));
  }

  /** Whether the rate still rises, and which share of the rise or the fall is done. */
  #phase(): { rising: boolean; share: number } {
    const { totalSteps, pctStart = 0.3 } = this.options;
    const top = pctStart * totalSteps - 1;
    // A rise of no length is over at once; without this it would be 0 / 0.
    if (this.steps <= top) return { rising: true, share: top > 0 ? this.steps / top : 1 };
    return { rising: false, share: Math.min(1, (this.steps - top) / (totalSteps - 1 - top)) };
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
