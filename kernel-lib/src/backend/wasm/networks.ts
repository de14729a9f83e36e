import type { Tensor } from "../../tensor/tensor.js";
import type { Backend, Chain, ChainPass, ChainRequest } from "../backend.js";
import { compile, type Means } from "./chain/compile.js";
import { ChainRunner } from "./chain/run.js";
import { portion, splitRunner, type Runner } from "./chain/split.js";
import { features } from "./features.js";
import { convolutions } from "./ops/convolution.js";
import { matrixProducts } from "./ops/matmul.js";
import { reductions } from "./ops/reduction.js";
import type { Scratch, Setting } from "./ops/setting.js";
import { Recent } from "./recent.js";
import { maySpread } from "./spread.js";
import type { Crew } from "./threads/crew.js";
import { CrewArena } from "./threads/crewArena.js";

/** Chains made ready that are kept. */
const KEPT = 32;

/** What networks spend their time on. */
export type Networks = Required<
  Pick<Backend, "matmul" | "conv2d" | "conv2dGradInput" | "conv2dGradWeight" | "chain" | "reduce">
>;

/** Products, convolutions and chains of layers, computed by a crew, and sums; `choice` is asked at each call. */
export function networks(crew: Crew, scratch: Scratch, choice: { readonly winograd: boolean }): Networks {
  let arena: CrewArena | undefined; // on first use: it takes memory
  let means: Means | undefined;
  const setting: Setting = {
    arena: () => (arena ??= new CrewArena(features().threads, crew)),
    means: () => {
      const { winograd } = choice;
      const parts = crew.threads;
      if (means?.winograd !== winograd || means.parts !== parts)
        means = { fma: features().fma, winograd, parts };
      return means;
    },
  };
  return {
    ...matrixProducts(setting),
    ...convolutions(setting),
    ...reductions(scratch),
    chain: chains(setting),
  };
}

function chains(setting: Setting): Networks["chain"] {
  const keys = new WeakMap<ChainRequest, { means: Means; key: string }>();
  /** What tells programs apart; a request that comes again has its key already. */
  const keyOf = (request: ChainRequest, means: Means): string => {
    const known = keys.get(request);
    if (known?.means === means) return known.key;
    const key = JSON.stringify([request, means]);
    keys.set(request, { means, key });
    return key;
  };
  const runners = new Recent<Runner | undefined>(KEPT, (runner) => runner?.close());
  const runner = (request: ChainRequest, means: Means): Runner | undefined =>
    runners.get(keyOf(request, means), () => {
      const program = compile(request, means);
      if (!program) return undefined;
      const samples = portion(request, program.size);
      return samples < request.shape[0]
        ? splitRunner(request, program.outputShape, samples, (part) => runner(part, means)!)
        : new ChainRunner(setting.arena(), program, request);
    });
  return (request): Chain | undefined => {
    const means = setting.means();
    const first = runner(request, means);
    if (!first) return undefined;
    if (!means.winograd) return (x, parameters) => first.run(x, parameters);
    return (x, parameters) => {
      const pass = first.run(x, parameters);
      const spread = (tensor: Tensor | undefined): boolean =>
        tensor !== undefined && maySpread(tensor.storage, request.links);
      const withoutTiles = (): ChainPass =>
        runner(request, { ...means, winograd: false })!.run(x, parameters);
      const instead = (): ChainPass => {
        pass.discard?.();
        return withoutTiles();
      };
      if (spread(pass.out)) return instead();
      return {
        out: pass.out,
        statistics: pass.statistics,
        backward: (gradOut) => {
          if (spread(gradOut)) return instead().backward(gradOut);
          const found = pass.backward(gradOut);
          // Dense layers stand behind all tiles: what had spread on the way there would be in `out`.
          const others = found.links.filter((_, i) => request.links[i].kind !== "linear");
          const all = [found.x, ...others.flatMap(({ weight, bias }) => [weight, bias])];
          return all.some(spread) ? withoutTiles().backward(gradOut) : found;
        },
      };
    };
  };
}
