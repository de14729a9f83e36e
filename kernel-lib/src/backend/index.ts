import { describe, rangeError, typeError } from "../tensor/errors.js";
import type { Backend, WasmBackend } from "./backend.js";
import { reference } from "./reference/index.js";
import { features } from "./wasm/features.js";
import { checkThreads } from "./wasm/threads/defaultThreads.js";

const available = new Map<string, Backend>([[reference.name, reference]]);
let wasm: WasmBackend | undefined;
let inUse: Backend = reference;

/** Compute with `"wasm"` from now on, if there is one: what index.ts and browser.ts begin with, each in its way. */
export function offer(made: WasmBackend | undefined): void {
  if (!made) return;
  available.set(made.name, made);
  inUse = wasm = made;
}

/** How a backend computes, where it has a choice. */
export interface BackendOptions {
  /**
   * Whether `"wasm"` computes convolutions on Winograd's tiles where that pays, from some eight channels on (default:
   * true): a third to a sixth of the multiplications, and up to 2·10⁻⁵ of the largest value away from the plain sum,
   * which without them is met to 10⁻⁵. Pictures of up to three channels, and the reference always, take the plain sum.
   */
  winograd?: boolean;
}

/** What was found out about this machine, and what is made of it. */
export interface BackendFeatures {
  /** Four numbers at a time (WebAssembly SIMD); without it there is no `"wasm"`. */
  readonly simd: boolean;
  /** Multiply and add in one instruction (Relaxed SIMD). */
  readonly fma: boolean;
  /** Whether threads can share memory: in a browser only on a page that is cross-origin isolated. */
  readonly threads: boolean;
  /** Threads that `"wasm"` computes with; see `setThreads`. */
  readonly threadsInUse: number;
}

/**
 * Which routines compute: by name, one at a time, for the whole process. At first `"wasm"`, where WebAssembly has SIMD;
 * `"reference"`, plain loops to be read and compared with, works everywhere.
 */
export const backend: {
  /** The routines in use; its `name` says which. */
  readonly current: Backend;
  /** Compute with another backend from now on. An option that is left out has its default. */
  use(name: string, options?: BackendOptions): void;
  /** Names of the backends that work on this machine. */
  list(): string[];
  /** What `"wasm"` found on this machine, and how many threads it uses. */
  readonly features: BackendFeatures;
  /**
   * Let `"wasm"` compute with so many threads, from 1 to 64. At first it is one for each core that this process may use,
   * at most 8; the environment variable `KERNEL_LIB_THREADS` says otherwise. Threads beside the first are started when
   * there is work for them. The same number of threads gives the same bits, another number may round differently.
   *
   * @throws {RangeError} if `threads` is no such number, or above 1 where threads cannot share memory
   */
  setThreads(threads: number): void;
} = {
  get current(): Backend {
    return inUse;
  },
  use(name: string, options: BackendOptions = {}): void {
    const wanted = available.get(name);
    if (!wanted) {
      const missing = features().simd ? "the file browser/wasm.js" : "WebAssembly with SIMD";
      const wayOut = wasm ? undefined : `wasm needs ${missing}, which is not here`;
      throw rangeError("backend.use", `one of ${[...available.keys()].join(", ")}`, describe(name), wayOut);
    }
    if (typeof options !== "object" || options === null) {
      throw typeError(
        "backend.use",
        "options as an object",
        describe(options),
        "write for example { winograd: false }",
      );
    }
    const { winograd = true, ...others } = options;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw typeError(
        "backend.use",
        "no option but winograd",
        describe(unknown),
        "write for example { winograd: false }",
      );
    }
    if (typeof winograd !== "boolean") {
      throw typeError("backend.use", "winograd as true or false", describe(winograd));
    }
    if (wasm) wasm.winograd = winograd;
    inUse = wanted;
  },
  list(): string[] {
    return [...available.keys()];
  },
  get features(): BackendFeatures {
    return { ...features(), threadsInUse: wasm?.threads ?? 1 };
  },
  setThreads(threads: number): void {
    checkThreads("backend.setThreads", threads, features().threads);
    if (wasm) wasm.threads = threads;
  },
};
