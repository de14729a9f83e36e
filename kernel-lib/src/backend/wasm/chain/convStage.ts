import type { Conv2dGeometry } from "../../backend.js";
import { inside, LANES, padded, type Grid } from "../grid.js";
import { channelSums } from "../routines/channels.js";
import { outerProducts } from "../routines/outerProducts.js";
import { packing, products } from "../routines/products.js";
import { columnPhases, rowPhases } from "./convReach.js";
import { gather, scatter, view, type Action, type Flow, type Making, type Stage } from "./stage.js";

/** Channels that meet each other's weights: how many groups, and so many channels in each. */
interface Groups {
  readonly count: number;
  readonly channels: number;
  readonly outChannels: number;
  /** Whether they are four channels in which none meets another: a depthwise convolution, four at a time. */
  readonly lanewise: boolean;
  /** The number of a weight, by its group and its channels therein; −1 for none. */
  weightAt(group: number, k: number, c: number, row: number, column: number): number;
}

/** Whether each channel has one kernel of its own. */
export function isDepthwise(g: Conv2dGeometry): boolean {
  return g.groups > 1 && g.groups === g.channels && g.groups === g.outChannels;
}

function groupsOf(g: Conv2dGeometry): Groups {
  const [height, width] = [g.kernelHeight, g.kernelWidth];
  if (isDepthwise(g)) {
    return {
      count: padded(g.channels) / LANES,
      channels: LANES,
      outChannels: LANES,
      lanewise: true,
      weightAt: (group, k, _, row, column) => {
        const channel = group * LANES + k;
        return channel < g.channels ? (channel * height + row) * width + column : -1;
      },
    };
  }
  const [channels, outChannels] = [g.channels / g.groups, g.outChannels / g.groups];
  return {
    count: g.groups,
    channels,
    outChannels,
    lanewise: false,
    weightAt: (group, k, c, row, column) =>
      (((group * outChannels + k) * channels + c) * height + row) * width + column,
  };
}

/**
 * A convolution directly on the grids: no patch is ever copied. Groups are computed one by one, so that nan or infinity
 * stays in its group.
 */
export function convStage(making: Making, g: Conv2dGeometry, x: Flow, y: Flow): Stage {
  const { layout, name, fma } = making;
  const groups = groupsOf(g);
  const [height, width] = [g.kernelHeight, g.kernelWidth];
  const channels = groups.lanewise ? 1 : groups.channels; // terms of a tap
  const map = packing(
    height * width * channels,
    groups.outChannels,
    (term, k, group) => {
      const tap = Math.floor(term / channels);
      return groups.weightAt(group, k, term % channels, Math.floor(tap / width), tap % width);
    },
    groups.count,
  );
  const weights = layout.floats(map.length);
  const bias = layout.floats(padded(g.outChannels));
  const forward = products({
    name: `${name}.forward`,
    groups: groups.count > 1 ? { count: groups.count, from: groups.channels * 4 } : undefined,
    lanewise: groups.lanewise,
    from: inside(x.grid) - 4 * (g.padTop * x.grid.row + g.padLeft * x.grid.pixel),
    to: inside(y.grid),
    maps: { from: x.grid, to: y.grid },
    bySample: true,
    units: [
      { count: g.batch, from: x.grid.sample * 4, to: y.grid.sample * 4 },
      { count: g.outHeight, from: g.strideY * x.grid.row * 4, to: y.grid.row * 4 },
    ],
    strip: { count: g.outWidth, from: g.strideX * x.grid.pixel * 4, to: y.grid.pixel * 4 },
    sum: [
      { count: height, step: g.dilationY * x.grid.row * 4 },
      { count: width, step: g.dilationX * x.grid.pixel * 4 },
      { count: channels, step: 4 },
    ],
    columns: groups.outChannels,
    weights,
    bias,
    rescale: making.rescale,
    relu: y.relu,
    fma,
  });

  const learnt = y.grad && making.learns ? toWeights(making, g, groups, x, y.grad) : undefined;
  const phases = x.grad && y.grad ? toInput(making, g, groups, x, y.grad) : [];
  return {
    load(block, parameters) {
      gather(view(block, weights, map.length), map, parameters.weight!.storage);
      const offsets = view(block, bias, padded(g.outChannels)).fill(0);
      if (parameters.bias) offsets.set(parameters.bias.storage);
      for (const { at, map } of phases) gather(view(block, at, map.length), map, parameters.weight!.storage);
    },
    prepare: [],
    forward: [forward],
    backward: [...(learnt?.actions ?? []), ...phases.map(({ action }) => action)],
    gradients(block, parameters) {
      const { sums, partSize, map, biasSums } = learnt!;
      const weight = new Float32Array(parameters.weight!.numel);
      for (let part = 0; part < making.parts; part++) {
        scatter(weight, map, view(block, sums + part * partSize, map.length));
      }
      const row = padded(g.outChannels);
      return parameters.bias
        ? { weight, bias: addSamples(view(block, biasSums, g.batch * row), row, g.outChannels) }
        : { weight };
    },
  };
}

/** The gradients of weights and bias. */
function toWeights(
  { layout, name, fma, parts }: Making,
  g: Conv2dGeometry,
  groups: Groups,
  x: Flow,
  grad: Grid,
): { actions: Action[]; sums: number; partSize: number; map: Int32Array; biasSums: number } {
  const biasSums = layout.floats(g.batch * grad.pixel);
  // How the sums lie: group, row of taps, then either taps or channels, the other, and kernels; in floats.
  const row = padded(groups.outChannels);
  const alone = g.groups === 1;
  const [channels, taps] = [groups.lanewise ? 1 : alone ? x.grid.pixel : groups.channels, g.kernelWidth];
  const byTaps = !alone && taps > channels; // the more rows a tile has, the more sums are in flight
  const [ofTap, ofChannel] = byTaps ? [row, taps * row] : [channels * row, row];
  const ofRow = taps * channels * row;
  const ofGroup = g.kernelHeight * ofRow;

  const map = new Int32Array(groups.count * ofGroup).fill(-1);
  for (let group = 0; group < groups.count; group++) {
    for (let tap = 0; tap < g.kernelHeight * taps; tap++) {
      const [down, across] = [Math.floor(tap / taps), tap % taps];
      for (let c = 0; c < (groups.lanewise ? 1 : groups.channels); c++) {
        const at = group * ofGroup + down * ofRow + across * ofTap + c * ofChannel;
        for (let k = 0; k < groups.outChannels; k++) map[at + k] = groups.weightAt(group, k, c, down, across);
      }
    }
  }
  const partSize = map.length * 4;
  const sums = layout.floats(parts * map.length);

  // Neighbouring taps of a row read neighbouring pixels: without groups and dilation they are one block.
  const joined = alone && g.dilationX === 1;
  const [tapStep, channelStep] = [g.dilationX * x.grid.pixel * 4, 4];
  const gradWeight = outerProducts({
    name: `${name}.gradWeight`,
    a: inside(x.grid) - 4 * (g.padTop * x.grid.row + g.padLeft * x.grid.pixel),
    b: inside(grad),
    to: sums,
    partSize,
    maps: { a: x.grid, b: grad },
    units: { count: g.batch, a: x.grid.sample * 4, b: grad.sample * 4, to: 0 },
    blocks: [
      { count: groups.count, a: groups.channels * 4, b: groups.outChannels * 4, to: ofGroup * 4 },
      { count: g.kernelHeight, a: g.dilationY * x.grid.row * 4, b: 0, to: ofRow * 4 },
      byTaps
        ? { count: channels, a: channelStep, b: 0, to: ofChannel * 4 }
        : { count: joined ? 1 : taps, a: tapStep, b: 0, to: ofTap * 4 },
    ],
    rows: byTaps ? taps : joined ? taps * channels : channels,
    rowStep: byTaps ? tapStep : channelStep,
    lanewise: groups.lanewise,
    columns: groups.outChannels,
    sum: [
      { count: g.outHeight, stepA: g.strideY * x.grid.row * 4, stepB: grad.row * 4 },
      { count: g.outWidth, stepA: g.strideX * x.grid.pixel * 4, stepB: grad.pixel * 4 },
    ],
    accumulate: true,
    fma,
  });
  return {
    actions: [channelSums(`${name}.gradBias`, grad, biasSums), gradWeight],
    sums,
    partSize,
    map,
    biasSums,
  };
}

/** The gradient of the input, phase by phase, with weights packed for each. */
function toInput(
  { layout, name, fma }: Making,
  g: Conv2dGeometry,
  groups: Groups,
  x: Flow,
  grad: Grid,
): { action: Action; at: number; map: Int32Array }[] {
  const gradX = x.grad!;
  const outChannels = groups.lanewise ? 1 : groups.outChannels; // terms of a tap
  return rowPhases(g).flatMap((down) =>
    columnPhases(g).map((across) => {
      const map = packing(
        down.taps.length * across.taps.length * outChannels,
        groups.channels,
        (term, c, group) => {
          const tap = Math.floor(term / outChannels);
          const [i, j] = [Math.floor(tap / across.taps.length), tap % across.taps.length];
          const k = groups.lanewise ? c : term % outChannels;
          return groups.weightAt(group, k, c, down.taps[i], across.taps[j]);
        },
        groups.count,
      );
      const at = layout.floats(map.length);
      const pixel = (grid: Grid): number =>
        inside(grid) + 4 * (down.first * grid.row + across.first * grid.pixel);
      const action = products({
        name: `${name}.gradInput${down.first}${across.first}`,
        groups: groups.count > 1 ? { count: groups.count, from: groups.outChannels * 4 } : undefined,
        lanewise: groups.lanewise,
        from: inside(grad) + 4 * (down.origin * grad.row + across.origin * grad.pixel),
        to: pixel(gradX),
        mask: x.relu ? pixel(x.grid) : undefined,
        maps: x.relu ? { from: grad, to: gradX, mask: x.grid } : { from: grad, to: gradX },
        bySample: true,
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
          { count: outChannels, step: 4 },
        ],
        columns: groups.channels,
        weights: at,
        fma,
      });
      return { action, at, map };
    }),
  );
}

/** Per-sample sums of each channel, added up in float64. */
export function addSamples(sums: Float32Array, row: number, channels: number): Float32Array {
  const total = new Float64Array(channels);
  for (let at = 0; at < sums.length; at += row) for (let c = 0; c < channels; c++) total[c] += sums[at + c];
  return Float32Array.from(total);
}
