import {
  assemble,
  Func,
  V128,
  constant,
  vAdd,
  vFusedMultiplyAdd,
  type MemoryImport,
  type Value,
} from "./assembler.js";
import { wasm } from "./webassembly.js";

/** What this machine's WebAssembly can do, found by compiling a probe. */
export interface Features {
  /** Four floats at a time; without it this backend is not offered. */
  readonly simd: boolean;
  /** Multiply and add in one instruction, rounded once (Relaxed SIMD). */
  readonly fma: boolean;
  /** Memory that several threads see. */
  readonly threads: boolean;
}

let found: Features | undefined;

/** Compile the probes, once. */
export function features(): Features {
  found ??= {
    simd: compiles((x) => vAdd(x, x)),
    fma: compiles((x) => vFusedMultiplyAdd(x, x, x)),
    threads: compiles((x) => x, { maximum: 1, shared: true }) && typeof SharedArrayBuffer === "function",
  };
  return found;
}

function compiles(use: (x: Value) => Value, memory: MemoryImport = { maximum: 1, shared: false }): boolean {
  const probe = new Func();
  probe.set(probe.local(V128), use(constant(1)));
  try {
    // Not validate(): it says yes where a page's Content-Security-Policy forbids to compile.
    return wasm !== undefined && new wasm.Module(assemble([["probe", probe]], memory)) !== undefined;
  } catch {
    return false;
  }
}
