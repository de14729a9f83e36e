import type { Shape } from "../../tensor/shape.js";
import { Conv1d } from "../conv1d.js";
import { Conv2d } from "../conv2d.js";
import { ConvTranspose2d } from "../convTranspose2d.js";
import { Linear } from "../linear.js";
import { LocallyConnected2d } from "../locallyConnected2d.js";
import type { Module } from "../module.js";
import { AdaptiveAvgPool2d, AvgPool2d, MaxPool1d, MaxPool2d } from "../pooling.js";
import { Upsample } from "../upsample.js";

/*
 * Which part of the input an output sees, followed from layer to layer (Araujo et al. 2019, doi:10.23915/distill.00021;
 * notebook 05).
 */

/** What the outputs of a layer see of the input, along height or width: output i sees from start + i·jump on. */
export interface Line {
  /** First position that output 0 sees; below 0 it lies on the padding. */
  readonly start: number;
  /** Positions from what one output sees to what the next one sees. */
  readonly jump: number;
  /** How many positions an output sees, padding included. */
  readonly size: number;
  /** How many outputs there are. */
  readonly count: number;
}

/** The input itself: each position sees itself. */
export function inputLines(shape: Shape): Line[] {
  const places = shape.length > 2 ? shape.slice(2) : shape.slice(1);
  return places.map((count) => ({ start: 0, jump: 1, size: 1, count }));
}

/** What an output sees that looks at everything. */
export function wholeLine({ start, jump, size, count }: Line): Line {
  return { start, jump: 0, size: size + (count - 1) * jump, count: 1 };
}

/** What the sum of two maps sees. */
export function joinLines(a: Line, b: Line): Line {
  const start = Math.min(a.start, b.start);
  return { ...a, start, size: Math.max(a.start + a.size, b.start + b.size) - start };
}

/** From what the inputs of a layer see to what its outputs see. Layers that are not named look at one place each. */
export function linesAfter(layer: Module, before: readonly Line[], outShape: Shape): Line[] {
  if (layer instanceof Linear) return before.map(wholeLine);
  const step = stepOf(layer);
  if (!step) return [...before];
  const places = outShape.slice(2);
  if (places.length !== before.length) return before.map(wholeLine); // reshaped on the way: nobody knows what is where
  return before.map((line, dim) => ({ ...step(line, dim, places[dim]), count: places[dim] }));
}

type Step = (line: Line, dim: number, count: number) => Omit<Line, "count">;

function stepOf(layer: Module): Step | undefined {
  if (layer instanceof Conv1d || layer instanceof Conv2d || layer instanceof LocallyConnected2d) {
    return slide(layer.kernelSize, layer.options);
  }
  if (layer instanceof MaxPool1d || layer instanceof MaxPool2d || layer instanceof AvgPool2d) {
    return slide(layer.kernelSize, { stride: layer.kernelSize, ...layer.options });
  }
  if (layer instanceof ConvTranspose2d) return spread(layer);
  if (layer instanceof AdaptiveAvgPool2d) return shareOut;
  if (layer instanceof Upsample) return enlarge(layer.options.mode === "bilinear");
  return undefined;
}

/** A number for all dimensions, or one for each. */
type Sizes = number | readonly number[];
const at = (sizes: Sizes, dim: number): number => (typeof sizes === "number" ? sizes : sizes[dim]);

interface Window {
  stride?: Sizes;
  padding?: Sizes | string;
  dilation?: Sizes;
}

/** A window sees as far as its pixels lie apart, and moves on by the stride. */
function slide(kernel: Sizes, { stride = 1, padding = 0, dilation = 1 }: Window): Step {
  return ({ start, jump, size }, dim) => {
    const reach = at(dilation, dim) * (at(kernel, dim) - 1);
    const before =
      padding === "same" ? Math.floor(reach / 2) : typeof padding === "string" ? 0 : at(padding, dim);
    return { start: start - before * jump, jump: jump * at(stride, dim), size: size + reach * jump };
  };
}

/** The way back of a convolution: an output hears from the inputs whose kernels, put down `stride` apart, reach it. */
function spread({ kernelSize, options }: ConvTranspose2d): Step {
  const { stride = 1, padding = 0, dilation = 1 } = options;
  return ({ start, jump, size }, dim) => {
    const reach = at(dilation, dim) * (kernelSize[dim] - 1);
    const first = Math.ceil((at(padding, dim) - reach) / at(stride, dim));
    const inputs = Math.floor(reach / at(stride, dim)) + 1;
    return { start: start + first * jump, jump: jump / at(stride, dim), size: size + (inputs - 1) * jump };
  };
}

/** As many windows as are wanted; where they differ in size, the largest counts. */
const shareOut: Step = ({ start, jump, size, count: inputs }, _, count) => {
  const lengths = Array.from({ length: count }, (_, i) => {
    return Math.ceil(((i + 1) * inputs) / count) - Math.floor((i * inputs) / count);
  });
  return { start, jump: (jump * inputs) / count, size: size + (Math.max(...lengths) - 1) * jump };
};

/** Repeated pixels see what they repeat; mixed ones see two neighbours. */
function enlarge(mixes: boolean): Step {
  return ({ start, jump, size, count: inputs }, _, count) => ({
    start,
    jump: (jump * inputs) / count,
    size: mixes && inputs > 1 ? size + jump : size,
  });
}
