import type { Tensor } from "../tensor/tensor.js";
import { countRight } from "./batches.js";

/** The sums of a meter. */
export interface MeterState {
  count: number;
  loss: number;
  right: number | null;
}

/** Adds up losses and right answers, batch by batch, so that each sample counts the same. */
export class Meter {
  /** Samples seen. */
  count = 0;
  #loss = 0;
  #right: number | null = 0;

  /** @param loss mean loss of the batch */
  add(loss: number, prediction: Tensor, target: Tensor): void {
    const samples = target.shape[0];
    const right = countRight(prediction, target);
    this.count += samples;
    this.#loss += loss * samples;
    this.#right = this.#right === null || right === null ? null : this.#right + right;
  }

  /** The sums so far, ready to be saved. */
  get state(): MeterState {
    return { count: this.count, loss: this.#loss, right: this.#right };
  }

  /** Go on from saved sums. */
  set state(state: MeterState) {
    this.count = state.count;
    this.#loss = state.loss;
    this.#right = state.right;
  }

  /** Mean loss a sample. */
  get loss(): number {
    return this.#loss / this.count;
  }

  /** Share of right answers, 0 … 1; `null` where targets are no class numbers. */
  get accuracy(): number | null {
    return this.#right === null ? null : this.#right / this.count;
  }
}
