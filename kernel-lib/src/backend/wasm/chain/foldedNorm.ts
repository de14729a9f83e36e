import { padded, type Layout } from "../grid.js";
import type { Rescale } from "../routines/rescale.js";
import { view, type Block, type Stage } from "./stage.js";

/**
 * A norm whose mean and variance are known, as two numbers for each channel that the convolution in front of it multiplies
 * and adds on its way out: nobody reads or writes its maps once more.
 */
export function foldedNorm(
  layout: Layout,
  channels: number,
  eps: number,
): { readonly rescale: Rescale; readonly stage: Stage } {
  const rescale = { scale: layout.floats(padded(channels)), offset: layout.floats(padded(channels)) };
  const stage: Stage = {
    load(block, { weight, bias, mean, variance }) {
      const [w, b, m, v] = [weight, bias, mean, variance].map((tensor) => tensor?.storage);
      putRescale(block, rescale, channels, eps, w, b, m, v);
    },
    forward: [],
    backward: [],
    gradients: () => ({}),
  };
  return { rescale, stage };
}

/** (x − mean) / √(variance + eps) · weight + bias as one multiplication and one addition for each channel. */
export function putRescale(
  block: Block,
  { scale, offset }: Rescale,
  channels: number,
  eps: number,
  weight?: ArrayLike<number>,
  bias?: ArrayLike<number>,
  mean?: ArrayLike<number>,
  variance?: ArrayLike<number>,
): void {
  const [factors, offsets] = [scale, offset].map((at) => view(block, at, channels));
  for (let c = 0; c < channels; c++) {
    const factor = (weight?.[c] ?? 1) / Math.sqrt((variance?.[c] ?? 1) + eps);
    factors[c] = factor;
    offsets[c] = (bias?.[c] ?? 0) - (mean?.[c] ?? 0) * factor;
  }
}
