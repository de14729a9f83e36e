import { padded, type Layout } from "../grid.js";
import type { Rescale } from "../routines/rescale.js";
import { view, type Stage } from "./stage.js";

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
      const [factors, offsets] = [rescale.scale, rescale.offset].map((at) => view(block, at, channels));
      for (let c = 0; c < channels; c++) {
        const factor = (weight?.storage[c] ?? 1) / Math.sqrt((variance?.storage[c] ?? 1) + eps);
        factors[c] = factor;
        offsets[c] = (bias?.storage[c] ?? 0) - (mean?.storage[c] ?? 0) * factor;
      }
    },
    forward: [],
    backward: [],
    gradients: () => ({}),
  };
  return { rescale, stage };
}
