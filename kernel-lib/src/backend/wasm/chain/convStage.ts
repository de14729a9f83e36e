import type { Conv2dGeometry } from "../../backend.js";
import { inside, padded, type Grid, type Sides } from "../grid.js";
import { channelSums } from "../routines/channels.js";
import { outerProducts } from "../routines/outerProducts.js";
import { packedSize, packing, products } from "../routines/products.js";
import { gather, view, type Action, type Flow, type Making, type Stage } from "./stage.js";

/** The border of zeros that a convolution reads around its input. */
export function convBorder(g: Conv2dGeometry): Sides {
  const reach = (
    outSize: number,
    stride: number,
    kernel: number,
    dilation: number,
    pad: number,
    size: number,
  ): number => Math.max(0, (outSize - 1) * stride + (kernel - 1) * dilation - pad - (size - 1));
  return {
    top: g.padTop,
    left: g.padLeft,
    bottom: reach(g.outHeight, g.strideY, g.kernelHeight, g.dilationY, g.padTop, g.height),
    right: reach(g.outWidth, g.strideX, g.kernelWidth, g.dilationX, g.padLeft, g.width),
  };
}

/** The border of zeros that its way back reads around the gradient of its output. */
export function convGradBorder(g: Conv2dGeometry): Sides {
  const [rows, columns] = [rowPhases(g), columnPhases(g)];
  const before = (phases: readonly Phase[]): number => Math.max(0, ...phases.map(({ origin }) => -origin));
  const after = (phases: readonly Phase[], size: number): number =>
    Math.max(0, ...phases.map((p) => p.origin + p.stops - 1 + (p.taps.length - 1) * p.step - (size - 1)));
  return {
    top: before(rows),
    left: before(columns),
    bottom: after(rows, g.outHeight),
    right: after(columns, g.outWidth),
  };
}

/**
 * Pixels `first`, `first + stride`, … of the input, which the same taps have met: seen from them the way back is a
 * convolution with stride 1 over the gradient, its taps in reverse order.
 */
interface Phase {
  readonly first: number;
  readonly stops: number;
  /** Where the first tap lies on the gradient for the first pixel, and the distance between taps. */
  readonly origin: number;
  readonly step: number;
  readonly taps: readonly number[];
}

function phases(size: number, kernel: number, stride: number, dilation: number, pad: number): Phase[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first): Phase => {
    const taps = Array.from({ length: kernel }, (_, tap) => kernel - 1 - tap).filter(
      (tap) => (first + pad - tap * dilation) % stride === 0,
    );
    const at = (tap: number): number => (first + pad - tap * dilation) / stride;
    return {
      first,
      stops: Math.ceil((size - first) / stride),
      origin: taps.length ? at(taps[0]) : 0,
      step: taps.length > 1 ? at(taps[1]) - at(taps[0]) : 1,
      taps,
    };
  }).filter(({ taps }) => taps.length > 0); // a pixel that no tap has met has no gradient
}

const rowPhases = (g: Conv2dGeometry): Phase[] =>
  phases(g.height, g.kernelHeight, g.strideY, g.dilationY, g.padTop);
const columnPhases = (g: Conv2dGeometry): Phase[] =>
  phases(g.width, g.kernelWidth, g.strideX, g.dilationX, g.padLeft);

/**
 * A convolution directly on the grids: no patch is ever copied. Groups are computed as if every kernel saw all channels,
 * those of other groups with a weight of 0: no slower than group by group while a group has few channels. (So nan or
 * infinity in one group makes nan of the others at that place.)
 */
export function convStage(making: Making, g: Conv2dGeometry, x: Flow, y: Flow): Stage {
  const { layout, name, fma } = making;
  const [height, width] = [g.kernelHeight, g.kernelWidth];
  const terms = height * width * g.channels;
  const [groupIn, groupOut] = [g.channels / g.groups, g.outChannels / g.groups];
  const weightOf = (k: number, c: number, row: number, column: number): number =>
    Math.floor(k / groupOut) === Math.floor(c / groupIn)
      ? ((k * groupIn + (c % groupIn)) * height + row) * width + column
      : -1;

  const weights = layout.floats(packedSize(terms, g.outChannels));
  const bias = layout.floats(padded(g.outChannels));
  const map = packing(terms, g.outChannels, (term, k) => {
    const c = term % g.channels;
    const tap = (term - c) / g.channels;
    return weightOf(k, c, Math.floor(tap / width), tap % width);
  });
  const forward = products({
    name: `${name}.forward`,
    from: inside(x.grid) - 4 * (g.padTop * x.grid.row + g.padLeft * x.grid.pixel),
    to: inside(y.grid),
    units: [
      { count: g.batch, from: x.grid.sample * 4, to: y.grid.sample * 4 },
      { count: g.outHeight, from: g.strideY * x.grid.row * 4, to: y.grid.row * 4 },
    ],
    strip: { count: g.outWidth, from: g.strideX * x.grid.pixel * 4, to: y.grid.pixel * 4 },
    sum: [
      { count: height, step: g.dilationY * x.grid.row * 4 },
      { count: width, step: g.dilationX * x.grid.pixel * 4 },
      { count: g.channels, step: 4 },
    ],
    columns: g.outChannels,
    weights,
    bias,
    relu: y.relu,
    fma,
  });

  const back = y.grad ? wayBack(making, g, x, y.grad, weightOf) : undefined;
  return {
    load(block, parameters) {
      gather(view(block, weights, map.length), map, parameters.weight!.storage);
      const offsets = view(block, bias, padded(g.outChannels)).fill(0);
      if (parameters.bias) offsets.set(parameters.bias.storage);
      back?.toInput.forEach((phase) =>
        gather(view(block, phase.at, phase.map.length), phase.map, parameters.weight!.storage),
      );
    },
    prepare: [],
    forward: [forward],
    backward: back?.actions ?? [],
    gradients(block, parameters) {
      const weight = new Float32Array(parameters.weight!.numel);
      const row = padded(g.outChannels);
      for (let part = 0; part < making.parts; part++) {
        const sums = view(block, back!.sums + part * back!.partSize, back!.partSize / 4);
        for (let tap = 0; tap < height * width; tap++) {
          for (let c = 0; c < g.channels; c++) {
            const from = (tap * x.grid.pixel + c) * row;
            const to = (c % groupIn) * height * width + tap;
            const step = groupIn * height * width;
            const first = Math.floor(c / groupIn) * groupOut;
            for (let k = first; k < first + groupOut; k++) weight[k * step + to] += sums[from + k];
          }
        }
      }
      return parameters.bias
        ? { weight, bias: addSamples(view(block, back!.biasSums, g.batch * row), row, g.outChannels) }
        : { weight };
    },
  };
}

/** The gradients of weights, bias and, where the input wants one, of the input. */
function wayBack(
  making: Making,
  g: Conv2dGeometry,
  x: Flow,
  grad: Grid,
  weightOf: (k: number, c: number, row: number, column: number) => number,
): {
  actions: Action[];
  sums: number;
  partSize: number;
  biasSums: number;
  toInput: { at: number; map: Int32Array }[];
} {
  const { layout, name, learns, fma, parts } = making;
  const row = padded(g.outChannels);
  const biasSums = layout.floats(g.batch * grad.pixel);
  const partSize = g.kernelHeight * g.kernelWidth * x.grid.pixel * row * 4;
  const sums = layout.floats((parts * partSize) / 4);
  // Neighbouring taps of a row read neighbouring pixels: without dilation they are one block.
  const joined = g.dilationX === 1;
  const rows = (joined ? g.kernelWidth : 1) * x.grid.pixel;
  const toWeights: Action[] = [
    channelSums(`${name}.gradBias`, grad, biasSums),
    outerProducts({
      name: `${name}.gradWeight`,
      a: inside(x.grid) - 4 * (g.padTop * x.grid.row + g.padLeft * x.grid.pixel),
      b: inside(grad),
      to: sums,
      partSize,
      units: { count: g.batch, a: x.grid.sample * 4, b: grad.sample * 4, to: 0 },
      blocks: [
        {
          count: g.kernelHeight,
          a: g.dilationY * x.grid.row * 4,
          b: 0,
          to: g.kernelWidth * x.grid.pixel * row * 4,
        },
        {
          count: joined ? 1 : g.kernelWidth,
          a: g.dilationX * x.grid.pixel * 4,
          b: 0,
          to: x.grid.pixel * row * 4,
        },
      ],
      rows,
      columns: g.outChannels,
      sum: [
        { count: g.outHeight, stepA: g.strideY * x.grid.row * 4, stepB: grad.row * 4 },
        { count: g.outWidth, stepA: g.strideX * x.grid.pixel * 4, stepB: grad.pixel * 4 },
      ],
      accumulate: true,
      fma,
    }),
  ];
  const actions = learns ? toWeights : [];
  const toInput: { at: number; map: Int32Array }[] = [];
  const gradX = x.grad;
  if (gradX) {
    for (const down of rowPhases(g)) {
      for (const across of columnPhases(g)) {
        const terms = down.taps.length * across.taps.length * g.outChannels;
        const map = packing(terms, g.channels, (term, c) => {
          const k = term % g.outChannels;
          const tap = (term - k) / g.outChannels;
          const [i, j] = [Math.floor(tap / across.taps.length), tap % across.taps.length];
          return weightOf(k, c, down.taps[i], across.taps[j]);
        });
        const at = layout.floats(map.length);
        toInput.push({ at, map });
        const pixel = (grid: Grid): number =>
          inside(grid) + 4 * (down.first * grid.row + across.first * grid.pixel);
        actions.push(
          products({
            name: `${name}.gradInput${down.first}${across.first}`,
            from: inside(grad) + 4 * (down.origin * grad.row + across.origin * grad.pixel),
            to: pixel(gradX),
            mask: x.relu ? pixel(x.grid) : undefined,
            units: [
              { count: g.batch, from: grad.sample * 4, to: gradX.sample * 4, mask: x.grid.sample * 4 },
              {
                count: down.stops,
                from: grad.row * 4,
                to: g.strideY * gradX.row * 4,
                mask: g.strideY * x.grid.row * 4,
              },
            ],
            strip: {
              count: across.stops,
              from: grad.pixel * 4,
              to: g.strideX * gradX.pixel * 4,
              mask: g.strideX * x.grid.pixel * 4,
            },
            sum: [
              { count: down.taps.length, step: down.step * grad.row * 4 },
              { count: across.taps.length, step: across.step * grad.pixel * 4 },
              { count: g.outChannels, step: 4 },
            ],
            columns: g.channels,
            weights: at,
            fma,
          }),
        );
      }
    }
  }
  return { actions, sums, partSize, biasSums, toInput };
}

/** Per-sample sums of each channel, added up in float64. */
export function addSamples(sums: Float32Array, row: number, channels: number): Float32Array {
  const total = new Float64Array(channels);
  for (let at = 0; at < sums.length; at += row) for (let c = 0; c < channels; c++) total[c] += sums[at + c];
  return Float32Array.from(total);
}
