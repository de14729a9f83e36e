import type { WasmBackend } from "../backend.js";
import { reference } from "../reference/index.js";
import { features } from "./features.js";
import { keepFreed } from "./keepFreed.js";
import { Arena } from "./memory.js";
import { networks } from "./networks.js";
import { eachValue } from "./ops/eachValue.js";
import { elementWise } from "./ops/elementwise.js";
import { pooling } from "./ops/pooling.js";
import { Crew } from "./threads/crew.js";

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
  const crew = new Crew();
  const choice = { winograd: true };
  return {
    ...reference,
    name: "wasm",
    ...elementWise(eachValue(scratchOf)),
    ...pooling,
    ...networks(crew, scratchOf, choice),
    get threads() {
      return crew.threads;
    },
    set threads(threads) {
      crew.threads = threads;
    },
    get winograd() {
      return choice.winograd;
    },
    set winograd(wanted) {
      choice.winograd = wanted;
    },
  };
}
