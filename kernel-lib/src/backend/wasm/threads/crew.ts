import { features } from "../features.js";
import type { Code } from "./code.js";
import { AWAKE_MS, CELL, NEXT_JOB, PARTS_MASK } from "./control.js";
import { defaultThreads } from "./defaultThreads.js";
import { startWorkers, type Workers } from "./workers.js";

/** What is done to a block: a routine, whose units are shared among so many parts, each with its own scratch and sums. */
export interface Job {
  readonly code: Code;
  /** The number of the routine in the code, and its name. */
  readonly routine: number;
  readonly name: string;
  readonly units: number;
  readonly parts: number;
}

/** How long a thread may take for its part longer than this one took for its own, before it counts as lost. */
const PATIENCE_MS = 10_000;
const PATIENCE = 20;

/**
 * The threads that compute on one arena: this one, and workers beside it from the first job on that has parts for them.
 */
export class Crew {
  #threads: number | undefined;
  #workers: Workers | undefined;
  /** Whether this thread may sleep: the main thread of a browser may not. */
  #maySleep: boolean | undefined;

  constructor(readonly patienceMs: number = PATIENCE_MS) {}

  /** Threads that take parts, this one counted in. */
  get threads(): number {
    return (this.#threads ??= features().threads ? defaultThreads() : 1);
  }
  set threads(threads: number) {
    if (threads === this.#threads) return;
    this.#workers?.dismiss(false);
    this.#workers = undefined;
    this.#threads = threads;
  }

  /** All parts of a job on the block at `base`, by whoever comes first. */
  perform(job: Job, base: number): void {
    const control = this.#helpers(job);
    if (!control) {
      for (let part = 0; part < job.parts; part++) compute(job, base, part);
      return;
    }
    try {
      const start = performance.now();
      publish(control, job, base);
      for (let part = takePart(control); part >= 0; part = takePart(control)) {
        compute(job, base, part);
        Atomics.add(control, CELL.done, 1);
      }
      const patienceMs = this.patienceMs + PATIENCE * (performance.now() - start);
      this.#waitForOthers(control, job, patienceMs);
    } catch (error) {
      this.#goOnAlone();
      throw error;
    }
  }

  /** The workers' control, if there are workers that are ready and something for them to do. */
  #helpers({ code, units, parts }: Job): Int32Array | undefined {
    if (units === 1 || parts === 1 || this.threads === 1) return undefined;
    this.#workers ??= startWorkers(this.threads - 1, code.arena.memory);
    const { control } = this.#workers;
    return Atomics.load(control, CELL.ready) > 0 && code.share() ? control : undefined;
  }

  #waitForOthers(control: Int32Array, { name, parts }: Job, patienceMs: number): void {
    const start = performance.now();
    for (;;) {
      const done = Atomics.load(control, CELL.done);
      if (done === parts) break;
      const waitedMs = performance.now() - start;
      if (waitedMs > patienceMs) {
        const seconds = (waitedMs / 1000).toFixed(0);
        throw lost(`all ${parts} parts of ${name}`, `${done} after ${seconds} s`);
      }
      if (waitedMs > AWAKE_MS && this.#mayWait(control)) Atomics.wait(control, CELL.done, done, patienceMs);
    }
    if (Atomics.load(control, CELL.failed)) throw lost(`${name} to run`, "an exception in a thread");
  }

  #mayWait(control: Int32Array): boolean {
    return (this.#maySleep ??= maySleep(control));
  }

  #goOnAlone(): void {
    this.#workers?.dismiss(true);
    this.#workers = undefined;
    this.#threads = 1;
  }
}

function lost(expected: string, actual: string): Error {
  return new Error(
    `wasm: expected ${expected}, got ${actual};\nwhat was computed last is lost, and one thread goes on alone: backend.setThreads(…) starts new ones`,
  );
}

function compute({ code, routine, units, parts }: Job, base: number, part: number): void {
  const first = Math.floor((part * units) / parts);
  const end = Math.floor(((part + 1) * units) / parts);
  code.routines[routine](base, first, end, part);
}

/** Write down a job, then the ticket that lets everybody take parts of it. */
function publish(control: Int32Array, { code, routine, units, parts }: Job, base: number): void {
  const { at, length } = code.share()!;
  Atomics.store(control, CELL.failed, 0);
  Atomics.store(control, CELL.done, 0);
  Atomics.store(control, CELL.code, code.id);
  Atomics.store(control, CELL.bytes, at);
  Atomics.store(control, CELL.length, length);
  Atomics.store(control, CELL.routine, routine);
  Atomics.store(control, CELL.base, base);
  Atomics.store(control, CELL.units, units);
  Atomics.store(control, CELL.parts, parts);
  const last = Atomics.load(control, CELL.ticket);
  Atomics.store(control, CELL.ticket, (last & ~PARTS_MASK) + NEXT_JOB + parts);
  if (Atomics.load(control, CELL.asleep) > 0) Atomics.notify(control, CELL.ticket);
}

/** The number of a part that nobody else will take, or −1 when none is left. */
function takePart(control: Int32Array): number {
  for (;;) {
    const ticket = Atomics.load(control, CELL.ticket);
    const left = ticket & PARTS_MASK;
    if (left === 0 || Atomics.compareExchange(control, CELL.ticket, ticket, ticket - 1) === ticket) {
      return left - 1;
    }
  }
}

function maySleep(control: Int32Array): boolean {
  try {
    Atomics.wait(control, CELL.units, Atomics.load(control, CELL.units) + 1, 0); // returns at once
    return true;
  } catch {
    return false;
  }
}
