import { isRecording } from "../autograd/gradMode.js";
import { record, type GradFunction } from "../autograd/record.js";
import type { ChainPass, ChainRequest, Link, LinkParameters } from "../backend/backend.js";
import { backend } from "../backend/index.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** One layer of a chain: what it does, what with, and who wants to know the statistics that it took of the batch. */
export interface ChainLink {
  readonly link: Link;
  readonly parameters: LinkParameters;
  readonly onStatistics?: (mean: Tensor, variance: Tensor) => void;
  /** What is drawn by chance, once it is known that the chain will run. */
  readonly drawMask?: () => Tensor;
}

/** Whether the backend in use computes several layers as one. */
export function canChain(): boolean {
  return backend.current.chain !== undefined;
}

/**
 * Several layers as one op, where the backend in use computes them faster so: what flows between them is never written
 * down as a tensor. The same numbers, up to rounding, as layer by layer.
 */
export class LayerChain {
  readonly #chain: readonly ChainLink[];
  readonly #links: readonly Link[];
  /** Weight and bias of each link. */
  readonly #weights: readonly (Tensor | undefined)[];
  readonly #isFloat32: boolean;
  /** What was asked of the backend last: while nothing has changed it is asked for the same thing. */
  #request: ChainRequest | undefined;

  /** @param shape of what goes in */
  constructor(
    readonly shape: Shape,
    chain: readonly ChainLink[],
  ) {
    this.#chain = chain;
    this.#links = chain.map(({ link }) => link);
    this.#weights = chain.flatMap(({ parameters: { weight, bias } }) => [weight, bias]);
    this.#isFloat32 = this.#weights.every((weight) => !weight || weight.dtype === "float32");
  }

  /**
   * @param x of the shape that the chain was made for
   * @returns `undefined` if the backend has no such way, and then nothing has happened
   */
  run(x: Tensor): Tensor | undefined {
    const b = backend.current;
    if (!b.chain || x.dtype !== "float32" || !this.#isFloat32) return undefined;
    const request = this.#ask(x);
    const run = b.chain(request);
    if (!run) return undefined;
    const pass = run(
      x,
      this.#chain.map(({ parameters, drawMask }) =>
        drawMask ? { ...parameters, mask: drawMask() } : parameters,
      ),
    );
    this.#chain.forEach(({ onStatistics }, i) => {
      const statistics = pass.statistics[i];
      if (statistics) onStatistics?.(statistics.mean, statistics.variance);
    });
    if (!request.record) return pass.out;
    return record("chain", pass.out, [x, ...this.#weights], gradFunctions(pass, this.#links.length), true);
  }

  /** Gradients for whoever wants one now. */
  #ask(x: Tensor): ChainRequest {
    const recording = isRecording();
    const gradX = recording && x.requiresGrad;
    const learns = this.#chain.map(
      ({ parameters: { weight, bias } }) => recording && Boolean(weight?.requiresGrad || bias?.requiresGrad),
    );
    const last = this.#request;
    if (last?.gradX === gradX && last.learns.every((each, i) => each === learns[i])) return last;
    const { shape } = this;
    const wantsGrad = gradX || learns.includes(true);
    return (this.#request = { shape, links: this.#links, record: wantsGrad, gradX, learns });
  }
}

/** All gradients come out of one way back; the first that is asked for takes it. */
function gradFunctions(pass: ChainPass, links: number): GradFunction[] {
  let taken: ReturnType<ChainPass["backward"]> | undefined;
  const back = (gradOut: Tensor): ReturnType<ChainPass["backward"]> => (taken ??= pass.backward(gradOut));
  const ofLinks = Array.from({ length: links }, (_, i): GradFunction[] => [
    (gradOut) => back(gradOut).links[i].weight!,
    (gradOut) => back(gradOut).links[i].bias!,
  ]);
  return [(gradOut) => back(gradOut).x!, ...ofLinks.flat()];
}
