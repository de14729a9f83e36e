import { inside, padded } from "../grid.js";
import { channelSums } from "../routines/channels.js";
import { outerProducts } from "../routines/outerProducts.js";
import { packedSize, packing, products, type Products } from "../routines/products.js";
import { addSamples } from "./convStage.js";
import { gather, view, type Flow, type Making, type Stage } from "./stage.js";

/** Samples whose rows are computed together. */
const STRIP = 8;

/** Samples as the inner units of a product: strips of a few, the last one moved back so that it ends with the batch. */
function strips(
  batch: number,
  from: number,
  to: number,
  mask: number,
): Pick<Products, "strip" | "inner"> & { inners: Products["units"][1] } {
  const count = Math.min(STRIP, batch);
  return {
    strip: { count, from, to, mask },
    inner: { stride: count, last: batch - count },
    inners: { count: Math.ceil(batch / count), from, to, mask },
  };
}

/** A dense layer on the maps as they lie in the grid; its weights are put into that order, not the maps into theirs. */
export function linearStage(making: Making, outFeatures: number, x: Flow, y: Flow): Stage {
  const { layout, name, fma, record } = making;
  const { batch, channels, height, width, pixel } = x.grid;
  const area = height * width;
  const inFeatures = channels * area;
  const terms = inFeatures;
  const weights = layout.floats(packedSize(terms, outFeatures));
  const bias = layout.floats(padded(outFeatures));
  const map = packing(terms, outFeatures, (term, k) => {
    const c = term % channels;
    return k * inFeatures + c * area + (term - c) / channels;
  });
  const forwardStrips = strips(batch, x.grid.sample * 4, y.grid.sample * 4, 0);
  const forward = products({
    name: `${name}.forward`,
    from: inside(x.grid),
    to: inside(y.grid),
    units: [{ count: 1, from: 0, to: 0 }, forwardStrips.inners],
    inner: forwardStrips.inner,
    strip: forwardStrips.strip,
    sum: [
      { count: height, step: x.grid.row * 4 },
      { count: width, step: pixel * 4 },
      { count: channels, step: 4 },
    ],
    columns: outFeatures,
    weights,
    bias,
    relu: y.relu,
    fma,
  });

  const grad = y.grad;
  const row = padded(outFeatures);
  const rows = area * pixel;
  const biasSums = grad ? layout.floats(batch * grad.pixel) : 0;
  const sums = grad ? layout.floats(rows * row) : 0;
  const chunk = divisor(rows, 256);
  // Towards the input: one block of weights for each row of the maps, since their gradient may have a border.
  const backSize = packedSize(outFeatures, width * pixel);
  const backMap = grad && x.grad ? new Int32Array(height * backSize) : new Int32Array(0);
  const back = layout.floats(backMap.length);
  if (backMap.length) {
    for (let r = 0; r < height; r++) {
      const block = packing(outFeatures, width * pixel, (k, column) => {
        const c = column % pixel;
        return c < channels ? k * inFeatures + c * area + r * width + (column - c) / pixel : -1;
      });
      backMap.set(block, r * backSize);
    }
  }
  const backward = grad
    ? [
        channelSums(`${name}.gradBias`, grad, biasSums),
        outerProducts({
          name: `${name}.gradWeight`,
          a: inside(x.grid),
          b: inside(grad),
          to: sums,
          partSize: 0,
          units: { count: rows / chunk, a: chunk * 4, b: 0, to: chunk * row * 4 },
          blocks: [],
          rows: chunk,
          columns: outFeatures,
          sum: [{ count: batch, stepA: x.grid.sample * 4, stepB: grad.sample * 4 }],
          accumulate: false,
          fma,
        }),
      ]
    : [];
  if (grad && x.grad) {
    const backStrips = strips(batch, grad.sample * 4, x.grad.sample * 4, x.grid.sample * 4);
    backward.push(
      products({
        name: `${name}.gradInput`,
        from: inside(grad),
        to: inside(x.grad),
        mask: x.relu ? inside(x.grid) : undefined,
        units: [
          { count: height, from: 0, to: x.grad.row * 4, mask: x.grid.row * 4, weights: backSize * 4 },
          backStrips.inners,
        ],
        inner: backStrips.inner,
        strip: backStrips.strip,
        sum: [{ count: outFeatures, step: 4 }],
        columns: width * pixel,
        weights: back,
        fma,
      }),
    );
  }
  return {
    load(block, parameters) {
      gather(view(block, weights, map.length), map, parameters.weight!.storage);
      const offsets = view(block, bias, row).fill(0);
      if (parameters.bias) offsets.set(parameters.bias.storage);
      if (record) gather(view(block, back, backMap.length), backMap, parameters.weight!.storage);
    },
    forward: [forward],
    backward,
    gradients(block, parameters) {
      const weight = new Float32Array(parameters.weight!.numel);
      const from = view(block, sums, rows * row);
      for (let k = 0; k < outFeatures; k++) {
        for (let c = 0; c < channels; c++) {
          const to = k * inFeatures + c * area;
          for (let place = 0; place < area; place++) weight[to + place] = from[(place * pixel + c) * row + k];
        }
      }
      return parameters.bias
        ? { weight, bias: addSamples(view(block, biasSums, batch * grad!.pixel), row, outFeatures) }
        : { weight };
    },
  };
}

/** The largest divisor of `n` up to `limit`. */
function divisor(n: number, limit: number): number {
  for (let d = Math.min(n, limit); d > 1; d--) if (n % d === 0) return d;
  return 1;
}
