import type { Backend } from "../backend.js";
import { reference } from "../reference/index.js";
import { whenThere } from "./arrival.js";
import { features } from "./features.js";
import { keepFreed } from "./keepFreed.js";
import { Arena } from "./memory.js";
import { eachValue } from "./ops/eachValue.js";
import { elementWise } from "./ops/elementwise.js";
import { pooling } from "./ops/pooling.js";
import { reductions } from "./ops/reduction.js";
import type { Crew } from "./threads/crew.js";
import { threadsAtFirst } from "./threads/defaultThreads.js";

/** The backend, and what its user may choose. */
export interface WasmBackend extends Backend {
  /** Threads that compute. */
  threads: number;
  /** Whether large convolutions go by way of Winograd's tiles. */
  winograd: boolean;
  /** Settled as soon as everything is there; until then the reference computes what networks spend their time on. */
  readonly ready: Promise<void>;
}

/**
 * WebAssembly, four floats at a time: routines are written for the sizes at hand when they are first needed. What it does
 * not speed up the reference computes. `undefined` where the machine has no SIMD.
 */
export function makeWasm(): WasmBackend | undefined {
  if (!features().simd) return undefined;
  let scratch: Arena | undefined; // on first use: it takes memory
  const scratchOf = (): Arena => {
    if (!scratch) {
      scratch = new Arena(false);
      keepFreed();
    }
    return scratch;
  };
  let crew: Crew | undefined;
  let threads: number | undefined; // that were asked for before there was a crew
  const wasm: WasmBackend = {
    ...reference,
    name: "wasm",
    ...elementWise(eachValue(scratchOf)),
    ...reductions(scratchOf),
    ...pooling,
    winograd: true,
    get threads() {
      return crew?.threads ?? (threads ??= threadsAtFirst());
    },
    set threads(wanted) {
      threads = wanted;
      if (crew) crew.threads = wanted;
    },
    get ready() {
      return ready;
    },
  };
  const ready = whenThere(({ Crew, networks }) => {
    crew = new Crew();
    if (threads !== undefined) crew.threads = threads;
    Object.assign(wasm, networks(crew, wasm));
  });
  return wasm;
}
