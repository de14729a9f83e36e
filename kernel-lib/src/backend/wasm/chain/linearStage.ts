import { inside, LANES, padded, type Grid } from "../grid.js";
import { channelSums } from "../routines/channels.js";
import { outerProducts } from "../routines/outerProducts.js";
import { packedSize, products, type Products } from "../routines/products.js";
import { columnTiles } from "../routines/tile.js";
import { addSamples } from "./convStage.js";
import { view, type Flow, type Making, type Stage } from "./stage.js";

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
  const { layout, name, learns, fma } = making;
  const { batch, channels, height, width, pixel } = x.grid;
  const area = height * width;
  const inFeatures = channels * area;
  const terms = inFeatures;
  const weights = layout.floats(packedSize(terms, outFeatures));
  const bias = layout.floats(padded(outFeatures));
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
  const back = layout.floats(grad && x.grad ? height * backSize : 0);
  const backward =
    grad && learns
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
      const values = parameters.weight!.storage;
      packForward(view(block, weights, packedSize(terms, outFeatures)), values, outFeatures, channels, area);
      const offsets = view(block, bias, row).fill(0);
      if (parameters.bias) offsets.set(parameters.bias.storage);
      if (grad && x.grad) packBack(view(block, back, height * backSize), values, outFeatures, x.grid);
    },
    prepare: [],
    forward: [forward],
    backward,
    gradients(block, parameters) {
      const weight = new Float32Array(parameters.weight!.numel);
      unpack(weight, view(block, sums, rows * row), outFeatures, x.grid);
      if (!parameters.bias) return { weight };
      return {
        weight,
        bias: addSamples(view(block, biasSums, batch * grad!.pixel), row, outFeatures),
      };
    },
  };
}

/*
 * A dense layer's weights are the largest that a step moves: outputs × (channels, rows, columns) in PyTorch's order,
 * which the maps do not have. The loops are ordered so that either side is gone through in runs.
 */

/** As `products` reads them: tile by tile of outputs, for each term (place, channel) the outputs of the tile. */
function packForward(
  to: Float32Array,
  weight: ArrayLike<number>,
  outFeatures: number,
  channels: number,
  area: number,
): void {
  const inFeatures = channels * area;
  for (const { first, vectors, count } of columnTiles(outFeatures)) {
    const tileWidth = vectors * LANES;
    for (let tile = 0; tile < count; tile++) {
      const k = first * LANES + tile * tileWidth;
      const panel = k * inFeatures;
      for (let i = 0; i < tileWidth; i++) {
        if (k + i >= outFeatures) {
          for (let term = 0; term < inFeatures; term++) to[panel + term * tileWidth + i] = 0;
          continue;
        }
        for (let c = 0; c < channels; c++) {
          const from = (k + i) * inFeatures + c * area;
          const start = panel + c * tileWidth + i;
          for (let place = 0; place < area; place++)
            to[start + place * channels * tileWidth] = weight[from + place];
        }
      }
    }
  }
}

/** For the way back: a block for each row of the maps, whose columns are (column, channel with room) and terms outputs. */
function packBack(to: Float32Array, weight: ArrayLike<number>, outFeatures: number, x: Grid): void {
  const { channels, height, width, pixel } = x;
  const area = height * width;
  const columns = width * pixel;
  const tiles = columnTiles(columns);
  for (let k = 0; k < outFeatures; k++) {
    for (let row = 0; row < height; row++) {
      const from = k * channels * area + row * width;
      const block = row * outFeatures * columns;
      for (const { first, vectors, count } of tiles) {
        const tileWidth = vectors * LANES;
        for (let tile = 0; tile < count; tile++) {
          const start = first * LANES + tile * tileWidth;
          const at = block + start * outFeatures + k * tileWidth;
          let c = start % pixel;
          let column = (start - c) / pixel;
          for (let i = 0; i < tileWidth; i++) {
            to[at + i] = c < channels ? weight[from + c * area + column] : 0;
            if (++c === pixel) {
              c = 0;
              column++;
            }
          }
        }
      }
    }
  }
}

/** Sums (place, channel with room, outputs with room) to the order of the weight. */
function unpack(weight: Float32Array, sums: Float32Array, outFeatures: number, x: Grid): void {
  const { channels, height, width, pixel } = x;
  const area = height * width;
  const row = padded(outFeatures);
  for (let c = 0; c < channels; c++) {
    for (let first = 0; first < area; first += PLACES) {
      const end = Math.min(first + PLACES, area);
      for (let k = 0; k < outFeatures; k++) {
        const to = (k * channels + c) * area;
        for (let place = first; place < end; place++)
          weight[to + place] = sums[(place * pixel + c) * row + k];
      }
    }
  }
}

/** Places whose sums stay in the cache while the outputs go by. */
const PLACES = 8;

/** The largest divisor of `n` up to `limit`. */
function divisor(n: number, limit: number): number {
  for (let d = Math.min(n, limit); d > 1; d--) if (n % d === 0) return d;
  return 1;
}
