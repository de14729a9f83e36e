import { numelOf, type Shape } from "../../../tensor/shape.js";
import { emptyTensor, Tensor } from "../../../tensor/tensor.js";
import type { Backend, ChainRequest, Conv2dGeometry, LinkParameters } from "../../backend.js";
import { reference } from "../../reference/index.js";
import { compile, type Means, type Program } from "../chain/compile.js";
import { Performer } from "../chain/performer.js";
import { view, type Action, type Block } from "../chain/stage.js";
import { Recent } from "../recent.js";
import { maySpread } from "../spread.js";
import { KEPT, onBlock, WORTH, type Setting } from "./setting.js";

/** What is computed of a convolution, as a chain of one link: which gradients it is asked for. */
const ASKED = {
  forward: { record: false, gradX: false, learns: [false] },
  gradInput: { record: true, gradX: true, learns: [false] },
  gradWeight: { record: true, gradX: false, learns: [true] },
} satisfies Record<string, Partial<ChainRequest>>;
type Way = keyof typeof ASKED;

interface Single {
  readonly program: Program;
  readonly actions: readonly Action[];
  readonly performer: Performer;
}

type Convolutions = Pick<Backend, "conv2d" | "conv2dGradInput" | "conv2dGradWeight">;

/** Convolution outside of a chain, with the routines that it has there. */
export function convolutions(setting: Setting): Convolutions {
  const made = new Recent<Single | undefined>(KEPT, (single) => single?.performer.close());

  const make = (way: Way, g: Conv2dGeometry, means: Means): Single | undefined => {
    const shape = [g.batch, g.channels, g.height, g.width];
    const program = compile({ shape, links: [{ kind: "conv2d", g }], ...ASKED[way] }, means);
    if (!program) return undefined;
    const prepare = program.stages.flatMap(({ stage }) => stage.prepare ?? []);
    const actions =
      way === "forward"
        ? [...prepare, ...program.forward]
        : [...(way === "gradWeight" ? [program.takeInput] : []), ...program.backward];
    return { program, actions, performer: new Performer(setting.arena(), actions, program.parts) };
  };

  /** The routines, if the convolution has any and they are worth it. */
  const find = (
    way: Way,
    g: Conv2dGeometry,
    winograd: boolean,
    ...inputs: (Tensor | undefined)[]
  ): Single | undefined => {
    const work = g.batch * g.outChannels * g.outHeight * g.outWidth * (g.channels / g.groups) * g.kernelHeight * g.kernelWidth; // prettier-ignore
    if (work < WORTH.convolution || inputs.some((input) => input && input.dtype !== "float32"))
      return undefined;
    const means = { ...setting.means(), winograd };
    return made.get(JSON.stringify([way, g, means]), () => make(way, g, means));
  };

  /** On tiles where they are wanted, and without where they have spread what is no number. */
  const unlessSpread = (g: Conv2dGeometry, compute: (winograd: boolean) => Tensor): Tensor => {
    const { winograd } = setting.means();
    const out = compute(winograd);
    return winograd && maySpread(out.storage, [{ kind: "conv2d", g }]) ? compute(false) : out;
  };

  const run = (
    { program, actions, performer }: Single,
    values: Partial<Record<"input" | "gradOutput", Tensor>>,
    parameters: LinkParameters | undefined,
    read: (block: Block) => Float32Array,
    shape: Shape,
  ): Tensor =>
    onBlock(setting.arena(), program.size, (block) => {
      view(block, 0, program.size / 4).fill(0); // borders
      const { input, gradOutput } = values;
      if (input) view(block, program.input, input.numel).set(input.storage);
      if (gradOutput) view(block, program.gradOutput, gradOutput.numel).set(gradOutput.storage);
      if (parameters) program.stages[0].stage.load(block, parameters);
      performer.perform(actions, block);
      return new Tensor(read(block), shape, "float32");
    });

  return {
    conv2d: (x, weight, bias, g) =>
      unlessSpread(g, (winograd) => {
        const single = find("forward", g, winograd, x, weight, bias);
        if (!single) return reference.conv2d(x, weight, bias, g);
        const { output, outputShape } = single.program;
        return run(
          single,
          { input: x },
          { weight, bias },
          (block) => new Float32Array(view(block, output, numelOf(outputShape))),
          outputShape,
        );
      }),
    conv2dGradInput: (gradOut, weight, g) =>
      unlessSpread(g, (winograd) => {
        const single = find("gradInput", g, winograd, gradOut, weight);
        if (!single) return reference.conv2dGradInput(gradOut, weight, g);
        const shape = [g.batch, g.channels, g.height, g.width];
        return run(
          single,
          { gradOutput: gradOut },
          { weight },
          (block) => new Float32Array(view(block, single.program.gradInput, numelOf(shape))),
          shape,
        );
      }),
    conv2dGradWeight: (gradOut, x, g) =>
      unlessSpread(g, (winograd) => {
        const single = find("gradWeight", g, winograd, gradOut, x);
        if (!single) return reference.conv2dGradWeight(gradOut, x, g);
        const shape = [g.outChannels, g.channels / g.groups, g.kernelHeight, g.kernelWidth];
        const weight = emptyTensor(shape, "float32"); // its shape is what counts
        const [{ stage }] = single.program.stages;
        return run(
          single,
          { input: x, gradOutput: gradOut },
          undefined,
          (block) => stage.gradients(block, { weight }).weight!,
          shape,
        );
      }),
  };
}
