import { emptyTensor, type Tensor } from "../../tensor/tensor.js";

/*
 * Batch normalisation on (N, C, …): everything after C is one long row. Sums are kept in float64.
 */

export function channelStatistics(x: Tensor): { mean: Tensor; variance: Tensor } {
  const { channels, length, rows } = layout(x);
  const count = x.numel / channels;
  const mean = emptyTensor([channels], x.dtype);
  const variance = emptyTensor([channels], x.dtype);
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let row = c; row < rows; row += channels) sum += rowSum(x, row * length, length, 0, 1);
    const centre = sum / count;
    let squares = 0; // in a second pass: the difference of two large sums would lose its digits
    for (let row = c; row < rows; row += channels) squares += rowSum(x, row * length, length, centre, 2);
    mean.storage[c] = centre;
    variance.storage[c] = squares / count;
  }
  return { mean, variance };
}

export function batchNorm(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  eps: number,
): Tensor {
  const { channels, length, rows } = layout(x);
  const out = emptyTensor(x.shape, x.dtype);
  for (let row = 0; row < rows; row++) {
    const c = row % channels;
    const scale = (weight ? weight.storage[c] : 1) / Math.sqrt(variance.storage[c] + eps);
    const centre = mean.storage[c];
    const offset = bias ? bias.storage[c] : 0;
    const [from, to] = [x.storage, out.storage];
    for (let i = row * length; i < (row + 1) * length; i++) to[i] = (from[i] - centre) * scale + offset;
  }
  return out;
}

export function batchNormGradInput(
  gradOut: Tensor,
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  weight: Tensor | undefined,
  eps: number,
  ofBatch: boolean,
): Tensor {
  const { channels, length, rows } = layout(x);
  const count = x.numel / channels;
  const gradX = emptyTensor(x.shape, gradOut.dtype);
  const [g, values, to] = [gradOut.storage, x.storage, gradX.storage];
  for (let c = 0; c < channels; c++) {
    const centre = mean.storage[c];
    const spread = Math.sqrt(variance.storage[c] + eps);
    const scale = (weight ? weight.storage[c] : 1) / spread;
    let [sum, product] = [0, 0];
    if (ofBatch) {
      // Mean and variance depend on x as well, so each value also hears from all others of its channel.
      for (let row = c; row < rows; row += channels) {
        for (let i = row * length; i < (row + 1) * length; i++) {
          sum += g[i];
          product += g[i] * ((values[i] - centre) / spread);
        }
      }
    }
    const [meanGrad, meanProduct] = [sum / count, product / count];
    for (let row = c; row < rows; row += channels) {
      for (let i = row * length; i < (row + 1) * length; i++) {
        to[i] = scale * (g[i] - meanGrad - ((values[i] - centre) / spread) * meanProduct);
      }
    }
  }
  return gradX;
}

export function batchNormGradWeight(
  gradOut: Tensor,
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  eps: number,
): Tensor {
  const { channels, length, rows } = layout(x);
  const gradWeight = emptyTensor([channels], gradOut.dtype);
  const [g, values] = [gradOut.storage, x.storage];
  for (let c = 0; c < channels; c++) {
    const centre = mean.storage[c];
    let product = 0;
    for (let row = c; row < rows; row += channels) {
      for (let i = row * length; i < (row + 1) * length; i++) product += g[i] * (values[i] - centre);
    }
    gradWeight.storage[c] = product / Math.sqrt(variance.storage[c] + eps);
  }
  return gradWeight;
}

/** Channels, values in a row of one channel of one sample, and how many such rows there are. */
function layout(x: Tensor): { channels: number; length: number; rows: number } {
  const [samples, channels] = x.shape;
  const rows = samples * channels;
  return { channels, rows, length: rows === 0 ? 0 : x.numel / rows };
}

/** The sum of the values' distances from `centre`, to the first or second power. */
function rowSum(x: Tensor, start: number, length: number, centre: number, power: 1 | 2): number {
  const values = x.storage;
  let sum = 0;
  for (let i = start; i < start + length; i++) {
    const distance = values[i] - centre;
    sum += power === 1 ? distance : distance * distance;
  }
  return sum;
}
