import { padded } from "../grid.js";
import { channelGradMoments, channelMoments, rescale, rescaleGrad } from "../routines/channels.js";
import { putRescale } from "./foldedNorm.js";
import { view, type Block, type Flow, type Making, type Stage } from "./stage.js";

/** Pixels whose mean is the origin of a batch's moments. */
const PROBES = 64;

/** Batch normalisation, and the relu after it: one pass for the statistics, one for the result. */
export function normStage(
  making: Making,
  { eps, ofBatch }: { eps: number; ofBatch: boolean },
  x: Flow,
  y: Flow,
): Stage {
  const { layout, name } = making;
  const { batch, channels, height, width, pixel } = x.grid;
  const count = batch * height * width;
  const perChannel = (): number => layout.floats(padded(channels));
  const [origin, mean, variance, weight, bias] = [perChannel(), perChannel(), perChannel(), perChannel(), perChannel()]; // prettier-ignore
  const [scale, offset] = [perChannel(), perChannel()];
  const coefficients = [perChannel(), perChannel(), perChannel()] as const;
  const [gradWeight, gradBias] = [perChannel(), perChannel()];
  const sums = [layout.floats(batch * pixel), layout.floats(batch * pixel)] as const;

  const channel = (block: Block, at: number): Float32Array => view(block, at, padded(channels));
  /** Over all samples, in float64. */
  const total = (block: Block, at: number, c: number): number => {
    const samples = view(block, at, batch * pixel);
    let sum = 0;
    for (let n = 0; n < batch; n++) sum += samples[n * pixel + c];
    return sum;
  };

  // The origin of the moments lies near the mean, so that nothing is lost in their squares: some pixels, from all over.
  const takeOrigin = (block: Block): void => {
    const { at, border, sample, row } = x.grid;
    const values = view(block, at, batch * sample);
    const probes = Math.min(count, PROBES);
    const sums = new Float64Array(channels);
    for (let i = 0; i < probes; i++) {
      const pixels = Math.floor(((i + 0.5) * count) / probes);
      const [n, place] = [Math.floor(pixels / (height * width)), pixels % (height * width)];
      const [y, column] = [Math.floor(place / width), place % width];
      const from = n * sample + (y + border.top) * row + (column + border.left) * pixel;
      for (let c = 0; c < channels; c++) sums[c] += values[from + c];
    }
    channel(block, origin).set(sums.map((sum) => (Number.isFinite(sum) ? sum / probes : 0)));
  };
  const takeStatistics = (block: Block): void => {
    const [from, means, variances] = [origin, mean, variance].map((at) => channel(block, at));
    for (let c = 0; c < channels; c++) {
      const moved = total(block, sums[0], c) / count;
      means[c] = from[c] + moved;
      variances[c] = Math.max(0, total(block, sums[1], c) / count - moved * moved);
    }
  };
  const takeScale = (block: Block): void => {
    const [w, b, m, v] = [weight, bias, mean, variance].map((at) => channel(block, at));
    putRescale(block, { scale, offset }, channels, eps, w, b, m, v);
  };
  const takeCoefficients = (block: Block): void => {
    const [w, means, variances] = [weight, mean, variance].map((at) => channel(block, at));
    const [a, b, c0] = coefficients.map((at) => channel(block, at).fill(0));
    const [toWeight, toBias] = [gradWeight, gradBias].map((at) => channel(block, at));
    for (let c = 0; c < channels; c++) {
      const [sum, product, spread] = [
        total(block, sums[0], c),
        total(block, sums[1], c),
        1 / Math.sqrt(variances[c] + eps),
      ];
      toBias[c] = sum;
      toWeight[c] = product * spread;
      a[c] = w[c] * spread;
      if (!ofBatch) continue; // mean and variance came from elsewhere: they pass nothing on
      const slope = (-w[c] * spread ** 3 * product) / count;
      b[c] = slope;
      c0[c] = (-w[c] * spread * sum) / count - slope * means[c];
    }
  };

  return {
    load(block, given) {
      const put = (at: number, values: ArrayLike<number> | undefined, otherwise: number): void => {
        const to = channel(block, at).fill(0);
        if (values) to.set(values);
        else to.fill(otherwise, 0, channels);
      };
      put(weight, given.weight?.storage, 1);
      put(bias, given.bias?.storage, 0);
      if (ofBatch) channel(block, mean).fill(0);
      else {
        put(mean, given.mean?.storage, 0);
        put(variance, given.variance?.storage, 1);
      }
    },
    forward: [
      ...(ofBatch
        ? [
            { act: takeOrigin, grids: [x.grid] },
            channelMoments(`${name}.moments`, x.grid, origin, sums),
            { act: takeStatistics, grids: [] },
          ]
        : []),
      { act: takeScale, grids: [] },
      rescale(`${name}.forward`, x.grid, y.grid, scale, offset, y.relu),
    ],
    backward: y.grad
      ? [
          channelGradMoments(`${name}.gradMoments`, y.grad, x.grid, mean, sums),
          { act: takeCoefficients, grids: [] },
          ...(x.grad ? [rescaleGrad(`${name}.gradInput`, y.grad, x.grid, x.grad, coefficients, x.relu)] : []),
        ]
      : [],
    statistics: ofBatch
      ? (block) => ({
          mean: view(block, mean, channels).slice(),
          variance: view(block, variance, channels).slice(),
        })
      : undefined,
    gradients: (block, parameters) => ({
      weight: parameters.weight && view(block, gradWeight, channels).slice(),
      bias: parameters.bias && view(block, gradBias, channels).slice(),
    }),
  };
}
