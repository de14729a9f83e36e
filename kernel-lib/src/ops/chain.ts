import { isRecording } from "../autograd/gradMode.js";
import { record, type GradFunction } from "../autograd/record.js";
import type { ChainPass, Link, LinkParameters } from "../backend/backend.js";
import { backend } from "../backend/index.js";
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
 *
 * @returns `undefined` if the backend has no such way, and then nothing has happened
 */
export function chain(x: Tensor, links: readonly ChainLink[]): Tensor | undefined {
  const b = backend.current;
  if (!b.chain || x.dtype !== "float32") return undefined;
  const weights = links.flatMap(({ parameters: { weight, bias } }) => [weight, bias]);
  if (weights.some((weight) => weight && weight.dtype !== "float32")) return undefined;
  const inputs = [x, ...weights];
  const wantsGrad = isRecording() && inputs.some((input) => input?.requiresGrad);
  const run = b.chain({
    shape: x.shape,
    links: links.map(({ link }) => link),
    record: wantsGrad,
    gradX: wantsGrad && x.requiresGrad,
    learns: links.map(
      ({ parameters: { weight, bias } }) => wantsGrad && Boolean(weight?.requiresGrad || bias?.requiresGrad),
    ),
  });
  if (!run) return undefined;
  const pass = run(
    x,
    links.map(({ parameters, drawMask }) => (drawMask ? { ...parameters, mask: drawMask() } : parameters)),
  );
  links.forEach(({ onStatistics }, i) => {
    const statistics = pass.statistics[i];
    if (statistics) onStatistics?.(statistics.mean, statistics.variance);
  });
  if (!wantsGrad) return pass.out;
  return record("chain", pass.out, inputs, gradFunctions(pass, links.length), true);
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
