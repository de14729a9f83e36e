// What the library is meant to reach. A ratio is the other's time over ours: 1.5 means that the other takes 1.5 times
// as long.

/** @typedef {"simd" | "fma" | "revectorized"} Way */

/**
 * Against PyTorch on as many threads, a training step, and of W3 one position forward. Revectorized code is reported,
 * not judged: the flag of Node behind it is an experiment.
 * @type {Record<string, Record<Way, number>>}
 */
const AGAINST_PYTORCH = {
  w1: { simd: 1.1, fma: 1.5, revectorized: 2.5 },
  w2: { simd: 1.4, fma: 1.6, revectorized: 2.2 },
  w3: { simd: 0.9, fma: 1.2, revectorized: 1.8 },
  w3i: { simd: 1.2, fma: 1.5, revectorized: 2 },
};

/** What of a ratio two threads keep. */
const TWO_THREADS = 0.9;

/**
 * @param {string} key
 * @param {Way} way
 * @param {number} threads
 * @returns {number | undefined}
 */
export function goalAgainstPytorch(key, way, threads) {
  const goal = AGAINST_PYTORCH[key]?.[way];
  return goal && goal * (threads > 1 ? TWO_THREADS : 1);
}

/** Networks that nobody knew: this share of the geometric mean of what W1, W2 and W3 reach in the same run. */
export const RANDOM_SHARE = 0.8;
/** Every JavaScript library that can train, on W1. */
export const AGAINST_JAVASCRIPT = 50;
/** onnxruntime-node: at most 1.1 times its time. */
export const AGAINST_ONNXRUNTIME = 1 / 1.1;
/** The forward passes that are held to it. */
export const FORWARD_HELD = ["w1f", "w2f", "w3i"];
/** Element-wise work and sums: this share of PyTorch's speed. */
export const ELEMENTWISE = 0.8;
/** Products of matrices: this share of the peak of the instruction set. */
export const PEAK_SHARE = 0.75;
/** Milliseconds of `import "kernel-lib"`. */
export const IMPORT_MS = 120;
/** Milliseconds of the first step after it, building the network included. */
export const FIRST_STEP_MS = /** @type {Record<string, number>} */ ({ w1: 150, w2: 400 });
/** A curve is flat if no point lies higher than this many times the lowest before it; timings vary by as much. */
export const FLAT = 1.25;
