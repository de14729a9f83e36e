import { add, I32, i32, minimum, mul, sub } from "../assembler.js";
import { routine, type Routine } from "../routines/routine.js";
import type { Action } from "./stage.js";

/*
 * Routines that follow each other on the samples of a batch become one: a few samples go through all of them before the
 * next few come, so that each routine finds in the cache what the one before it wrote. Maps that nobody else reads have
 * room for those few only.
 */

/** Bytes of samples, and of weights and sums, that find room in a core's own cache together. */
export interface Cache {
  readonly samples: number;
  readonly weights: number;
}

/**
 * Of 1 MiB. Networks of 1 to 64 channels take as long, within 3 %, with 128 to 768 KiB for the samples; eight layers of 64
 * channels lose 6 % where their weights, half a megabyte each, take turns.
 */
export const CACHE: Cache = { samples: 384 * 1024, weights: 640 * 1024 };

/** Of the time that a job takes, the most that parts may wait for the one that has more units than they. */
const IDLE = 0.15;

/** Actions that are done together, and how: one as it is, or routines on some of the units that they have in common. */
export type Group =
  | { readonly alone: Action }
  | {
      readonly routines: readonly Routine[];
      readonly units: number;
      /** Units that go through all routines at a time, and samples of a unit. */
      readonly step: number;
      readonly samples: number;
    };

/** The actions of a pass in their order. */
export function grouped(actions: readonly Action[], batch: number, parts: number, cache: Cache): Group[] {
  const groups: Group[] = [];
  let run: Routine[] = [];
  const endRun = (): void => {
    if (run.length > 0) groups.push(sized(run, batch, cache.samples));
    run = [];
  };
  for (const action of actions) {
    const next = "func" in action && action.bySample && sharesWell([action], batch, parts) ? action : undefined; // prettier-ignore
    if (!next || !fits([...run, next], cache.weights) || !sharesWell([...run, next], batch, parts)) endRun();
    if (next) run.push(next);
    else groups.push({ alone: action });
  }
  endRun();
  return groups;
}

const fits = (run: readonly Routine[], bytes: number): boolean =>
  run.reduce((sum, { shared = 0 }) => sum + shared, 0) <= bytes;

function sharesWell(run: readonly Routine[], batch: number, parts: number): boolean {
  const units = batch / together(run, batch);
  const most = Math.ceil(units / parts);
  return 1 - units / (parts * most) <= IDLE;
}

/** Samples that have to stay together: a unit of some routines is several. */
function together(run: readonly Routine[], batch: number): number {
  return run.reduce((samples, { units }) => commonMultiple(samples, Math.max(1, batch / units)), 1);
}

function commonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}

/** With as many samples at a time as find room. */
function sized(routines: readonly Routine[], batch: number, bytes: number): Group {
  const samples = together(routines, batch);
  const units = batch / samples;
  const sizes = routines.map(({ grids }) => grids.reduce((sum, { sample }) => sum + 4 * sample, 0));
  const step = Math.max(1, Math.min(units, Math.floor(bytes / (Math.max(...sizes) * samples))));
  return { routines, units, step, samples };
}

/** Maps that only one group reads and writes, with the samples for which they need room: those that parts work on. */
export function passingGrids(groups: readonly Group[], batch: number, parts: number): Map<number, number> {
  const users = new Map<number, Group | undefined>(); // none, if there are several
  for (const each of groups) {
    for (const { grids } of "alone" in each ? [each.alone] : each.routines) {
      for (const { number } of grids) {
        users.set(number, (users.has(number) ? users.get(number) : each) === each ? each : undefined);
      }
    }
  }
  const passing = new Map<number, number>();
  for (const [number, user] of users) {
    if (!user || "alone" in user) continue;
    const room = parts * user.step * user.samples;
    if (room < batch) passing.set(number, room);
  }
  return passing;
}

/** Each group as one action. */
export function joined(groups: readonly Group[]): Action[] {
  return groups.map((each) => {
    if (!("alone" in each)) return asOne(each);
    const { alone } = each;
    if (!("func" in alone && alone.begin)) return alone;
    return asOne({ routines: [alone], units: alone.units, step: alone.units, samples: 0 }); // no map of it is passing
  });
}

function asOne({ routines, units, step, samples }: Exclude<Group, { readonly alone: Action }>): Routine {
  const names = new Set([routines[0].name, routines.at(-1)!.name]);
  const grids = routines.flatMap((each) => each.grids);
  return routine([...names].join(" … "), { units, grids }, ({ f, base, first, end, part }) => {
    const [at, stop, gone] = f.locals(3, I32);
    for (const { begin } of routines) if (begin) f.call(begin, base.get, part.get);
    f.for(at, first.get, end.get, step, () => {
      f.set(stop, minimum(add(at.get, i32(step)), end.get));
      f.set(gone, mul(sub(at.get, mul(part.get, i32(step))), i32(samples))); // each part has room of its own
      for (const { func, units: all } of routines) {
        const each = i32(all / units);
        f.call(func, base.get, mul(at.get, each), mul(stop.get, each), part.get, gone.get);
      }
    });
  });
}
