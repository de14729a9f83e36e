import type { WasmBackend } from "../backend.js";
import { reference } from "../reference/index.js";
import { features } from "./features.js";
import { keepFreed } from "./keepFreed.js";
import { Arena } from "./memory.js";
import { eachValue } from "./ops/eachValue.js";
import { elementWise } from "./ops/elementwise.js";
import { pooling } from "./ops/pooling.js";

/**
 * WebAssembly, four floats at a time: routines are written for the sizes at hand when they are first needed. What it does
 * not speed up the reference computes, on one thread: all that `networks` would, where a page could not load it.
 * `undefined` where the machine has no SIMD.
 */
export function makeWasm(networks?: typeof import("./networks.js")): WasmBackend | undefined {
  if (!features().simd) return undefined;
  let scratch: Arena | undefined; // on first use: it takes memory
  const scratchOf = (): Arena => {
    if (!scratch) {
      scratch = new Arena(false);
      keepFreed();
    }
    return scratch;
  };
  const crew = networks && new networks.Crew();
  const choice = { winograd: true };
  return {
    ...reference,
    name: "wasm",
    ...elementWise(eachValue(scratchOf)),
    ...pooling,
    ...(crew && networks.networks(crew, scratchOf, choice)),
    get threads() {
      return crew?.threads ?? 1;
    },
    set threads(threads) {
      if (crew) crew.threads = threads;
    },
    get winograd() {
      return choice.winograd;
    },
    set winograd(wanted) {
      choice.winograd = wanted;
    },
  };
}
