import { assemble } from "../assembler.js";
import type { Arena } from "../memory.js";
import type { Routine } from "../routines/routine.js";
import { wasm } from "../webassembly.js";

/** A routine of units takes base, first, end and part; one that only this thread calls, what it likes. */
type Exported = (...numbers: readonly number[]) => void;

let made = 0;

/** Routines compiled as one module: for this thread at once, for the others as soon as they are called. */
export class Code {
  /** What the threads know it by. */
  readonly id: number = ++made;
  /** In the order in which they were handed over. */
  readonly routines: readonly Exported[];
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #shared: { at: number; length: number } | undefined;
  #closed = false;

  constructor(
    readonly arena: Arena,
    routines: readonly Routine[],
  ) {
    this.#bytes = assemble(
      routines.map(({ name, func }) => [name, func]),
      arena.limits,
    );
    const instance = new wasm!.Instance(new wasm!.Module(this.#bytes), { env: { memory: arena.memory } });
    this.routines = Object.values(instance.exports) as Exported[];
  }

  /**
   * The bytes where the other threads can read them: a thread that waits for work hears no messages. `undefined` when
   * the code is closed: this thread still runs it, for a pass that is under way.
   */
  share(): { at: number; length: number } | undefined {
    if (this.#closed) return undefined;
    if (!this.#shared) {
      const { arena } = this;
      const { length } = this.#bytes;
      this.#shared = { at: arena.allocate(length), length };
      new Uint8Array(arena.memory.buffer).set(this.#bytes, this.#shared.at);
    }
    return this.#shared;
  }

  close(): void {
    this.#closed = true;
    if (this.#shared) this.arena.release(this.#shared.at, this.#shared.length);
    this.#shared = undefined;
  }
}
