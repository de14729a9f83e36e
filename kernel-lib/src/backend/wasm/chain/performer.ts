import type { Routine } from "../routines/routine.js";
import { Code } from "../threads/code.js";
import type { CrewArena } from "../threads/crewArena.js";
import type { Action, Block } from "./stage.js";

/** Actions whose routines are compiled, ready to be performed on blocks of an arena. */
export class Performer {
  readonly #code: Code;
  /** For each routine its number in the code. */
  readonly #numbers: ReadonlyMap<Routine, number>;

  constructor(
    readonly arena: CrewArena,
    actions: readonly Action[],
    /** Into how many parts the routines share their units, as they were made for. */
    readonly parts: number,
  ) {
    const routines = actions.filter((action): action is Routine => typeof action !== "function");
    this.#code = new Code(arena, routines);
    this.#numbers = new Map(routines.map((routine, i) => [routine, i]));
  }

  perform(actions: readonly Action[], block: Block): void {
    for (const action of actions) {
      if (typeof action === "function") action(block);
      else {
        const { name, units } = action;
        const job = { code: this.#code, routine: this.#numbers.get(action)!, name, units, parts: this.parts };
        this.arena.crew.perform({ ...job, base: block.base });
      }
    }
  }

  /** Give back what the threads read; passes under way still find everything. */
  close(): void {
    this.#code.close();
  }
}
