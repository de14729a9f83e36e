import { canChain, chain, type ChainLink } from "../ops/chain.js";
import { conv2dGeometry } from "../ops/conv2d.js";
import { dropoutMask } from "../ops/dropout.js";
import { poolGeometry } from "../ops/windowGeometry.js";
import { numelOf, sameShape, type Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { GELU, LeakyReLU, ReLU, Sigmoid, Tanh } from "./activations.js";
import { BatchNorm1d, BatchNorm2d } from "./batchNorm.js";
import { Conv2d } from "./conv2d.js";
import { Dropout, Dropout2d } from "./dropout.js";
import { Flatten } from "./flatten.js";
import { Input } from "./input.js";
import { Linear } from "./linear.js";
import type { Module } from "./module.js";
import { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d } from "./pooling.js";
import { forwardAt } from "./refusal.js";
import { Residual } from "./residual.js";
import { Sequential } from "./sequential.js";

/** A layer as a link (and those within it), and the shape behind it; no link for one that only looks; `undefined` for one that must run itself. */
type AsLink =
  { readonly shape: Shape; readonly link?: ChainLink; readonly inner?: readonly ChainLink[] } | undefined;

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
  const placed = inPlace(given);
  if (!canChain() || !(x instanceof Tensor)) return placed.reduce((h, { run }) => run(h), x);
  const layers = placed.map(({ layer }) => layer);
  let h = x;
  for (let i = 0; i < layers.length;) {
    const { links, next } = linksFrom(layers, i, h.shape);
    const out = links.some(({ link }) => isProduct(link)) ? chain(h, links) : undefined;
    if (out) {
      const chained = placed.slice(i, next);
      unchained.set(out, (x) => chained.reduce((h, { run }) => run(h), x));
      h = out;
      i = next;
    } else {
      const end = Math.max(next, i + 1);
      for (; i < end; i++) h = placed[i].run(h);
    }
  }
  return h;
}

/** The layers with their places, and for a Sequential whose `forward` nobody changed, those in it. */
function inPlace(layers: readonly Module[]): Placed[] {
  const doors = layers[0] instanceof Input ? 1 : 0; // nn.input in front is no layer
  return layers.flatMap((layer, i) => {
    const place = (): string => (i < doors ? "" : `layer ${i - doors + 1} of ${layers.length - doors}`);
    const inner = isPlain(layer)
      ? inPlace((layer as Sequential).layers)
      : [{ layer, run: (h: Tensor) => layer.forward(h) }];
    return inner.map(({ layer, run }) => ({ layer, run: (h: Tensor) => forwardAt(layer, h, place(), run) }));
  });
}

function isPlain(layer: Module): boolean {
  return (layer.constructor as unknown) === Sequential && layer.forward === Sequential.prototype.forward;
}

const isProduct = ({ kind }: ChainLink["link"]): boolean => kind === "conv2d" || kind === "linear";

/** The links from layer `first` on, as far as they go. */
function linksFrom(
  layers: readonly Module[],
  first: number,
  from: Shape,
): { links: ChainLink[]; next: number; shape: Shape } {
  const links: ChainLink[] = [];
  let shape = from;
  let i = first;
  for (; i < layers.length; i++) {
    const found = asLink(layers[i], shape);
    if (!found) break;
    links.push(...(found.link ? [found.link] : []), ...(found.inner ?? []));
    ({ shape } = found);
  }
  return { links, next: i, shape };
}

/** Only the layers of this library, as they came out of it: one whose `forward` was changed runs by itself. */
function asLink(layer: Module, shape: Shape): AsLink {
  const known = LAYERS.get(layer.constructor);
  if (!known || layer.forward !== known.forward) return undefined;
  try {
    return known.asLink(layer, shape);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a size that does not fit: the layer will say so, and where
    throw error;
  }
}

interface Known {
  forward: unknown;
  asLink(layer: Module, shape: Shape): AsLink;
}

const LAYERS = new Map<unknown, Known>();

function know<L extends Module>(
  type: { new (...args: never[]): L; prototype: L },
  asLink: (layer: L, shape: Shape) => AsLink,
): void {
  LAYERS.set(type, { forward: type.prototype.forward, asLink: (layer, shape) => asLink(layer as L, shape) });
}

know(Input, (layer, shape) => (shape.slice(1).join() === layer.sampleShape.join() ? { shape } : undefined));

know(Conv2d, ({ weight, bias, options }, shape) => {
  const { groups = 1, paddingMode = "zeros" } = options;
  if (shape.length !== 4 || shape[1] !== weight.shape[1] * groups || paddingMode !== "zeros")
    return undefined;
  const g = conv2dGeometry(shape, weight.shape, bias?.shape, options);
  return {
    shape: [shape[0], g.outChannels, g.outHeight, g.outWidth],
    link: { link: { kind: "conv2d", g }, parameters: { weight, bias } },
  };
});

know(Linear, ({ weight, bias, inFeatures, outFeatures }, shape) => {
  if (shape.length !== 2 || shape[1] !== inFeatures) return undefined;
  return {
    shape: [shape[0], outFeatures],
    link: { link: { kind: "linear", inFeatures, outFeatures }, parameters: { weight, bias } },
  };
});

know(MaxPool2d, ({ kernelSize, options }, shape) => {
  if (shape.length !== 4) return undefined;
  const g = poolGeometry("maxPool2d", shape, kernelSize, options);
  return {
    shape: [shape[0], shape[1], g.outHeight, g.outWidth],
    link: { link: { kind: "maxPool2d", g }, parameters: {} },
  };
});

know(AvgPool2d, ({ kernelSize, options }, shape) => {
  if (shape.length !== 4) return undefined;
  const { countIncludePad = true } = options;
  const g = { ...poolGeometry("avgPool2d", shape, kernelSize, options), countIncludePad };
  return {
    shape: [shape[0], shape[1], g.outHeight, g.outWidth],
    link: { link: { kind: "avgPool2d", g }, parameters: {} },
  };
});

/** Where the windows do not overlap: where the size of the image is a multiple of what is wanted. */
know(AdaptiveAvgPool2d, ({ outputSize }, shape) => {
  if (shape.length !== 4) return undefined;
  const [batch, channels, height, width] = shape;
  const wanted = typeof outputSize === "number" ? [outputSize, outputSize] : outputSize;
  const [outHeight, outWidth] = [wanted[0] ?? height, wanted[1] ?? width];
  const kernel = [height / outHeight, width / outWidth] as const;
  if (!kernel.every((size) => Number.isInteger(size) && size > 0)) return undefined;
  const g = { ...poolGeometry("adaptiveAvgPool2d", shape, kernel, {}), countIncludePad: true };
  return {
    shape: [batch, channels, outHeight, outWidth],
    link: { link: { kind: "avgPool2d", g }, parameters: {} },
  };
});

function dropoutLink({ p, training, generator }: Dropout | Dropout2d, shape: Shape, perMap: boolean): AsLink {
  if (!training || p === 0) return { shape };
  const maskShape = perMap ? [...shape.slice(0, 2), 1, 1] : shape;
  return {
    shape,
    link: {
      link: { kind: "dropout", perMap },
      parameters: {},
      drawMask: () => dropoutMask(maskShape, p, "float32", generator),
    },
  };
}
know(Dropout, (layer, shape) => dropoutLink(layer, shape, false));
know(Dropout2d, (layer, shape) => (shape.length === 4 ? dropoutLink(layer, shape, true) : undefined));

/** Chains are told apart by their JSON, which has no infinity. */
know(LeakyReLU, ({ negativeSlope }, shape) =>
  Number.isFinite(negativeSlope)
    ? { shape, link: { link: { kind: "leakyRelu", negativeSlope }, parameters: {} } }
    : undefined,
);

/** If all that it holds are links, and block and shortcut give one shape. */
know(Residual, ({ block, shortcut }, shape) => {
  const [inside, around] = [[block], shortcut ? [shortcut] : []].map((modules: Module[]) => {
    const layers = inPlace(modules).map(({ layer }) => layer);
    const run = linksFrom(layers, 0, shape);
    return run.next === layers.length ? run : undefined;
  });
  if (!inside || !around || !sameShape(inside.shape, around.shape)) return undefined;
  return {
    shape: inside.shape,
    link: {
      link: { kind: "residual", block: inside.links.length, shortcut: around.links.length },
      parameters: {},
    },
    inner: [...inside.links, ...around.links],
  };
});

know(ReLU, (_, shape) => ({ shape, link: { link: { kind: "relu" }, parameters: {} } }));
know(Sigmoid, (_, shape) => ({ shape, link: { link: { kind: "sigmoid" }, parameters: {} } }));
know(Tanh, (_, shape) => ({ shape, link: { link: { kind: "tanh" }, parameters: {} } }));
know(GELU, ({ options: { approximate = "none" } }, shape) =>
  approximate === "none" ? { shape, link: { link: { kind: "gelu" }, parameters: {} } } : undefined,
);

know(Flatten, ({ startDim, endDim }, shape) => {
  if (startDim !== 1 || (endDim !== -1 && endDim !== shape.length - 1)) return undefined;
  return {
    shape: [shape[0], numelOf(shape.slice(1))],
    link: { link: { kind: "flatten" }, parameters: {} },
  };
});

function normLink(layer: BatchNorm1d | BatchNorm2d, shape: Shape): AsLink {
  const { weight, bias, runningMean, runningVar, eps, numFeatures } = layer;
  const count = numelOf(shape) / shape[1];
  if (shape.length !== (layer instanceof BatchNorm2d ? 4 : 2) || shape[1] !== numFeatures || count < 2) {
    return undefined;
  }
  const ofBatch = layer.training || !runningMean;
  return {
    shape,
    link: {
      link: { kind: "batchNorm", eps, ofBatch },
      parameters: { weight, bias, ...(ofBatch ? {} : { mean: runningMean, variance: runningVar }) },
      onStatistics: (mean, variance) => layer.follow(mean, variance, count),
    },
  };
}
know(BatchNorm1d, normLink);
know(BatchNorm2d, normLink);
