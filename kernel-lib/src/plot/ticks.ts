/** About how many numbers stand along an axis. */
const WANTED = 5;

/** Round numbers at equal distances that cover all values: steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  let low = finite.length ? Math.min(...finite) : 0;
  let high = finite.length ? Math.max(...finite) : 1;
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const rough = (high - low) / WANTED;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
