import type { ChainRequest, Conv2dGeometry, Link } from "../../backend.js";
import { Layout, NO_BORDER, padded, type Grid, type Sides } from "../grid.js";
import { fromPlain, toPlain } from "../routines/layout.js";
import { reluGrad } from "../routines/channels.js";
import { convBorder, convGradBorder, convStage } from "./convStage.js";
import { linearStage } from "./linearStage.js";
import { avgPoolStage, dropoutStage, leakyReluStage, maxPoolStage, reluStage } from "./mapStages.js";
import { normStage } from "./normStage.js";
import type { Action, Flow, Making, Stage } from "./stage.js";
import { suitsWinograd, winogradBorder, winogradGradBorder, winogradStage } from "./winogradStage.js";

/** A chain as routines on one block of memory. */
export interface Program {
  /** Bytes of a block. */
  readonly size: number;
  /** Where the input and the gradient of the output are put, and the output and the gradient of the input are found. */
  readonly input: number;
  readonly output: number;
  readonly gradOutput: number;
  readonly gradInput: number;
  readonly outputShape: readonly number[];
  /** Into how many parts its routines share their units. */
  readonly parts: number;
  /** For each stage, the number of its link. */
  readonly stages: readonly { readonly stage: Stage; readonly link: number }[];
  readonly forward: readonly Action[];
  readonly backward: readonly Action[];
}

/** Sizes of what flows between two links. */
interface Size {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Whether it counts as vectors: channel by channel in one row. */
  readonly flat: boolean;
}

/** The links that will be one stage, and what flows in and out. */
interface Plan {
  readonly link: Link;
  readonly index: number;
  readonly from: Size;
  readonly to: Size;
  readonly relu: boolean;
  /** Whether it is a convolution on tiles. */
  readonly tiles: boolean;
}

/** What the machine can, and what the user wants of it. */
export interface Means {
  readonly fma: boolean;
  readonly winograd: boolean;
  /** Into how many parts the units of a routine are shared: one for each thread. */
  readonly parts: number;
}

/** Make routines of a chain; `undefined` if there is a link, or an order of links, that has none. */
export function compile(request: ChainRequest, { fma, winograd, parts }: Means): Program | undefined {
  const plans = plan(request, winograd);
  if (!plans || plans.length === 0) return undefined;
  const { record, gradX, learns, shape } = request;
  const batch = shape[0];
  const layout = new Layout();
  // A gradient goes back as far as somebody in front of it asks for one.
  const wantsGrad = (i: number): boolean =>
    record && (gradX || plans.slice(0, i).some(({ index }) => learns[index]));
  const flows = plans.map((_, i) => flow(layout, batch, plans, i, wantsGrad(i)));
  flows.push(flow(layout, batch, plans, plans.length, record));
  const stages = plans.map((plan, i) => {
    const making: Making = {
      layout,
      name: `${i}.${plan.link.kind}`,
      learns: learns[plan.index],
      fma,
      parts,
    };
    return { stage: stageOf(making, plan, flows[i], flows[i + 1]), link: plan.index };
  });
  const [first, last] = [flows[0], flows[flows.length - 1]];
  const numel = (size: Size): number => batch * size.channels * size.height * size.width;
  const [from, to] = [plans[0].from, plans[plans.length - 1].to];
  const input = layout.floats(numel(from));
  const output = layout.floats(numel(to));
  const gradOutput = record ? layout.floats(numel(to)) : 0;
  const gradInput = first.grad ? layout.floats(numel(from)) : 0;
  const enter: Action[] = last.grad
    ? [
        fromPlain("gradOutput", gradOutput, last.grad),
        ...(last.relu ? [reluGrad("gradOutput.mask", last.grad, last.grid, last.grad)] : []),
      ]
    : [];
  return {
    size: layout.size,
    parts,
    input,
    output,
    gradOutput,
    gradInput,
    outputShape: to.flat
      ? [batch, to.channels * to.height * to.width]
      : [batch, to.channels, to.height, to.width],
    stages,
    forward: [
      fromPlain("input", input, first.grid),
      ...stages.flatMap(({ stage }) => stage.forward),
      toPlain("output", last.grid, output),
    ],
    backward: [
      ...enter,
      ...[...stages].reverse().flatMap(({ stage }) => stage.backward),
      ...(first.grad ? [toPlain("gradInput", first.grad, gradInput)] : []),
    ],
  };
}

/** Which links become which stages, with the relu after a product or a norm taken into it. */
function plan({ shape, links }: ChainRequest, winograd: boolean): Plan[] | undefined {
  if (shape.length !== 2 && shape.length !== 4) return undefined;
  const [, channels, height = 1, width = 1] = shape;
  let size: Size = { channels, height, width, flat: shape.length === 2 };
  const plans: Plan[] = [];
  for (let i = 0; i < links.length; i++) {
    const link = links[i];
    if (link.kind === "flatten") {
      size = { ...size, flat: true };
      continue;
    }
    const to = sizeAfter(link, size);
    if (!to) return undefined;
    const takesRelu = link.kind === "conv2d" || link.kind === "linear" || link.kind === "batchNorm";
    const relu = link.kind === "relu" || (takesRelu && links[i + 1]?.kind === "relu");
    const tiles = winograd && link.kind === "conv2d" && suitsWinograd(link.g);
    plans.push({ link, index: i, from: size, to, relu, tiles });
    if (relu && link.kind !== "relu") i++;
    size = to;
  }
  // A flatten at the end changes the shape of what the last stage gives.
  const last = plans.at(-1);
  if (last) plans[plans.length - 1] = { ...last, to: size };
  return plans;
}

function sizeAfter(link: Link, size: Size): Size | undefined {
  switch (link.kind) {
    case "conv2d":
      if (size.flat) return undefined;
      return { channels: link.g.outChannels, height: link.g.outHeight, width: link.g.outWidth, flat: false };
    case "linear":
      return size.flat ? { channels: link.outFeatures, height: 1, width: 1, flat: true } : undefined;
    case "maxPool2d":
    case "avgPool2d":
      if (size.flat || link.g.padTop || link.g.padLeft) return undefined;
      return { channels: size.channels, height: link.g.outHeight, width: link.g.outWidth, flat: false };
    case "batchNorm":
      return size.flat && size.height * size.width > 1 ? undefined : size;
    default:
      return size;
  }
}

/** What flows into stage `i` (or out of the last): the border its reader wants, and for the gradient, its writer's. */
function flow(layout: Layout, batch: number, plans: readonly Plan[], i: number, wantsGrad: boolean): Flow {
  const [writer, reader] = [plans[i - 1] as Plan | undefined, plans[i] as Plan | undefined];
  const { channels, height, width } = reader ? reader.from : writer!.to;
  const border = borderFor(reader, convBorder, winogradBorder);
  const gradBorder = borderFor(writer, convGradBorder, winogradGradBorder);
  // The first values are read one by one if a product takes them: then they need no room beside them.
  const exact =
    !writer && (reader!.link.kind === "conv2d" || reader!.link.kind === "linear") && !reader!.tiles;
  const pixel = exact ? channels : padded(channels);
  const grid: Grid = layout.grid(batch, channels, height, width, border, pixel);
  const grad = wantsGrad ? layout.grid(batch, channels, height, width, gradBorder) : undefined;
  return { grid, grad, relu: writer?.relu ?? false };
}

function borderFor(
  plan: Plan | undefined,
  direct: (g: Conv2dGeometry) => Sides,
  onTiles: (g: Conv2dGeometry) => Sides,
): Sides {
  if (plan?.link.kind !== "conv2d") return NO_BORDER;
  return (plan.tiles ? onTiles : direct)(plan.link.g);
}

function stageOf(making: Making, { link, tiles }: Plan, x: Flow, y: Flow): Stage {
  switch (link.kind) {
    case "conv2d":
      return (tiles ? winogradStage : convStage)(making, link.g, x, y);
    case "linear":
      return linearStage(making, link.outFeatures, x, y);
    case "batchNorm":
      return normStage(making, link, x, y);
    case "maxPool2d":
      return maxPoolStage(making, link.g, x, y);
    case "avgPool2d":
      return avgPoolStage(making, link.g, x, y);
    case "leakyRelu":
      return leakyReluStage(making, link.negativeSlope, x, y);
    case "dropout":
      return dropoutStage(making, link.perMap, x, y);
    default:
      return reluStage(making, x, y);
  }
}
