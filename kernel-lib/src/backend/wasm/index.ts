import type { Backend, Chain, ChainPass, ChainRequest } from "../backend.js";
import { reference } from "../reference/index.js";
import { compile, type Means } from "./chain/compile.js";
import { ChainRunner } from "./chain/run.js";
import { portion, SplitRunner } from "./chain/split.js";
import { features } from "./features.js";
import { keepFreed } from "./keepFreed.js";
import { Arena } from "./memory.js";
import { convolutions } from "./ops/convolution.js";
import { eachValue } from "./ops/eachValue.js";
import { elementWise } from "./ops/elementwise.js";
import { matrixProducts } from "./ops/matmul.js";
import { pooling } from "./ops/pooling.js";
import { reductions } from "./ops/reduction.js";
import type { Setting } from "./ops/setting.js";
import { Recent } from "./recent.js";
import { maySpread } from "./spread.js";
import { Crew } from "./threads/crew.js";

/** Chains made ready that are kept. */
const KEPT = 32;

/** The backend, and what its user may choose. */
export interface WasmBackend extends Backend {
  /** Threads that compute. */
  threads: number;
  /** Whether large convolutions go by way of Winograd's tiles. */
  winograd: boolean;
}

/**
 * WebAssembly, four floats at a time: routines are written for the sizes at hand when they are first needed. What it does
 * not speed up the reference computes. `undefined` where the machine has no SIMD.
 */
export function makeWasm(): WasmBackend | undefined {
  if (!features().simd) return undefined;
  let arena: Arena | undefined; // on first use: it takes memory
  let scratch: Arena | undefined;
  const crew = new Crew();
  let winograd = true;
  const setting: Setting = {
    arena: () => (arena ??= new Arena(features().threads, crew)),
    scratch: () => {
      if (!scratch) {
        scratch = new Arena(false, crew);
        keepFreed();
      }
      return scratch;
    },
    means: () => ({ fma: features().fma, winograd, parts: crew.threads }),
  };
  const runners = new Recent<ChainRunner | SplitRunner | undefined>(KEPT, (runner) => runner?.close());
  const runner = (request: ChainRequest, means: Means): ChainRunner | SplitRunner | undefined =>
    runners.get(JSON.stringify([request, means]), () => {
      const program = compile(request, means);
      if (!program) return undefined;
      const samples = portion(request, program.size);
      return samples < request.shape[0]
        ? new SplitRunner(request, samples, (part) => runner(part, means) as ChainRunner)
        : new ChainRunner(setting.arena(), program, request);
    });
  return {
    ...reference,
    name: "wasm",
    ...convolutions(setting),
    ...matrixProducts(setting),
    ...elementWise(eachValue(setting)),
    ...reductions(setting),
    ...pooling,
    chain(request): Chain | undefined {
      const means = setting.means();
      const first = runner(request, means);
      if (!first) return undefined;
      if (!means.winograd) return (x, parameters) => first.run(x, parameters);
      const convolutions = request.links.flatMap((link) => (link.kind === "conv2d" ? [link.g] : []));
      return (x, parameters) => {
        const pass = first.run(x, parameters);
        const again = (): ChainPass => {
          pass.discard();
          return runner(request, { ...means, winograd: false })!.run(x, parameters);
        };
        if (maySpread(pass.out.storage, convolutions)) return again();
        return {
          out: pass.out,
          statistics: pass.statistics,
          backward: (gradOut) =>
            (maySpread(gradOut.storage, convolutions) ? again() : pass).backward(gradOut),
        };
      };
    },
    get threads() {
      return crew.threads;
    },
    set threads(threads) {
      crew.threads = threads;
    },
    get winograd() {
      return winograd;
    },
    set winograd(wanted) {
      winograd = wanted;
    },
  };
}
