import type { Text } from "../display/language.js";
import { rangeError } from "../tensor/errors.js";
import { Figure, type FigureOptions } from "./figure.js";
import { extent, list, short, type Numbers } from "./values.js";

/** What stands along the axes of a bar chart. */
export interface BarOptions extends FigureOptions {
  xLabel?: Text;
  yLabel?: Text;
}

/**
 * Upright bars.
 *
 * @param labels a name for each bar
 * @param values a height for each bar
 * @throws {RangeError} if their numbers differ
 */
export function bar(labels: readonly Text[], values: Numbers, options: BarOptions = {}): Figure {
  const heights = list("plot.bar", values);
  if (labels.length !== heights.length) {
    throw rangeError("plot.bar", "as many values as labels", `${heights.length} and ${labels.length}`);
  }
  const listed = (wording: "en" | "zh"): string =>
    labels
      .map((label, i) => `${typeof label === "string" ? label : label[wording]} ${short(heights[i])}`)
      .join(wording === "en" ? ", " : "，");
  return new Figure({
    ...options,
    alt: options.alt ?? { en: `Bars: ${listed("en")}.`, zh: `柱状图：${listed("zh")}。` },
    columns: 1,
    height: options.height ?? 280,
    panels: [
      {
        x: { ...(options.xLabel && { label: options.xLabel }) },
        y: { ...(options.yLabel && { label: options.yLabel }) },
        marks: [{ kind: "bar", name: "", labels, values: heights }],
      },
    ],
  });
}

export interface HistogramOptions extends BarOptions {
  /** Number of bars, 20 unless given. */
  bins?: number;
}

/** How often values fall into each of equal intervals. */
export function histogram(values: Numbers, options: HistogramOptions = {}): Figure {
  const { bins = 20 } = options;
  if (!Number.isInteger(bins) || bins < 1)
    throw rangeError("plot.histogram", "bins as a whole number ≥ 1", String(bins));
  const numbers = list("plot.histogram", values).filter(Number.isFinite);
  const [low, high] = extent(numbers);
  const width = (high - low) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of numbers) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
  const labels = counts.map((_, i) => Number((low + (i + 0.5) * width).toPrecision(3)).toString());
  return bar(labels, counts, {
    yLabel: { en: "count", zh: "个数" },
    ...options,
    alt: options.alt ?? {
      en: `Histogram of ${numbers.length} values from ${short(low)} to ${short(high)}.`,
      zh: `${numbers.length} 个数值的直方图，从 ${short(low)} 到 ${short(high)}。`,
    },
  });
}
