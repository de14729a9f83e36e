import type { Conv2dGeometry } from "../../backend.js";
import { padded, type Sides } from "../grid.js";
import {
  cut,
  gradUnits,
  PLANES,
  reach,
  transformedSize,
  transformWeights,
  winograd,
  winogradGradWeight,
} from "../routines/winograd/index.js";
import { addSamples } from "./convStage.js";
import { view, type Action, type Flow, type Making, type Stage } from "./stage.js";

/**
 * What the transforms of a tile cost, in the multiplications that take as long: found by measuring way there and back
 * with 1 to 36 channels on 5×5 to 28×28 pixels.
 */
const TRANSFORM = 120;

/** Channels, and pairs of them, below which sums are plain: a picture under a kernel made by hand gives whole numbers. */
const CHANNELS = 4;
const PAIRS = 64;

/** Whether a convolution is computed on tiles: a square window of 3 or 5 without stride, where that is worth its way. */
export function suitsWinograd(g: Conv2dGeometry): boolean {
  const taps = g.kernelHeight;
  const fits =
    g.groups === 1 &&
    taps === g.kernelWidth &&
    (taps === 3 || taps === 5) &&
    [g.strideY, g.strideX, g.dilationY, g.dilationX].every((step) => step === 1) &&
    g.padTop < taps &&
    g.padLeft < taps;
  if (!fits || Math.min(g.channels, g.outChannels) < CHANNELS || g.channels * g.outChannels < PAIRS)
    return false;
  const { down, across } = cut(1, g.outHeight, g.outWidth, taps);
  const plain = (g.outHeight * g.outWidth * taps * taps) / (down * across); // of one tile, for each pair
  const transforms = TRANSFORM * (1 / g.channels + 1 / g.outChannels);
  return plain >= PLANES + transforms;
}

/** The border that the tiles reach around the input. */
export function winogradBorder(g: Conv2dGeometry): Sides {
  return {
    top: g.padTop,
    left: g.padLeft,
    bottom: Math.max(0, reach(g.outHeight, g.kernelHeight) - g.padTop - g.height),
    right: Math.max(0, reach(g.outWidth, g.kernelWidth) - g.padLeft - g.width),
  };
}

/** The border around the gradient of the output: for its way back, and for tiles of the errors. */
export function winogradGradBorder(g: Conv2dGeometry): Sides {
  const taps = g.kernelHeight;
  const [top, left] = [taps - 1 - g.padTop, taps - 1 - g.padLeft];
  const tiles = (stops: number): number => reach(stops, taps) - (taps - 1);
  return {
    top,
    left,
    bottom: Math.max(0, reach(g.height, taps) - top - g.outHeight, tiles(g.outHeight) - g.outHeight),
    right: Math.max(0, reach(g.width, taps) - left - g.outWidth, tiles(g.outWidth) - g.outWidth),
  };
}

/** A convolution between many channels, with a third to a quarter of the products. */
export function winogradStage(making: Making, g: Conv2dGeometry, x: Flow, y: Flow): Stage {
  const { layout, name, learns, fma, parts } = making;
  const taps = g.kernelHeight;
  const area = taps * taps;
  const rowOut = padded(g.outChannels);
  // As the tensor holds them; read in fours of output channels, so there is room behind the last.
  const raw = layout.floats(rowOut * g.channels * area);
  const weights = layout.floats(transformedSize(g.channels, g.outChannels));
  const bias = layout.floats(rowOut);
  const ofWeights = { from: raw, taps, inChannels: g.channels, outChannels: g.outChannels, fma, parts };
  const prepare = [
    transformWeights({ ...ofWeights, name: `${name}.weights`, to: weights, back: false }, layout),
  ];
  const forward: Action[] = [
    ...winograd(
      {
        name: `${name}.forward`,
        from: x.grid,
        origin: [-g.padTop, -g.padLeft],
        taps,
        to: y.grid,
        weights,
        bias,
        relu: y.relu,
        fma,
        parts,
      },
      layout,
    ),
  ];
  const { grad } = y;
  const biasRows = gradUnits(g.batch, g.outHeight, g.outWidth, taps);
  const biasSums = grad ? layout.floats(biasRows * grad.pixel) : 0;
  const sums = grad ? layout.floats(rowOut * g.channels * area) : 0;
  const backward: Action[] = [];
  if (grad && learns) {
    backward.push(
      ...winogradGradWeight(
        {
          name: `${name}.gradWeight`,
          x: x.grid,
          origin: [-g.padTop, -g.padLeft],
          taps,
          grad,
          to: sums,
          biasTo: biasSums,
          fma,
          parts,
        },
        layout,
      ),
    );
  }
  if (grad && x.grad) {
    const backWeights = layout.floats(transformedSize(g.outChannels, g.channels));
    backward.push(
      transformWeights({ ...ofWeights, name: `${name}.backWeights`, to: backWeights, back: true }, layout),
      ...winograd(
        {
          name: `${name}.gradInput`,
          from: grad,
          origin: [g.padTop - taps + 1, g.padLeft - taps + 1],
          taps,
          to: x.grad,
          weights: backWeights,
          mask: x.relu ? x.grid : undefined,
          fma,
          parts,
        },
        layout,
      ),
    );
  }
  return {
    load(block, parameters) {
      view(block, raw, parameters.weight!.numel).set(parameters.weight!.storage);
      const offsets = view(block, bias, rowOut).fill(0);
      if (parameters.bias) offsets.set(parameters.bias.storage);
    },
    prepare,
    forward,
    backward,
    gradients(block, parameters) {
      const weight = new Float32Array(view(block, sums, parameters.weight!.numel));
      if (!parameters.bias) return { weight };
      return {
        weight,
        bias: addSamples(view(block, biasSums, biasRows * grad!.pixel), rowOut, g.outChannels),
      };
    },
  };
}
