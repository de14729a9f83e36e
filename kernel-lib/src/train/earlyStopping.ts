import type { Module, StateDict } from "../nn/module.js";
import { rangeError } from "../tensor/errors.js";

/** When to stop because validation no longer gets better. */
export interface EarlyStoppingOptions {
  /** Epochs without a better validation loss after which training ends. */
  patience: number;
  /** By how much a loss must fall to count as better, 0 unless given. */
  minDelta?: number;
  /** Whether the model gets the weights of its best epoch back at the end; true unless told otherwise. */
  restoreBest?: boolean;
}

/** Watches the validation loss, and keeps the weights of the best epoch. */
export class EarlyStopping {
  /** The epoch with the lowest validation loss so far, 0 before the first. */
  bestEpoch: number = 0;
  bestLoss: number = Infinity;
  /** The weights of that epoch. */
  best: StateDict | null = null;

  /** @throws {RangeError} for a patience below 1 or a negative minDelta */
  constructor(readonly options: EarlyStoppingOptions) {
    const { patience, minDelta = 0 } = options;
    if (!Number.isInteger(patience) || patience < 1) {
      throw rangeError("train.fit", "earlyStopping.patience as a whole number ≥ 1", String(patience));
    }
    if (!(minDelta >= 0)) {
      throw rangeError("train.fit", "earlyStopping.minDelta as a number ≥ 0", String(minDelta));
    }
  }

  /** Look at an epoch's validation loss. */
  see(epoch: number, loss: number, model: Module): void {
    const { minDelta = 0 } = this.options;
    if (!(loss < this.bestLoss - (this.bestEpoch === 0 ? 0 : minDelta))) return;
    this.bestEpoch = epoch;
    this.bestLoss = loss;
    this.best = model.stateDict();
  }

  /** Whether patience has run out after this epoch. */
  isOver(epoch: number): boolean {
    return epoch - this.bestEpoch >= this.options.patience;
  }

  /** Give the model its best weights back, unless that is not wanted. */
  restore(model: Module): void {
    const { restoreBest = true } = this.options;
    if (restoreBest && this.best) model.loadStateDict(this.best);
  }
}
