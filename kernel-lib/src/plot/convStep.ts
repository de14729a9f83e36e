import { noGrad } from "../autograd/gradMode.js";
import { conv2d } from "../ops/conv2d.js";
import { pad } from "../ops/pad.js";
import { rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Text } from "../display/language.js";
import { Figure, type Box, type FigureOptions, type Panel } from "./figure.js";
import { extent, list, matrix, short } from "./values.js";

/** Which stop of the window to show. */
export interface ConvStepOptions extends FigureOptions {
  /** Which stop: row and column of the output. Without them a slider goes through all stops. */
  row?: number;
  column?: number;
  stride?: number;
  padding?: number;
}

/**
 * The window at work: the image with the window on it, the kernel, their nine (or so) products, and the output so far,
 * ending in the sum of those products. One stop of it, or all of them on a slider.
 *
 * @param image  (H, W)
 * @param kernel (kernelHeight, kernelWidth)
 * @throws {RangeError} if there is no such stop
 */
export function convStep(image: Tensor, kernel: Tensor, options: ConvStepOptions = {}): Figure {
  const { row, column, stride = 1, padding = 0 } = options;
  for (const [name, x] of Object.entries({ image, kernel })) {
    if (x.ndim !== 2) {
      throw new ShapeError(
        "plot.convStep",
        `${name} as a matrix`,
        formatShape(x.shape),
        "pick one with at(…)",
      );
    }
  }
  const padded = noGrad(() => pad(image, [padding, padding, padding, padding]));
  const output = noGrad(() => {
    const single = (x: Tensor): Tensor => x.detach().unsqueeze(0).unsqueeze(0);
    return conv2d(single(image), single(kernel), undefined, { stride, padding }).at(0, 0);
  });
  const [rows, columns] = output.shape;
  const stop = (r: number, c: number): Stop => drawStop(padded, kernel.detach(), output, r, c, stride);
  const shared = { ...options, columns: 4, height: options.height ?? 210 };
  if (row === undefined && column === undefined) {
    const steps = Array.from({ length: rows * columns }, (_, i) =>
      stop(Math.floor(i / columns), i % columns),
    );
    const last = steps[steps.length - 1];
    return new Figure({
      ...shared,
      caption: options.caption ?? last.caption,
      panels: last.panels,
      steps: steps.map(({ panels, caption }, i) => ({ panels, caption, label: String(i + 1) })),
      alt: options.alt ?? {
        en: `The window at its ${steps.length} stops, with the products of each and the output of ${rows} × ${columns} that grows from them.`,
        zh: `窗口的 ${steps.length} 个停留位置、每处的乘积，以及由此逐步得到的 ${rows} × ${columns} 输出。`,
      },
    });
  }
  const [r, c] = [row ?? 0, column ?? 0];
  if (!(r >= 0 && r < rows && c >= 0 && c < columns)) {
    throw rangeError(
      "plot.convStep",
      `a stop within ${rows} rows and ${columns} columns of output`,
      `row ${r}, column ${c}`,
    );
  }
  const { panels, caption, sum } = stop(r, c);
  return new Figure({
    ...shared,
    caption: options.caption ?? caption,
    panels,
    alt: options.alt ?? {
      en: `The window at row ${r}, column ${c} of the output: its products with the kernel add up to ${sum}.`,
      zh: `窗口位于输出的第 ${r} 行、第 ${c} 列：与卷积核的乘积之和为 ${sum}。`,
    },
  });
}

interface Stop {
  panels: Panel[];
  caption: string;
  sum: string;
}

function drawStop(
  padded: Tensor,
  kernel: Tensor,
  output: Tensor,
  row: number,
  column: number,
  stride: number,
): Stop {
  const op = "plot.convStep";
  const [height, width] = kernel.shape;
  const [top, left] = [row * stride, column * stride];
  const products = noGrad(() => padded.narrow(0, top, height).narrow(1, left, width).mul(kernel));
  const reached = (r: number, c: number): boolean => r < row || (r === row && c <= column);
  const sofar = matrix(op, output).map((line, r) => line.map((value, c) => (reached(r, c) ? value : null)));
  const bound = Math.max(1, ...[kernel, products].flatMap((x) => extent(x.storage).map(Math.abs)));
  const reach = Math.max(1, ...extent(output.storage).map(Math.abs));
  const [low, high] = extent(padded.storage);
  const panel = (
    title: Text,
    values: (number | null)[][],
    min: number,
    max: number,
    boxes: readonly Box[] = [],
  ): Panel => ({
    title,
    x: { hidden: true },
    y: { hidden: true },
    marks: [
      { kind: "grid", values, scale: min < 0 ? "diverging" : "sequential", min, max, text: short, boxes },
    ],
  });
  const sum = minus(short(output.at(row, column).item()));
  return {
    sum,
    caption: `${sumOf(list(op, products))} = ${sum}`,
    panels: [
      panel({ en: "image", zh: "图像" }, matrix(op, padded), Math.min(0, low), Math.max(1, high), [
        { row: top, column: left, height, width },
      ]),
      panel({ en: "kernel", zh: "卷积核" }, matrix(op, kernel), -bound, bound),
      panel({ en: "products", zh: "乘积" }, matrix(op, products), -bound, bound),
      panel({ en: "output so far", zh: "已得输出" }, sofar, -reach, reach, [
        { row, column, height: 1, width: 1 },
      ]),
    ],
  };
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
