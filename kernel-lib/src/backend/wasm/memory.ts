import type { Crew } from "./threads/crew.js";
import { wasm, type WasmMemory } from "./webassembly.js";

/** Bytes of a WebAssembly page. */
const PAGE = 65536;
/** Pages that may ever be used: 2 GiB, so that addresses stay positive. */
const MAXIMUM = 32768;
/** Blocks begin on a cache line. */
const ALIGN = 64;

/** A stretch of the memory, in bytes. */
interface Span {
  at: number;
  size: number;
}

/**
 * The memory that all routines share, and the threads that work on it. Its blocks have owners that give them back: nothing here waits for the garbage
 * collector, which never runs its finalizers inside a synchronous loop.
 */
export class Arena {
  readonly limits: { readonly maximum: number; readonly shared: boolean };
  readonly memory: WasmMemory;
  /** The whole memory as floats, and as bytes; taken anew when it has grown. */
  floats: Float32Array;
  /** Free stretches, in the order of their places. */
  readonly #free: Span[] = [];
  /** Where nothing has been handed out yet. */
  #top = ALIGN;

  constructor(
    shared: boolean,
    readonly crew: Crew,
  ) {
    this.limits = { maximum: MAXIMUM, shared };
    this.memory = new wasm!.Memory({ initial: 16, ...this.limits });
    this.floats = new Float32Array(this.memory.buffer);
  }

  /** A block of so many bytes; what is in it is left from before. */
  allocate(bytes: number): number {
    const size = Math.ceil(bytes / ALIGN) * ALIGN;
    const fit = this.#free.findIndex((span) => span.size >= size);
    if (fit >= 0) {
      const span = this.#free[fit];
      const { at } = span;
      span.at += size;
      span.size -= size;
      if (span.size === 0) this.#free.splice(fit, 1);
      return at;
    }
    const at = this.#top;
    this.#top += size;
    this.#reach(this.#top);
    return at;
  }

  /** Give back a block. */
  release(at: number, bytes: number): void {
    const size = Math.ceil(bytes / ALIGN) * ALIGN;
    const after = this.#free.findIndex((span) => span.at > at);
    const i = after < 0 ? this.#free.length : after;
    this.#free.splice(i, 0, { at, size });
    this.#join(i);
    this.#join(i - 1);
    const last = this.#free.at(-1);
    if (last && last.at + last.size === this.#top) {
      this.#top = last.at;
      this.#free.pop();
    }
  }

  /** Make one of stretch `i` and the next, if they touch. */
  #join(i: number): void {
    const [span, next] = [this.#free[i], this.#free[i + 1]];
    if (!span || !next || span.at + span.size !== next.at) return;
    span.size += next.size;
    this.#free.splice(i + 1, 1);
  }

  #reach(bytes: number): void {
    const missing = Math.ceil(bytes / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing <= 0) return;
    if (bytes > MAXIMUM * PAGE) {
      throw new RangeError(
        `wasm: expected at most ${MAXIMUM * PAGE} bytes at a time, got ${bytes}; use a smaller batch`,
      );
    }
    this.memory.grow(missing);
    this.floats = new Float32Array(this.memory.buffer);
  }
}
