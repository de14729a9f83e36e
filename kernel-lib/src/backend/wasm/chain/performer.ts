import { assemble } from "../assembler.js";
import type { Arena } from "../memory.js";
import type { Routine } from "../routines/routine.js";
import { wasm } from "../webassembly.js";
import type { Action, Block } from "./stage.js";

type Exported = (base: number, first: number, end: number, part: number) => void;

/** Actions whose routines are compiled, ready to be performed on blocks of an arena. */
export class Performer {
  readonly #exports: Readonly<Record<string, Exported>>;

  constructor(
    readonly arena: Arena,
    actions: readonly Action[],
  ) {
    const routines = actions.filter((action): action is Routine => typeof action !== "function");
    const bytes = assemble(
      routines.map(({ name, func }) => [name, func]),
      arena.limits,
    );
    const instance = new wasm!.Instance(new wasm!.Module(bytes), { env: { memory: arena.memory } });
    this.#exports = instance.exports as Readonly<Record<string, Exported>>;
  }

  perform(actions: readonly Action[], block: Block): void {
    for (const action of actions) {
      if (typeof action === "function") action(block);
      else this.#exports[action.name](block.base, 0, action.units, 0);
    }
  }
}
