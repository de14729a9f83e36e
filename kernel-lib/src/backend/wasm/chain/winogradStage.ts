import type { Conv2dGeometry } from "../../backend.js";
import { every, padded, type Grid } from "../grid.js";
import {
  gradUnits,
  transformedSize,
  transformWeights,
  winograd,
  winogradGradWeight,
} from "../routines/winograd/index.js";
import { addSamples } from "./convStage.js";
import { view, type Action, type Flow, type Making, type Stage } from "./stage.js";
import { backwardTilings, forwardTiling, gradWeightTiling } from "./winogradReach.js";

/** A convolution between many channels, with a third to a quarter of the products. */
export function winogradStage(making: Making, g: Conv2dGeometry, x: Flow, y: Flow): Stage {
  const { layout, name, learns, fma, parts } = making;
  const [tiling, ofGradient] = [forwardTiling(g), gradWeightTiling(g)];
  const kernel = [g.kernelHeight, g.kernelWidth] as const;
  const area = g.kernelHeight * g.kernelWidth;
  const rowOut = padded(g.outChannels);
  // As the tensor holds them; read in fours of output channels, so there is room behind the last.
  const raw = layout.floats(rowOut * g.channels * area);
  const weights = layout.floats(transformedSize(tiling, g.channels, g.outChannels));
  const bias = layout.floats(rowOut);
  const ofWeights = { from: raw, kernel, inChannels: g.channels, outChannels: g.outChannels, fma, parts };
  const prepare = [
    transformWeights({ ...ofWeights, name: `${name}.weights`, tiling, to: weights, back: false }, layout),
  ];
  const forward: Action[] = [
    ...winograd(
      {
        name: `${name}.forward`,
        from: x.grid,
        tiling,
        to: y.grid,
        weights,
        bias,
        rescale: making.rescale,
        relu: y.relu,
        fma,
        parts,
      },
      layout,
    ),
  ];
  const { grad } = y;
  const biasRows = gradUnits(g.batch, ofGradient);
  const biasSums = grad ? layout.floats(biasRows * grad.pixel) : 0;
  const sums = grad ? layout.floats(rowOut * g.channels * area) : 0;
  const [readyBack, backward, finishBack]: [Action[], Action[], Action[]] = [[], [], []];
  if (grad && learns) {
    const { sum, finish } = winogradGradWeight(
      {
        name: `${name}.gradWeight`,
        x: x.grid,
        tiling: ofGradient,
        kernel,
        grad,
        to: sums,
        biasTo: biasSums,
        fma,
        parts,
      },
      layout,
    );
    backward.push(sum);
    finishBack.push(finish);
  }
  if (grad && x.grad) {
    const { grad: gradX } = x;
    backwardTilings(g).forEach(({ tiling, first }, phase) => {
      const to = layout.floats(transformedSize(tiling, g.outChannels, g.channels));
      const pixels = (grid: Grid): Grid =>
        every(grid, first, [g.strideY, g.strideX], [tiling.down.stops, tiling.across.stops]);
      const weights = { ...ofWeights, name: `${name}.backWeights${phase}`, tiling, to, back: true };
      readyBack.push(transformWeights(weights, layout));
      backward.push(
        ...winograd(
          {
            name: `${name}.gradInput${phase}`,
            from: grad,
            tiling,
            to: pixels(gradX),
            weights: to,
            mask: x.relu ? pixels(x.grid) : undefined,
            fma,
            parts,
          },
          layout,
        ),
      );
    });
  }
  return {
    load(block, parameters) {
      view(block, raw, parameters.weight!.numel).set(parameters.weight!.storage);
      const offsets = view(block, bias, rowOut).fill(0);
      if (parameters.bias) offsets.set(parameters.bias.storage);
    },
    prepare,
    forward,
    readyBack,
    backward,
    finishBack,
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
