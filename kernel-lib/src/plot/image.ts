import type { Tensor } from "../tensor/tensor.js";
import { Figure, type Box, type FigureOptions, type Scale } from "./figure.js";
import { extent, plane, short } from "./values.js";

export interface ImageOptions extends FigureOptions {
  /** "ink" unless given: paper for the smallest value, ink for the largest. */
  scale?: Scale;
  /** The values of the two ends of the scale; the image's own unless given. */
  range?: readonly [number, number];
  /** Write the values into the cells: by itself up to 12 × 12. */
  showValues?: boolean;
  /** Frames around cells. */
  boxes?: readonly Box[];
}

/** Up to this many rows or columns the values fit into the cells. */
const VALUES_UP_TO = 12;

/**
 * One image or feature map, a cell a pixel.
 *
 * @param x (H, W) or (1, H, W)
 */
export function image(x: Tensor, options: ImageOptions = {}): Figure {
  const values = plane("plot.image", x);
  const [rows, columns] = [values.length, values[0]?.length ?? 0];
  const [min, max] = options.range ?? extent(values.flat());
  const { showValues = Math.max(rows, columns) <= VALUES_UP_TO, scale = "ink", boxes } = options;
  return new Figure({
    ...options,
    alt: options.alt ?? {
      en: `Image of ${rows} × ${columns} cells with values from ${short(min)} to ${short(max)}.`,
      zh: `${rows} × ${columns} 个格子的图像，数值从 ${short(min)} 到 ${short(max)}。`,
    },
    columns: 1,
    height: options.height ?? 300,
    panels: [
      {
        x: { label: { en: "column", zh: "列" } },
        y: { label: { en: "row", zh: "行" } },
        marks: [
          {
            kind: "grid",
            values,
            scale,
            min,
            max,
            ...(showValues && { text: short }),
            ...(boxes && { boxes }),
          },
        ],
      },
    ],
  });
}
