import type { ChainRequest, Conv2dGeometry } from "../../backend.js";
import { Layout, NO_BORDER, padded, type Sides } from "../grid.js";
import { fromPlain, toPlain } from "../routines/layout.js";
import { copy, reluGrad, sum } from "../routines/channels.js";
import { convBorder, convGradBorder } from "./convReach.js";
import { convStage, isDepthwise } from "./convStage.js";
import { foldedNorm } from "./foldedNorm.js";
import { CACHE, grouped, joined, passingGrids, type Cache, type Group } from "./joined.js";
import { linearStage } from "./linearStage.js";
import {
  avgPoolStage,
  dropoutStage,
  leakyReluStage,
  maxPoolStage,
  reluStage,
  smoothStage,
} from "./mapStages.js";
import { normStage } from "./normStage.js";
import { plan, type Plan, type Size } from "./plan.js";
import type { Action, Flow, Making, Stage } from "./stage.js";
import { winogradBorder, winogradGradBorder } from "./winogradReach.js";
import { winogradStage } from "./winogradStage.js";

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
  /** What the way there begins with: the input as maps. By itself only where these stay for the weights' gradient. */
  readonly takeInput: Action;
}

/** What the machine can, and what the user wants of it. */
export interface Means {
  readonly fma: boolean;
  readonly winograd: boolean;
  /** Into how many parts the units of a routine are shared: one for each thread. */
  readonly parts: number;
}

/** Make routines of a chain; `undefined` if there is a link, or an order of links, that has none. */
export function compile(
  request: ChainRequest,
  { fma, winograd, parts }: Means,
  cache: Cache = CACHE,
): Program | undefined {
  const run = plan(request, winograd);
  if (!run || run.plans.length === 0) return undefined;
  const batch = request.shape[0];
  const draw = (passing?: ReadonlyMap<number, number>): Draft => {
    const making = { layout: new Layout(passing), batch, learns: request.learns, fma, parts };
    return draft(making, request, run, cache);
  };
  // Which maps need no room for the whole batch is known when all routines are: then these are drawn anew.
  const first = draw();
  const passing = passingGrids([...first.forward, ...first.backward], batch, parts);
  const { forward, backward, ...program } = passing.size > 0 ? draw(passing) : first;
  return { ...program, forward: joined(forward), backward: joined(backward) };
}

/** A program whose actions are not yet joined. */
interface Draft extends Omit<Program, "forward" | "backward"> {
  readonly forward: readonly Group[];
  readonly backward: readonly Group[];
}

function draft(
  making: LineMaking,
  { record, gradX }: ChainRequest,
  { plans, to }: { readonly plans: readonly Plan[]; readonly to: Size },
  cache: Cache,
): Draft {
  const { layout, batch, parts } = making;
  const { first, last, stages, ...actions } = line(making, plans, "", record && gradX, record, true);
  const numel = (size: Size): number => batch * size.channels * size.height * size.width;
  const input = layout.floats(numel(plans[0].from));
  const output = layout.floats(numel(to));
  const gradOutput = record ? layout.floats(numel(to)) : 0;
  const gradInput = first.grad ? layout.floats(numel(plans[0].from)) : 0;
  const takeInput = fromPlain("input", input, first.grid);
  const forward = [takeInput, ...actions.forward, toPlain("output", last.grid, output)];
  const backward = [
    ...stages.flatMap(({ stage }) => stage.readyBack ?? []),
    ...(last.grad ? [fromPlain("gradOutput", gradOutput, last.grad)] : []),
    ...(last.grad && last.relu ? [reluGrad("gradOutput.mask", last.grad, last.grid, last.grad)] : []),
    ...actions.backward,
    ...(first.grad ? [toPlain("gradInput", first.grad, gradInput)] : []),
    ...stages.flatMap(({ stage }) => stage.finishBack ?? []),
  ];
  const { channels, height, width } = to;
  return {
    size: layout.size,
    parts,
    input,
    output,
    gradOutput,
    gradInput,
    outputShape: to.flat ? [batch, channels * height * width] : [batch, channels, height, width],
    stages,
    takeInput,
    forward: grouped(forward, batch, parts, cache),
    backward: grouped(backward, batch, parts, cache),
  };
}

/** What a line of stages is made with. */
interface LineMaking extends Omit<Making, "name" | "learns" | "rescale"> {
  readonly batch: number;
  /** For each link. */
  readonly learns: readonly boolean[];
}

/** Stages one after the other, what flows in at the first, and out of the last. */
interface Line {
  readonly first: Flow;
  readonly last: Flow;
  readonly stages: Program["stages"];
  readonly forward: readonly Action[];
  readonly backward: readonly Action[];
}

/**
 * @param gradFirst whether the gradient of what flows in is wanted
 * @param gradLast  whether that of what flows out is there
 * @param outermost whether the values come from outside
 */
function line(
  making: LineMaking,
  plans: readonly Plan[],
  prefix: string,
  gradFirst: boolean,
  gradLast: boolean,
  outermost: boolean,
): Line {
  const flows = Array.from({ length: plans.length + 1 }, (_, i) => {
    // A gradient goes back as far as somebody in front of it asks for one.
    const asked = gradFirst || plans.slice(0, i).some((plan) => wantsGrad(plan, making.learns));
    return flow(making, plans, i, gradLast && (asked || (outermost && i === plans.length)), outermost);
  });
  const made = plans.map((plan, i) => {
    const name = `${prefix}${plan.index}.${plan.link.kind}`;
    const [x, y] = [flows[i], flows[i + 1]];
    if (plan.branches.length) return residual(making, plan, name, x, y);
    const norm = plan.norm && foldedNorm(making.layout, plan.to.channels, plan.norm.eps);
    const own = { ...making, name, learns: making.learns[plan.index], rescale: norm?.rescale };
    const stage = stageOf(own, plan, x, y);
    const folded = norm ? [{ stage: norm.stage, link: plan.norm!.index }] : [];
    return {
      stages: [{ stage, link: plan.index }, ...folded],
      forward: stage.forward,
      backward: stage.backward,
    };
  });
  return {
    first: flows[0],
    last: flows[plans.length],
    stages: made.flatMap(({ stages }) => stages),
    forward: made.flatMap(({ forward }) => forward),
    backward: [...made].reverse().flatMap(({ backward }) => backward),
  };
}

/** A block and what goes round it, each a line of its own that begins with a copy; then their sum. */
function residual(
  making: LineMaking,
  { branches, relu }: Plan,
  name: string,
  x: Flow,
  y: Flow,
): Pick<Line, "stages" | "forward" | "backward"> {
  const lines = branches
    .filter((plans) => plans.length > 0)
    .map((plans, i) =>
      line(making, plans, `${name}.${i}.`, x.grad !== undefined, y.grad !== undefined, false),
    );
  const ends = lines.map(({ last }) => last.grid);
  const grads = lines.map(({ first }) => first.grad).filter((grad) => grad !== undefined);
  const itself = <T>(input: T): T[] => branches.slice(lines.length).map(() => input); // where a branch does nothing
  return {
    stages: lines.flatMap(({ stages }) => stages),
    forward: [
      ...lines.flatMap(({ first, forward }, i) => [copy(`${name}.copy${i}`, x.grid, first.grid), ...forward]),
      sum(`${name}.forward`, [...ends, ...itself(x.grid)], y.grid, relu),
    ],
    backward: y.grad
      ? [
          ...lines.flatMap(({ last, backward }, i) => {
            if (!last.grad) return [];
            const into = `${name}.grad${i}`;
            const enter = last.relu
              ? reluGrad(into, y.grad!, last.grid, last.grad)
              : copy(into, y.grad!, last.grad);
            return [enter, ...backward];
          }),
          ...(x.grad
            ? [
                sum(`${name}.gradInput`, [...grads, ...itself(y.grad)], x.grad, false),
                ...(x.relu ? [reluGrad(`${name}.positive`, x.grad, x.grid, x.grad)] : []),
              ]
            : []),
        ]
      : [],
  };
}

const wantsGrad = ({ index, branches }: Plan, learns: readonly boolean[]): boolean =>
  learns[index] || branches.flat().some((plan) => wantsGrad(plan, learns));

/** What flows into stage `i` (or out of the last): the border its reader wants, and for the gradient, its writer's. */
function flow(
  { layout, batch }: LineMaking,
  plans: readonly Plan[],
  i: number,
  grad: boolean,
  outermost: boolean,
): Flow {
  const [writer, reader] = [plans[i - 1] as Plan | undefined, plans[i] as Plan | undefined];
  const { channels, height, width } = reader ? reader.from : writer!.to;
  const border = borderFor(reader, convBorder, winogradBorder);
  const gradBorder = borderFor(writer, convGradBorder, winogradGradBorder);
  // Values from outside are read one by one if a plain convolution takes them: then they need no room beside them.
  const oneByOne = reader?.link.kind === "conv2d" && !reader.tiles && !isDepthwise(reader.link.g);
  const pixel = outermost && !writer && oneByOne ? channels : padded(channels);
  return {
    grid: layout.grid(batch, channels, height, width, border, pixel),
    grad: grad ? layout.grid(batch, channels, height, width, gradBorder) : undefined,
    relu: writer?.relu ?? false,
  };
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
    case "sigmoid":
    case "tanh":
    case "gelu":
      return smoothStage(making, link.kind, x, y);
    case "dropout":
      return dropoutStage(making, link.perMap, x, y);
    default:
      return reluStage(making, x, y);
  }
}
