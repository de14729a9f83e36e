import { rangeError } from "../tensor/errors.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";

/** Zero crossings of the sinc on each side: more make a steeper filter and a slower one. Torchaudio's number. */
const CROSSINGS = 6;
/** The filter ends a little below the highest frequency that the lower rate can hold. Torchaudio's number. */
const ROLLOFF = 0.99;
const MOST_SAMPLES = 2 ** 28;

/**
 * Sound at another rate, (channels, samples). Each new sample weighs the old ones around its moment with a sinc under a
 * Hann window, which also takes away tones too high for the new rate: they would come back as wrong, lower ones.
 * The method of torchaudio's `resample`; the theory is Julius O. Smith's "Digital Audio Resampling".
 */
export function resample(op: string, samples: Tensor, from: number, to: number): Tensor {
  if (!(Number.isInteger(to) && to > 0)) {
    throw rangeError(op, "sampleRate as a whole number of Hz above 0", String(to));
  }
  if (from === to) return samples;
  const [channels, length] = samples.shape;
  const newLength = Math.ceil((length * to) / from);
  if (channels * newLength > MOST_SAMPLES) {
    throw rangeError(op, "at most 2²⁸ samples at the new rate", String(channels * newLength));
  }
  const out = emptyTensor([channels, newLength], "float32");
  const cutoff = (Math.min(from, to) * ROLLOFF) / from; // in turns of the sinc for each old sample
  const reach = CROSSINGS / cutoff; // old samples on each side
  for (let i = 0; i < newLength; i++) {
    const moment = (i * from) / to; // counted in old samples
    const first = Math.max(0, Math.ceil(moment - reach));
    const last = Math.min(length - 1, Math.floor(moment + reach));
    for (let j = first; j <= last; j++) {
      const weight = cutoff * windowedSinc((j - moment) * cutoff);
      for (let channel = 0; channel < channels; channel++) {
        out.storage[channel * newLength + i] += weight * samples.storage[channel * length + j];
      }
    }
  }
  return out;
}

function windowedSinc(x: number): number {
  if (x === 0) return 1;
  const window = Math.cos((Math.PI * x) / CROSSINGS / 2) ** 2;
  return (window * Math.sin(Math.PI * x)) / (Math.PI * x);
}
