import { describe, rangeError, typeError } from "../tensor/errors.js";
import { Adam } from "./adam.js";
import { Optimizer } from "./optimizer.js";
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
    if (!(optimizer instanceof Optimizer)) {
      throw typeError(
        this.constructor.name,
        "an optimiser first",
        describe(optimizer),
        "such as new optim.SGD(…)",
      );
    }
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

/** How long a cycle is, and which way rate and momentum go in it. */
export interface OneCycleOptions {
  /** Number of batches of the whole training. Either this, or `epochs` and `stepsPerEpoch`. */
  totalSteps?: number;
  epochs?: number;
  /** Batches an epoch: `loader.length`. */
  stepsPerEpoch?: number;
  /** Share of the steps in which the rate rises, 0.3 unless given. */
  pctStart?: number;
  /** The first rate is maxLr / divFactor, 25 unless given. */
  divFactor?: number;
  /** The last rate is the first one / finalDivFactor, 1e4 unless given. */
  finalDivFactor?: number;
  /** Along half cosines or along straight lines. "cos" unless given. */
  annealStrategy?: "cos" | "linear";
  /** Fall as long as the rate rose, and only then to the last rate. False unless given. */
  threePhase?: boolean;
  /** Whether momentum (for Adam: the first beta) moves too. True unless given. */
  cycleMomentum?: boolean;
  /** Momentum where the rate is highest, 0.85 unless given. */
  baseMomentum?: number;
  /** Momentum at the start and at the end, 0.95 unless given. */
  maxMomentum?: number;
}

/** From the end of the phase before to step `end`, rate and momentum go from one value to another. */
interface Phase {
  end: number;
  lr: readonly [number, number];
  momentum: readonly [number, number];
}

/**
 * Up to `maxLr` and down to almost nothing; momentum goes the other way (0.95 → 0.85 → 0.95). As in PyTorch that gives
 * momentum to an SGD that was made without, unless `cycleMomentum` is false, and only the first totalSteps − 1 steps
 * are on the curve: one more is allowed, which begins to rise again.
 *
 * @see Smith & Topin 2018, arXiv:1708.07120
 */
export class OneCycleLR extends Schedule {
  readonly interval = "batch";
  readonly totalSteps: number;
  readonly #phases: readonly Phase[];

  /** @throws {RangeError} if the number of steps is missing, or an option is out of range */
  constructor(
    optimizer: Optimizer,
    readonly maxLr: number,
    readonly options: OneCycleOptions,
  ) {
    super(optimizer);
    const {
      epochs = NaN,
      stepsPerEpoch = NaN,
      totalSteps = epochs * stepsPerEpoch,
      pctStart = 0.3,
    } = options ?? {};
    requireSteps("OneCycleLR", "totalSteps (or epochs and stepsPerEpoch)", totalSteps);
    if (!(pctStart >= 0 && pctStart <= 1)) {
      throw rangeError("OneCycleLR", "pctStart from 0 to 1", String(pctStart));
    }
    const { annealStrategy = "cos", cycleMomentum = true } = options;
    if (annealStrategy !== "cos" && annealStrategy !== "linear") {
      throw rangeError("OneCycleLR", 'annealStrategy "cos" or "linear"', describe(annealStrategy));
    }
    if (cycleMomentum && !(optimizer instanceof SGD || optimizer instanceof Adam)) {
      const wayOut = "write { cycleMomentum: false }";
      throw rangeError(
        "OneCycleLR",
        "an optimiser with momentum or betas",
        optimizer.constructor.name,
        wayOut,
      );
    }
    this.totalSteps = totalSteps;
    this.#phases = phasesOf(maxLr, totalSteps, pctStart, options);
    this.apply();
  }

  /** @throws {RangeError} after totalSteps steps */
  override step(): void {
    if (this.steps === this.totalSteps) {
      throw rangeError(
        "OneCycleLR",
        `at most totalSteps = ${this.totalSteps} steps`,
        String(this.totalSteps + 1),
        "set totalSteps to epochs × batches an epoch",
      );
    }
    super.step();
  }

  protected rate(): number {
    return this.#now("lr");
  }

  protected override apply(): void {
    super.apply();
    const { optimizer, options } = this;
    if (options.cycleMomentum === false) return;
    const momentum = this.#now("momentum");
    if (optimizer instanceof Adam) optimizer.betas = [momentum, optimizer.betas[1]];
    else if (optimizer instanceof SGD) optimizer.momentum = momentum;
  }

  #now(what: "lr" | "momentum"): number {
    const at = this.#phases.findIndex(({ end }, i) => this.steps <= end || i === this.#phases.length - 1);
    const start = at === 0 ? 0 : this.#phases[at - 1].end;
    const { end, [what]: [from, to] } = this.#phases[at]; // prettier-ignore
    const share = end > start ? (this.steps - start) / (end - start) : 1; // a phase of no length is over at once
    if (this.options.annealStrategy === "linear") return from + (to - from) * share;
    return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
  }
}

function phasesOf(maxLr: number, totalSteps: number, pctStart: number, options: OneCycleOptions): Phase[] {
  const { divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
  const { baseMomentum: low = 0.85, maxMomentum: high = 0.95 } = options;
  const first = maxLr / divFactor;
  const last = first / finalDivFactor;
  const rise: Phase = { end: pctStart * totalSteps - 1, lr: [first, maxLr], momentum: [high, low] };
  if (!threePhase) return [rise, { end: totalSteps - 1, lr: [maxLr, last], momentum: [low, high] }];
  return [
    rise,
    { end: 2 * pctStart * totalSteps - 2, lr: [maxLr, first], momentum: [low, high] },
    { end: totalSteps - 1, lr: [first, last], momentum: [high, high] },
  ];
}

function requireSteps(schedule: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw rangeError(schedule, `${name} as a whole number ≥ 1`, describe(value));
}
