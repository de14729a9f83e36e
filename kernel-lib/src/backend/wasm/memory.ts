import { wasm, type WasmMemory } from "./webassembly.js";

/** Bytes of a WebAssembly page. */
const PAGE = 65536;
/** Pages that may ever be used: 2 GiB, so that addresses stay positive. */
const MAXIMUM = 32768;
/** Blocks begin on a cache line. */
const ALIGN = 64;

/** Bytes of blocks that may wait for their owners, of all together; the last one waits whatever its size. */
const WAITING = 128 * 2 ** 20;

/** A block that waits, as it is, for the next work of its owner. */
interface Waiting {
  readonly owner: object;
  readonly block: { readonly base: number };
  readonly bytes: number;
}

/** A stretch of the memory, in bytes. */
interface Span {
  at: number;
  size: number;
}

/**
 * Memory that routines share. Its blocks have owners that give them back: nothing here waits for the garbage collector,
 * which never runs its finalizers inside a synchronous loop.
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
  /** In the order in which they came to wait. */
  #waiting: Waiting[] = [];

  constructor(shared: boolean) {
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
    if (at + size > MAXIMUM * PAGE) {
      if (this.#waiting.length > 0) {
        this.#drop(() => true);
        return this.allocate(bytes);
      }
      throw new RangeError(
        `wasm: expected at most ${MAXIMUM * PAGE} bytes at a time, got ${at + size}; use a smaller batch`,
      );
    }
    this.#reach(at + size);
    this.#top = at + size;
    return at;
  }

  /** Let a block wait for its owner, while there is room for it: the one that has waited longest goes first. */
  keep<Block extends { readonly base: number }>(owner: object, block: Block, bytes: number): void {
    this.#waiting.push({ owner, block, bytes });
    let total = this.#waiting.reduce((sum, each) => sum + each.bytes, 0);
    while (total > WAITING && this.#waiting.length > 1) {
      const [oldest] = this.#waiting;
      total -= oldest.bytes;
      this.#drop((each) => each === oldest);
    }
  }

  /** The block that was kept last for this owner, if it is still there. */
  again(owner: object): { readonly base: number } | undefined {
    const i = this.#waiting.map((each) => each.owner).lastIndexOf(owner);
    return i < 0 ? undefined : this.#waiting.splice(i, 1)[0].block;
  }

  /** Keep nothing for this owner any longer. */
  forget(owner: object): void {
    this.#drop((each) => each.owner === owner);
  }

  #drop(which: (waiting: Waiting) => boolean): void {
    const dropped = this.#waiting.filter(which);
    this.#waiting = this.#waiting.filter((each) => !dropped.includes(each));
    for (const { block, bytes } of dropped) this.release(block.base, bytes);
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
    this.memory.grow(missing);
    this.floats = new Float32Array(this.memory.buffer);
  }
}
