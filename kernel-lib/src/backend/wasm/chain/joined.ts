import { add, I32, i32, minimum, mul } from "../assembler.js";
import { routine, type Routine, type Samples } from "../routines/routine.js";
import type { Action } from "./stage.js";

/** Bytes of samples, and of weights and sums, that find room in a core's own cache together. */
export interface Cache {
  readonly samples: number;
  readonly weights: number;
}

/**
 * Of 1 MiB. With 256 or 512 KiB for the samples most networks take as long, small ones somewhat longer; eight layers of 64
 * channels lose 6 % where their weights, half a megabyte each, take turns.
 */
export const CACHE: Cache = { samples: 384 * 1024, weights: 640 * 1024 };

/** Of the time that a job takes, the most that parts may wait for the one that has more units than they. */
const IDLE = 0.15;

/** A routine on samples. */
type BySample = Routine & { readonly samples: Samples };

/**
 * The same actions, but routines that follow each other on the samples of a batch are one: a few samples go through all of
 * them before the next few come, so that each routine finds in the cache what the one before it wrote.
 */
export function joined(
  actions: readonly Action[],
  batch: number,
  parts: number,
  cache: Cache = CACHE,
): Action[] {
  const done: Action[] = [];
  let run: BySample[] = [];
  const endRun = (): void => {
    if (run.length > 0) done.push(join(run, batch, cache.samples));
    run = [];
  };
  for (const action of actions) {
    const next = isBySample(action, batch) && sharesWell([action], batch, parts) ? action : undefined;
    if (!next || !fits([...run, next], cache.weights) || !sharesWell([...run, next], batch, parts)) endRun();
    if (next) run.push(next);
    else done.push(typeof action === "function" ? action : begun(action));
  }
  endRun();
  return done;
}

const isBySample = (action: Action, batch: number): action is BySample =>
  typeof action !== "function" && action.samples?.count === batch;

const fits = (run: readonly BySample[], bytes: number): boolean =>
  run.reduce((sum, { samples }) => sum + samples.shared, 0) <= bytes;

function sharesWell(run: readonly BySample[], batch: number, parts: number): boolean {
  const units = batch / together(run, batch);
  const most = Math.ceil(units / parts);
  return 1 - units / (parts * most) <= IDLE;
}

/** Samples that have to stay together: a unit of some routines is several. */
function together(run: readonly BySample[], batch: number): number {
  return run.reduce((samples, { units }) => commonMultiple(samples, Math.max(1, batch / units)), 1);
}

function commonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}

/** All of them, on a few samples at a time. */
function join(run: readonly BySample[], batch: number, bytes: number): Routine {
  if (run.length === 1) return begun(run[0]);
  const unit = together(run, batch);
  const most = Math.max(...run.map(({ samples }) => samples.bytes));
  const units = batch / unit;
  const step = Math.max(1, Math.min(units, Math.floor(bytes / (most * unit))));
  const name = `${run[0].name} … ${run.at(-1)!.name}`;
  return routine(name, units, ({ f, base, first, end, part }) => {
    const [at, stop] = f.locals(2, I32);
    for (const { begin } of run) if (begin) f.call(begin, base.get, part.get);
    f.for(at, first.get, end.get, step, () => {
      f.set(stop, minimum(add(at.get, i32(step)), end.get));
      for (const { func, units: all } of run) {
        const each = i32(all / units);
        f.call(func, base.get, mul(at.get, each), mul(stop.get, each), part.get);
      }
    });
  });
}

/** The routine, with what each part does first. */
function begun(alone: Routine): Routine {
  const { name, units, begin, func } = alone;
  if (!begin) return alone;
  return routine(name, units, ({ f, base, first, end, part }) => {
    f.call(begin, base.get, part.get);
    f.call(func, base.get, first.get, end.get, part.get);
  });
}
