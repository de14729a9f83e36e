import { canChain, LayerChain, type ChainLink } from "../ops/chain.js";
import { sameShape, type Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { alike, factsOf } from "./facts.js";
import { Input } from "./input.js";
import { isPlain, linksFrom } from "./links.js";
import type { Module } from "./module.js";
import { forwardAt } from "./refusal.js";

/** A layer where it stands: `run` is its `forward`, whose refusals say the place. */
interface Placed {
  readonly layer: Module;
  readonly run: (h: Tensor) => Tensor;
}

/** For what came out of a chain: its layers one by one. */
const unchained = new WeakMap<Tensor, (x: Tensor) => Tensor>();

/**
 * The way through a chain once more, layer by layer, so that what flows between them is written down: for whoever asks
 * where something began. Statistics and chance go on as in any pass.
 *
 * @param out what came out of the chain
 * @returns the same, recorded from the chain's input on; `undefined` if `out` came from no chain, or its record is gone
 */
export function layerByLayer(out: Tensor): Tensor | undefined {
  const x = out.node?.inputs[0];
  return x && unchained.get(out)?.(x.detach());
}

/**
 * One layer after the other: runs of layers that the backend computes as one, the others by themselves. What is wrong
 * with a layer's input is left for the layer to say.
 */
export function runLayers(given: readonly Module[], x: Tensor): Tensor {
  const plan = planFor(given);
  if (!canChain() || !(x instanceof Tensor)) return plan.alone(0, plan.length, x);
  let h = x;
  for (let first = 0; first < plan.length;) {
    const { chain, alone, next } = plan.stretch(first, h.shape);
    const out = chain?.run(h);
    if (out?.node) unchained.set(out, alone);
    h = out ?? alone(h);
    first = next;
  }
  return h;
}

/** Layers up to number `next`, for one shape: as a chain, where they can be one, and each by itself. */
interface Stretch {
  readonly from: Shape;
  readonly chain: LayerChain | undefined;
  readonly alone: (x: Tensor) => Tensor;
  readonly next: number;
}

/** What was made of layers: good as long as `facts` says of them what it says now. */
class Plan {
  readonly #placed: readonly Placed[];
  /** By its first layer, the stretch that was asked for last. */
  readonly #stretches: (Stretch | undefined)[] = [];

  constructor(
    given: readonly Module[],
    readonly facts: readonly unknown[],
  ) {
    this.#placed = inPlace(given);
  }

  get length(): number {
    return this.#placed.length;
  }

  /** Layers `first` … `end − 1`, each by itself. */
  alone(first: number, end: number, x: Tensor): Tensor {
    let h = x;
    for (let i = first; i < end; i++) h = this.#placed[i].run(h);
    return h;
  }

  stretch(first: number, from: Shape): Stretch {
    const last = this.#stretches[first];
    if (last && sameShape(last.from, from)) return last;
    const layers = this.#placed.map(({ layer }) => layer);
    const { links, end } = linksFrom(layers, first, from);
    const chain = links.some(({ link }) => isProduct(link)) ? new LayerChain(from, links) : undefined;
    const next = Math.max(end, first + 1);
    const alone = (x: Tensor): Tensor => this.alone(first, next, x);
    return (this.#stretches[first] = { from, chain, alone, next });
  }
}

const plans = new WeakMap<readonly Module[], Plan>();

/** The plan made last, unless anything that it was made of has changed. */
function planFor(given: readonly Module[]): Plan {
  const facts = factsOf(given);
  const last = plans.get(given);
  if (last && alike(last.facts, facts)) return last;
  const plan = new Plan(given, facts);
  plans.set(given, plan);
  return plan;
}

/** The layers with their places, and for a Sequential whose `forward` nobody changed, those in it. */
function inPlace(layers: readonly Module[]): Placed[] {
  const doors = layers[0] instanceof Input ? 1 : 0; // nn.input in front is no layer
  return layers.flatMap((layer, i) => {
    const place = (): string => (i < doors ? "" : `layer ${i - doors + 1} of ${layers.length - doors}`);
    const inner = isPlain(layer) ? inPlace(layer.layers) : [{ layer, run: (h: Tensor) => layer.forward(h) }];
    return inner.map(({ layer, run }) => ({ layer, run: (h: Tensor) => forwardAt(layer, h, place(), run) }));
  });
}

const isProduct = ({ kind }: ChainLink["link"]): boolean => kind === "conv2d" || kind === "linear";
