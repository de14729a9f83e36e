import { noGrad } from "../autograd/gradMode.js";
import { conv2d } from "../ops/conv2d.js";
import { pad } from "../ops/pad.js";
import { rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Figure, type FigureOptions, type Panel } from "./figure.js";
import { extent, list, matrix, short } from "./values.js";

export interface ConvStepOptions extends FigureOptions {
  /** Which stop: row and column of the output, the first unless given. */
  row?: number;
  column?: number;
  stride?: number;
  padding?: number;
}

/**
 * One stop of the window: the image with the window on it, the kernel, their nine (or so) products, and the output so
 * far, ending in the sum of those products.
 *
 * @param image  (H, W)
 * @param kernel (kernelHeight, kernelWidth)
 * @throws {RangeError} if there is no such stop
 */
export function convStep(image: Tensor, kernel: Tensor, options: ConvStepOptions = {}): Figure {
  const { row = 0, column = 0, stride = 1, padding = 0 } = options;
  for (const [name, x] of [
    ["image", image],
    ["kernel", kernel],
  ] as const) {
    if (x.ndim !== 2)
      throw new ShapeError(
        "plot.convStep",
        `${name} as a matrix`,
        formatShape(x.shape),
        "pick one with at(…)",
      );
  }
  const padded = noGrad(() => pad(image, [padding, padding, padding, padding]));
  const output = noGrad(() =>
    conv2d(image.unsqueeze(0).unsqueeze(0), kernel.unsqueeze(0).unsqueeze(0), undefined, {
      stride,
      padding,
    }).at(0, 0),
  );
  const [rows, columns] = output.shape;
  if (!(row >= 0 && row < rows && column >= 0 && column < columns)) {
    throw rangeError(
      "plot.convStep",
      `a stop within ${rows} rows and ${columns} columns of output`,
      `row ${row}, column ${column}`,
    );
  }
  const [height, width] = kernel.shape;
  const [top, left] = [row * stride, column * stride];
  const patch = noGrad(() => padded.narrow(0, top, height).narrow(1, left, width));
  const products = noGrad(() => patch.mul(kernel));
  const sum = output.at(row, column).item();
  const reached = (r: number, c: number): boolean => r < row || (r === row && c <= column);
  const sofar = matrix("plot.convStep", output).map((line, r) =>
    line.map((value, c) => (reached(r, c) ? value : null)),
  );
  const bound = Math.max(
    1,
    ...extent(kernel.storage).map(Math.abs),
    ...extent(products.storage).map(Math.abs),
  );
  const reach = Math.max(1, ...extent(output.storage).map(Math.abs));
  const panel = (
    title: Panel["title"],
    values: (number | null)[][],
    min: number,
    max: number,
    box?: object,
  ): Panel => ({
    ...(title && { title }),
    x: { hidden: true },
    y: { hidden: true },
    marks: [
      { kind: "grid", values, scale: min < 0 ? "diverging" : "sequential", min, max, text: short, ...box },
    ],
  });
  const [low, high] = extent(padded.storage);
  const caption = `${sumOf(list("plot.convStep", products))} = ${minus(short(sum))}`;
  return new Figure({
    ...options,
    caption: options.caption ?? caption,
    alt: options.alt ?? {
      en: `The window at row ${row}, column ${column} of the output: its products with the kernel add up to ${short(sum)}.`,
      zh: `窗口位于输出的第 ${row} 行、第 ${column} 列：与卷积核的乘积之和为 ${short(sum)}。`,
    },
    columns: 4,
    height: options.height ?? 210,
    panels: [
      panel(
        { en: "image", zh: "图像" },
        matrix("plot.convStep", padded),
        Math.min(0, low),
        Math.max(1, high),
        {
          boxes: [{ row: top, column: left, height, width }],
        },
      ),
      panel({ en: "kernel", zh: "卷积核" }, matrix("plot.convStep", kernel), -bound, bound),
      panel({ en: "products", zh: "乘积" }, matrix("plot.convStep", products), -bound, bound),
      panel({ en: "output so far", zh: "已得输出" }, sofar, -reach, reach, {
        boxes: [{ row, column, height: 1, width: 1 }],
      }),
    ],
  });
}

/** 1 − 2 + 3, with the sign of each term between them. */
function sumOf(terms: readonly number[]): string {
  return terms
    .map((term, i) => (i === 0 ? minus(short(term)) : `${term < 0 ? "−" : "+"} ${short(Math.abs(term))}`))
    .join(" ");
}

/** A real minus sign instead of a hyphen. */
function minus(number: string): string {
  return number.replace("-", "−");
}
