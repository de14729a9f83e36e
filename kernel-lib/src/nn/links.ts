import type { ChainLink } from "../ops/chain.js";
import { conv2dGeometry } from "../ops/conv2d.js";
import { dropoutMask } from "../ops/dropout.js";
import { poolGeometry } from "../ops/windowGeometry.js";
import { numelOf, sameShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { GELU, LeakyReLU, ReLU, Sigmoid, Tanh } from "./activations.js";
import { BatchNorm1d, BatchNorm2d } from "./batchNorm.js";
import { Conv2d } from "./conv2d.js";
import { Dropout, Dropout2d } from "./dropout.js";
import { Flatten } from "./flatten.js";
import { Input } from "./input.js";
import { Linear } from "./linear.js";
import type { Module } from "./module.js";
import { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d } from "./pooling.js";
import { Residual } from "./residual.js";
import { Sequential } from "./sequential.js";

/** A layer as a link (and those within it), and the shape behind it; no link for one that only looks; `undefined` for one that must run itself. */
type AsLink =
  { readonly shape: Shape; readonly link?: ChainLink; readonly inner?: readonly ChainLink[] } | undefined;

/** Whether it is a Sequential whose `forward` nobody changed: its layers may stand in its place. */
export function isPlain(layer: Module): layer is Sequential {
  return (layer.constructor as unknown) === Sequential && layer.forward === Sequential.prototype.forward;
}

/** The links from layer `first` on, as far as they go. */
export function linksFrom(
  layers: readonly Module[],
  first: number,
  from: Shape,
): { links: ChainLink[]; end: number; shape: Shape } {
  const links: ChainLink[] = [];
  let shape = from;
  let i = first;
  for (; i < layers.length; i++) {
    const found = asLink(layers[i], shape);
    if (!found) break;
    links.push(...(found.link ? [found.link] : []), ...(found.inner ?? []));
    ({ shape } = found);
  }
  return { links, end: i, shape };
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
  readonly forward: unknown;
  readonly fields: readonly PropertyKey[];
  asLink(layer: Module, shape: Shape): AsLink;
}

const LAYERS = new Map<unknown, Known>();

/** The fields that decide which links a layer becomes: of what stands there, tensors count as themselves. */
export function fieldsOf(layer: Module): readonly PropertyKey[] {
  return isPlain(layer) ? ["layers"] : (LAYERS.get(layer.constructor)?.fields ?? []);
}

/** @param fields all that `asLink` may look at */
function know<L extends Module, Field extends keyof L>(
  type: { new (...args: never[]): L; prototype: L },
  fields: readonly Field[],
  asLink: (layer: Pick<L, Field>, shape: Shape) => AsLink,
): void {
  const { forward } = type.prototype;
  LAYERS.set(type, { forward, fields, asLink: (layer, shape) => asLink(layer as L, shape) });
}

know(Input, ["sampleShape"], (layer, shape) =>
  shape.slice(1).join() === layer.sampleShape.join() ? { shape } : undefined,
);

know(Conv2d, ["weight", "bias", "options"], ({ weight, bias, options }, shape) => {
  const { groups = 1, paddingMode = "zeros" } = options;
  if (shape.length !== 4 || shape[1] !== weight.shape[1] * groups || paddingMode !== "zeros")
    return undefined;
  const g = conv2dGeometry(shape, weight.shape, bias?.shape, options);
  return {
    shape: [shape[0], g.outChannels, g.outHeight, g.outWidth],
    link: { link: { kind: "conv2d", g }, parameters: { weight, bias } },
  };
});

know(Linear, ["weight", "bias"], ({ weight, bias }, shape) => {
  const [outFeatures, inFeatures] = weight.shape;
  if (shape.length !== 2 || shape[1] !== inFeatures || !hold(outFeatures, bias)) return undefined;
  return {
    shape: [shape[0], outFeatures],
    link: { link: { kind: "linear", inFeatures, outFeatures }, parameters: { weight, bias } },
  };
});

know(MaxPool2d, ["kernelSize", "options"], ({ kernelSize, options }, shape) => {
  if (shape.length !== 4) return undefined;
  const g = poolGeometry("maxPool2d", shape, kernelSize, options);
  return {
    shape: [shape[0], shape[1], g.outHeight, g.outWidth],
    link: { link: { kind: "maxPool2d", g }, parameters: {} },
  };
});

know(AvgPool2d, ["kernelSize", "options"], ({ kernelSize, options }, shape) => {
  if (shape.length !== 4) return undefined;
  const { countIncludePad = true } = options;
  const g = { ...poolGeometry("avgPool2d", shape, kernelSize, options), countIncludePad };
  return {
    shape: [shape[0], shape[1], g.outHeight, g.outWidth],
    link: { link: { kind: "avgPool2d", g }, parameters: {} },
  };
});

/** Where the windows do not overlap: where the size of the image is a multiple of what is wanted. */
know(AdaptiveAvgPool2d, ["outputSize"], ({ outputSize }, shape) => {
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

const CHANCE = ["p", "training", "generator"] as const;
function dropoutLink(
  { p, training, generator }: Pick<Dropout, (typeof CHANCE)[number]>,
  shape: Shape,
  perMap: boolean,
): AsLink {
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
know(Dropout, CHANCE, (layer, shape) => dropoutLink(layer, shape, false));
know(Dropout2d, CHANCE, (layer, shape) => (shape.length === 4 ? dropoutLink(layer, shape, true) : undefined));

/** Chains are told apart by their JSON, which has no infinity. */
know(LeakyReLU, ["negativeSlope"], ({ negativeSlope }, shape) =>
  Number.isFinite(negativeSlope)
    ? { shape, link: { link: { kind: "leakyRelu", negativeSlope }, parameters: {} } }
    : undefined,
);

/** If all that it holds are links, and block and shortcut give one shape. */
know(Residual, ["block", "shortcut"], ({ block, shortcut }, shape) => {
  const [inside, around] = [[block], shortcut ? [shortcut] : []].map((modules: Module[]) => {
    const layers = modules.flatMap(flat);
    const run = linksFrom(layers, 0, shape);
    return run.end === layers.length ? run : undefined;
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

function flat(layer: Module): readonly Module[] {
  return isPlain(layer) ? layer.layers.flatMap(flat) : [layer];
}

know(ReLU, [], (_, shape) => ({ shape, link: { link: { kind: "relu" }, parameters: {} } }));
know(Sigmoid, [], (_, shape) => ({ shape, link: { link: { kind: "sigmoid" }, parameters: {} } }));
know(Tanh, [], (_, shape) => ({ shape, link: { link: { kind: "tanh" }, parameters: {} } }));
know(GELU, ["options"], ({ options: { approximate = "none" } }, shape) =>
  approximate === "none" ? { shape, link: { link: { kind: "gelu" }, parameters: {} } } : undefined,
);

know(Flatten, ["startDim", "endDim"], ({ startDim, endDim }, shape) => {
  if (startDim !== 1 || (endDim !== -1 && endDim !== shape.length - 1)) return undefined;
  return {
    shape: [shape[0], numelOf(shape.slice(1))],
    link: { link: { kind: "flatten" }, parameters: {} },
  };
});

const NORM = ["weight", "bias", "runningMean", "runningVar", "eps", "numFeatures", "training", "follow"] as const; // prettier-ignore
/** Whether each that is there holds so many numbers; a layer that was given others says so itself. */
function hold(count: number, ...tensors: readonly (Tensor | undefined)[]): boolean {
  return tensors.every((tensor) => !tensor || sameShape(tensor.shape, [count]));
}

function normLink(layer: Pick<BatchNorm1d, (typeof NORM)[number]>, shape: Shape, ndim: number): AsLink {
  const { weight, bias, runningMean, runningVar, eps, numFeatures } = layer;
  const count = numelOf(shape) / shape[1];
  if (shape.length !== ndim || shape[1] !== numFeatures || count < 2) return undefined;
  if (!hold(numFeatures, weight, bias, runningMean, runningVar) || !runningMean !== !runningVar)
    return undefined;
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
know(BatchNorm1d, NORM, (layer, shape) => normLink(layer, shape, 2));
know(BatchNorm2d, NORM, (layer, shape) => normLink(layer, shape, 4));
