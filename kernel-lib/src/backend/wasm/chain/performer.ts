import type { Routine } from "../routines/routine.js";
import { Code } from "../threads/code.js";
import type { Job } from "../threads/crew.js";
import type { CrewArena } from "../threads/crewArena.js";
import type { Action, Block } from "./stage.js";

/** Actions whose routines are compiled, ready to be performed on blocks of an arena. */
export class Performer {
  readonly #code: Code;
  readonly #jobs: ReadonlyMap<Routine, Job>;

  /** @param parts into how many parts the routines share their units, as they were made for */
  constructor(
    readonly arena: CrewArena,
    actions: readonly Action[],
    parts: number,
  ) {
    const routines = actions.filter((action) => "func" in action);
    const code = new Code(arena, routines);
    const job = (routine: Routine, i: number): Job => {
      const { name, units } = routine;
      return { code, routine: i, name, units, parts };
    };
    this.#code = code;
    this.#jobs = new Map(routines.map((routine, i) => [routine, job(routine, i)]));
  }

  perform(actions: readonly Action[], block: Block): void {
    for (const action of actions) {
      if ("act" in action) action.act(block);
      else this.arena.crew.perform(this.#jobs.get(action)!, block.base);
    }
  }

  /** Give back what the threads read; passes under way still find everything. */
  close(): void {
    this.#code.close();
  }
}
