import type { Text } from "../display/language.js";
import { ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Figure, type Axis, type FigureOptions, type Scale } from "./figure.js";
import { extent, list, matrix, short } from "./values.js";

/** How a matrix is named and coloured. */
export interface HeatmapOptions extends FigureOptions {
  xLabel?: Text;
  yLabel?: Text;
  /** Names of the columns and rows, their numbers unless given. */
  columnNames?: readonly string[];
  rowNames?: readonly string[];
  scale?: Scale;
  range?: readonly [number, number];
  showValues?: boolean;
}

/** A matrix in colours. */
export function heatmap(x: Tensor | readonly (readonly number[])[], options: HeatmapOptions = {}): Figure {
  const values = matrix("plot.heatmap", x);
  const [min, max] = options.range ?? extent(values.flat());
  const axis = (label: Text | undefined, ticks: readonly string[] | undefined): Axis => ({
    ...(label && { label }),
    ...(ticks && { ticks }),
  });
  const showValues = options.showValues ?? values.length <= 12;
  return new Figure({
    ...options,
    alt: options.alt ?? {
      en: `Matrix of ${values.length} × ${values[0]?.length ?? 0} values from ${short(min)} to ${short(max)}.`,
      zh: `${values.length} × ${values[0]?.length ?? 0} 的矩阵，数值从 ${short(min)} 到 ${short(max)}。`,
    },
    columns: 1,
    height: options.height ?? 380,
    panels: [
      {
        x: axis(options.xLabel, options.columnNames),
        y: axis(options.yLabel, options.rowNames),
        marks: [
          {
            kind: "grid",
            values,
            scale: options.scale ?? "sequential",
            min,
            max,
            ...(showValues && { text: short }),
          },
        ],
      },
    ],
  });
}

export interface ConfusionOptions extends FigureOptions {
  /** Names of the classes, their numbers unless given. */
  labels?: readonly string[];
}

/**
 * Who was taken for whom: a row for each true class, a column for each predicted one.
 *
 * @param counts (classes, classes), as `train.confusionMatrix` gives it
 * @throws {ShapeError} if the matrix is not square
 */
export function confusionMatrix(counts: Tensor, options: ConfusionOptions = {}): Figure {
  if (counts.ndim !== 2 || counts.shape[0] !== counts.shape[1]) {
    throw new ShapeError(
      "plot.confusionMatrix",
      "a square matrix (classes, classes)",
      formatShape(counts.shape),
    );
  }
  const classes = counts.shape[0];
  const names = options.labels ?? Array.from({ length: classes }, (_, i) => String(i));
  const total = list("plot.confusionMatrix", counts).reduce((sum, count) => sum + count, 0);
  const right = names.reduce((sum, _, i) => sum + counts.storage[i * classes + i], 0);
  // Shaded by the root, so that a single mistake can be seen beside hundreds of right answers.
  const shade = Math.sqrt(extent(counts.storage)[1]);
  const values = matrix("plot.confusionMatrix", counts);
  return new Figure({
    ...options,
    alt: options.alt ?? {
      en: `Confusion matrix of ${classes} classes: ${right} of ${total} on the diagonal, that is, right.`,
      zh: `${classes} 类的混淆矩阵：${total} 个样本中有 ${right} 个在对角线上，即预测正确。`,
    },
    columns: 1,
    height: options.height ?? 420,
    panels: [
      {
        x: { label: { en: "predicted", zh: "预测" }, ticks: names },
        y: { label: { en: "true", zh: "真实" }, ticks: names },
        marks: [
          {
            kind: "grid",
            values: values.map((row) => row.map(Math.sqrt)),
            scale: "sequential",
            min: 0,
            max: shade,
            text: (root) => (root === 0 ? "" : String(Math.round(root * root))),
          },
        ],
      },
    ],
  });
}
