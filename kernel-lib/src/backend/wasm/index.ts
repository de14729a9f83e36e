import type { Backend, Chain, ChainRequest } from "../backend.js";
import { reference } from "../reference/index.js";
import { compile } from "./chain/compile.js";
import { ChainRunner } from "./chain/run.js";
import { features } from "./features.js";
import { Arena } from "./memory.js";

/** Routines made ready that are kept; the one that was used longest ago goes first. */
const KEPT = 32;

/**
 * WebAssembly, four floats at a time: routines are written for the sizes at hand when they are first needed. What it does
 * not speed up the reference computes. `undefined` where the machine has no SIMD.
 */
export function makeWasm(): Backend | undefined {
  if (!features().simd) return undefined;
  let arena: Arena | undefined; // on first use: it takes memory
  const made = new Map<string, ChainRunner | undefined>();

  const runnerFor = (request: ChainRequest): ChainRunner | undefined => {
    const key = JSON.stringify(request);
    if (!made.has(key)) {
      const program = compile(request, { fma: features().fma, winograd: true, parts: 1 });
      arena ??= new Arena(features().threads);
      made.set(key, program && new ChainRunner(arena, program, request));
      if (made.size > KEPT) forget(made.keys().next().value!);
    }
    const runner = made.get(key);
    made.delete(key); // and set again: the last in order is the last used
    made.set(key, runner);
    return runner;
  };
  const forget = (key: string): void => {
    made.get(key)?.close();
    made.delete(key);
  };
  return {
    ...reference,
    name: "wasm",
    chain: (request): Chain | undefined => runnerFor(request)?.run,
  };
}
