import { currentHost } from "../display/host.js";
import { say } from "../display/language.js";

/** What a progress bar shows. */
export interface ProgressState {
  epoch: number;
  epochs: number;
  /** Batches done in this epoch, and how many there are. */
  batch: number;
  batches: number;
  loss: number;
  accuracy: number | null;
  imagesPerSecond: number;
  secondsLeft: number;
}

/** The front end gets a new picture at most this often; training should not wait for it. */
const INTERVAL_MS = 120;
const WIDTH = 24;

/** One output that follows training in place: an HTML bar in a notebook, a line in a terminal. */
export class ProgressBar {
  readonly #host = currentHost();
  readonly #id = `train-${globalThis.process?.pid}-${Date.now().toString(36)}-${counter++}`;
  #shownAt = -Infinity;
  #started = false;

  /** Whether enough time has passed for a new picture. */
  get due(): boolean {
    return performance.now() - this.#shownAt >= INTERVAL_MS;
  }

  show(state: ProgressState): void {
    this.#shownAt = performance.now();
    const line = text(state);
    if (this.#host) {
      this.#host.show({ "text/html": html(state), "text/plain": line }, {}, this.#id, this.#started);
    } else terminal()?.write(`\r\x1b[2K${line}`);
    this.#started = true;
  }

  /** Replace the bar by a last line that stays. */
  finish(line: string): void {
    if (this.#host) {
      const bundle = { "text/html": `<code>${line}</code>`, "text/plain": line };
      this.#host.show(bundle, {}, this.#id, this.#started);
    } else terminal()?.write(`\r\x1b[2K${line}\n`);
  }
}

let counter = 0;

/** Where a line can be written over: no file, and no page in a browser. */
function terminal(): NodeJS.WriteStream | undefined {
  const stream = globalThis.process?.stderr;
  return stream?.isTTY ? stream : undefined;
}

/** How fast training goes, and how long it will still take. */
export class Pace {
  readonly #startedAt = performance.now();
  #batches = 0;
  #images = 0;

  /**
   * @param epochs  how many there will be
   * @param batches how many an epoch has
   */
  constructor(
    readonly epochs: number,
    readonly batches: number,
  ) {}

  /** One more batch is done. */
  batch(images: number): void {
    this.#batches++;
    this.#images += images;
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  get state(): Pick<ProgressState, "epochs" | "batches" | "imagesPerSecond" | "secondsLeft"> {
    const { epochs, batches, seconds } = this;
    const batchesLeft = epochs * batches - this.#batches;
    return {
      epochs,
      batches,
      imagesPerSecond: this.#images / seconds,
      secondsLeft: (seconds / this.#batches) * batchesLeft,
    };
  }
}

function share(state: ProgressState): number {
  return (state.epoch - 1 + state.batch / state.batches) / state.epochs;
}

function numbers(state: ProgressState): string {
  const accuracy =
    state.accuracy === null
      ? ""
      : ` · ${say({ en: "accuracy", zh: "准确率" })} ${(100 * state.accuracy).toFixed(1)} %`;
  const left = say({ en: `${duration(state.secondsLeft)} left`, zh: `还需 ${duration(state.secondsLeft)}` });
  const speed = say({
    en: `${Math.round(state.imagesPerSecond)} images/s`,
    zh: `每秒 ${Math.round(state.imagesPerSecond)} 幅`,
  });
  const epoch = say({
    en: `epoch ${state.epoch}/${state.epochs}`,
    zh: `第 ${state.epoch}/${state.epochs} 轮`,
  });
  return `${epoch} · ${say({ en: "loss", zh: "损失" })} ${state.loss.toFixed(4)}${accuracy} · ${speed} · ${left}`;
}

function text(state: ProgressState): string {
  const full = Math.round(share(state) * WIDTH);
  return `${"█".repeat(full)}${"░".repeat(WIDTH - full)} ${numbers(state)}`;
}

function html(state: ProgressState): string {
  const value = share(state).toFixed(3);
  return `<progress value="${value}" max="1" style="width:16em;vertical-align:middle"></progress> <code>${numbers(state)}</code>`;
}

/** Seconds in words: 8 s, 2 min 05 s. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
