import type { Text } from "../display/language.js";
import { rangeError } from "../tensor/errors.js";
import { Figure, type FigureOptions, type SeriesMark } from "./figure.js";
import { extent, list, short, type Numbers } from "./values.js";

/** What stands along the axes of a curve. */
export interface CurveOptions extends FigureOptions {
  /** Positions of the points, 1, 2, 3, … unless given. */
  x?: Numbers;
  xLabel?: Text;
  yLabel?: Text;
}

/** A curve's numbers, or its numbers and a name in both languages. */
export type Series = Numbers | { name: Text; y: Numbers; x?: Numbers };

/**
 * Lines through points, one a series.
 *
 * @param series numbers by name: `{ training: [0.9, 0.5], validation: [1.0, 0.7] }`
 * @throws {RangeError} if a series has another length than its positions
 */
export function curve(series: Readonly<Record<string, Series>>, options: CurveOptions = {}): Figure {
  return seriesFigure("plot.curve", "line", series, options);
}

/**
 * Points without lines, one colour a series.
 *
 * @param series for each name its numbers, or `{ x, y }`
 * @throws {RangeError} if a series has another length than its positions
 */
export function scatter(series: Readonly<Record<string, Series>>, options: CurveOptions = {}): Figure {
  return seriesFigure("plot.scatter", "points", series, options);
}

function seriesFigure(
  op: string,
  kind: SeriesMark["kind"],
  series: Readonly<Record<string, Series>>,
  options: CurveOptions,
): Figure {
  const marks = Object.entries(series).map(([key, entry]): SeriesMark => {
    const full = "y" in entry && !("shape" in entry) ? entry : { name: key, y: entry as Numbers };
    const y = list(op, full.y);
    const positions = full.x ?? options.x;
    const x = positions ? list(op, positions) : y.map((_, i) => i + 1);
    if (x.length !== y.length)
      throw rangeError(op, `as many positions as values (${y.length})`, `${x.length} for "${key}"`);
    return { kind, name: full.name ?? key, x, y };
  });
  if (marks.length === 0) throw rangeError(op, "at least one series", "none");
  const [low, high] = extent(marks.flatMap((mark) => [...mark.y]));
  const names = (wording: "en" | "zh", comma: string): string =>
    marks.map(({ name }) => (typeof name === "string" ? name : name[wording])).join(comma);
  return new Figure({
    ...options,
    alt: options.alt ?? {
      en: `${kind === "line" ? "Curves" : "Points"}: ${names("en", ", ")}; values from ${short(low)} to ${short(high)}.`,
      zh: `${kind === "line" ? "曲线" : "散点"}：${names("zh", "、")}；数值从 ${short(low)} 到 ${short(high)}。`,
    },
    columns: 1,
    height: options.height ?? 300,
    panels: [
      {
        x: { ...(options.xLabel && { label: options.xLabel }) },
        y: { ...(options.yLabel && { label: options.yLabel }) },
        marks,
      },
    ],
  });
}
