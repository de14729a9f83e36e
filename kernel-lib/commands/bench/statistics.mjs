// What a list of times says.

/**
 * The value below which a share `q` of the values lies; between two of them, in proportion.
 * @param {readonly number[]} values
 * @param {number} q from 0 to 1
 */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);

/**
 * @typedef {{ median: number, low: number, high: number }} Spread with the lower and the upper quartile
 * @param {readonly number[]} values
 * @returns {Spread}
 */
export const spread = (values) => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/**
 * How many times longer `other` took than `ours`: round by round, since what else ran on the machine in a round
 * slowed both.
 * @param {readonly (readonly number[])[]} ours  times of each round
 * @param {readonly (readonly number[])[]} other
 * @returns {Spread}
 */
export const ratio = (ours, other) =>
  spread(ours.map((times, round) => median(other[round]) / median(times)));

/** @param {readonly number[]} values */
export const geometricMean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
