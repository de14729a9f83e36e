// The same images, labels and first weights for every contender, so that their first losses can be compared. pytorch.py
// computes them in the same way.

/**
 * Numbers from −1 to 1 that look random: MurmurHash3's finaliser of their positions.
 * @param {number} count
 * @param {number} seed
 * @param {number} [scale]
 */
export function numbers(count, seed, scale = 1) {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let x = i + Math.imul(seed, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    out[i] = (((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1) * scale;
  }
  return out;
}

/**
 * Labels 0, 1, … in turn.
 * @param {number} count
 * @param {number} classes
 */
export const labels = (count, classes) => Int32Array.from({ length: count }, (_, i) => i % classes);

/**
 * First values of a network's parameter number `place`: weights as large as PyTorch draws them (±1 / √inputs), the
 * others as it sets them (biases are 0, scales of a normalisation 1).
 * @param {readonly number[]} shape
 * @param {boolean} isBias
 * @param {number} place
 */
export function parameter(shape, isBias, place) {
  const count = shape.reduce((all, size) => all * size, 1);
  if (shape.length < 2) return new Float32Array(count).fill(isBias ? 0 : 1);
  return numbers(count, 100 + place, 1 / Math.sqrt(count / shape[0]));
}

/** Seed of the images. */
export const IMAGES = 1;
/** Batches that a contender goes through again and again. */
export const BATCHES = 4;
