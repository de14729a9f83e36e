import { inside, padded, type Layout } from "../grid.js";
import { channelSums } from "../routines/channels.js";
import { dotProducts } from "../routines/dotProducts.js";
import { fromPlain, toPlain } from "../routines/layout.js";
import { outerProducts } from "../routines/outerProducts.js";
import { products, type Products } from "../routines/products.js";
import { divisor } from "../routines/tiling.js";
import { addSamples } from "./convStage.js";
import { view, type Action, type Flow, type Making, type Stage } from "./stage.js";

/** Rows of numbers, one for each sample: where they start, and from one to the next, in bytes. */
interface Rows {
  readonly at: number;
  readonly row: number;
}

/** Room for rows of so many floats, no multiple of a page apart: else they would share places in the cache. */
function rowsOf(layout: Layout, count: number, length: number): Rows {
  const row = padded(length) * 4;
  const apart = row % 1024 === 0 ? row + 64 : row;
  return { at: layout.floats((count * apart) / 4), row: apart };
}

/**
 * A dense layer. Its weights are the largest that a step moves, so they stay as the tensor holds them, and maps in front
 * of it are put into their order: channel, row, column.
 */
export function linearStage(making: Making, outFeatures: number, x: Flow, y: Flow): Stage {
  const { layout, name, learns, fma } = making;
  const { batch, channels, height, width, sample } = x.grid;
  const inFeatures = channels * height * width;
  const isFlat = height * width === 1 && sample === padded(channels);
  const inGrid = (grid: Flow["grid"]): Rows => ({ at: inside(grid), row: grid.sample * 4 });
  const input = isFlat ? inGrid(x.grid) : rowsOf(layout, batch, inFeatures);
  const output = inGrid(y.grid);
  const weights = rowsOf(layout, outFeatures, inFeatures);
  const bias = layout.floats(padded(outFeatures));
  const forward: Action[] = [
    ...(isFlat ? [] : [toPlain(`${name}.input`, x.grid, input.at, input.row / 4)]),
    dotProducts({
      name: `${name}.forward`,
      maps: isFlat ? [x.grid, y.grid] : [y.grid],
      rows: batch,
      columns: outFeatures,
      terms: inFeatures,
      from: input.at,
      fromRow: input.row,
      weights: weights.at,
      weightRow: weights.row,
      to: output.at,
      toRow: output.row,
      bias,
      relu: y.relu,
      fma,
    }),
  ];

  const { grad } = y;
  const biasSums = grad ? layout.floats(batch * grad.pixel) : 0;
  const sums = grad ? rowsOf(layout, outFeatures, inFeatures) : { at: 0, row: 0 };
  const backward: Action[] = [];
  if (grad && learns) {
    const chunk = divisor(outFeatures, 32);
    backward.push(
      channelSums(`${name}.gradBias`, grad, biasSums),
      outerProducts({
        name: `${name}.gradWeight`,
        a: inside(grad),
        b: input.at,
        to: sums.at,
        toRow: sums.row,
        partSize: 0,
        maps: isFlat ? { a: grad, b: x.grid } : { a: grad },
        units: { count: outFeatures / chunk, a: chunk * 4, b: 0, to: chunk * sums.row },
        blocks: [],
        rows: chunk,
        columns: inFeatures,
        sum: [{ count: batch, stepA: grad.sample * 4, stepB: input.row }],
        accumulate: false,
        fma,
      }),
    );
  }
  if (grad && x.grad) {
    const gradInput = isFlat ? inGrid(x.grad) : rowsOf(layout, batch, inFeatures);
    const { strip, inner, units } = strips(batch, making.parts, grad.sample * 4, gradInput.row, input.row);
    backward.push(
      products({
        name: `${name}.gradInput`,
        from: inside(grad),
        to: gradInput.at,
        mask: x.relu ? input.at : undefined,
        maps: isFlat ? { from: grad, to: x.grad, mask: x.grid } : { from: grad },
        units,
        inner,
        strip,
        sum: [{ count: outFeatures, step: 4 }],
        columns: inFeatures,
        weights: weights.at,
        weightRow: weights.row,
        fma,
      }),
      ...(isFlat ? [] : [fromPlain(`${name}.gradMaps`, gradInput.at, x.grad, gradInput.row / 4)]),
    );
  }
  return {
    load(block, parameters) {
      const { storage } = parameters.weight!;
      const to = view(block, weights.at, (outFeatures * weights.row) / 4);
      for (let k = 0; k < outFeatures; k++) {
        to.set(storage.subarray(k * inFeatures, (k + 1) * inFeatures), (k * weights.row) / 4);
      }
      const offsets = view(block, bias, padded(outFeatures)).fill(0);
      if (parameters.bias) offsets.set(parameters.bias.storage);
    },
    prepare: [],
    forward,
    backward,
    gradients(block, parameters) {
      const weight = new Float32Array(outFeatures * inFeatures);
      for (let k = 0; k < outFeatures; k++) {
        weight.set(view(block, sums.at + k * sums.row, inFeatures), k * inFeatures);
      }
      if (!parameters.bias) return { weight };
      return {
        weight,
        bias: addSamples(view(block, biasSums, batch * grad!.pixel), grad!.pixel, outFeatures),
      };
    },
  };
}

/** Samples whose rows are computed together: the more, the fewer times are the weights read. */
const STRIP = 8;
const MOST = 32;

/** Samples as the inner units of a product: strips of a few, the last one moved back so that it ends with the batch. */
function strips(
  batch: number,
  parts: number,
  from: number,
  to: number,
  mask: number,
): Required<Pick<Products, "strip" | "inner" | "units">> {
  const share = Math.ceil(batch / parts);
  const count = Math.min(batch, Math.max(STRIP, Math.min(share, MOST)));
  return {
    strip: { count, from, to, mask },
    inner: { stride: count, last: batch - count },
    units: [
      { count: 1, from: 0, to: 0 },
      { count: Math.ceil(batch / count), from, to, mask },
    ],
  };
}
