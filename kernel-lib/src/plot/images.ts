import type { Text } from "../display/language.js";
import { ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Figure, type FigureOptions, type Scale } from "./figure.js";
import { extent, matrix, short } from "./values.js";

/** How many images are laid out and coloured. */
export interface ImagesOptions extends FigureOptions {
  /** A short text above each image. */
  titles?: readonly Text[];
  /** Images side by side, as many as look well unless given. */
  columns?: number;
  scale?: Scale;
  /** The values of the two ends of the scale, shared by all images; their own extremes unless given. */
  range?: readonly [number, number];
}

/**
 * Many grey images in rows.
 *
 * @param x (N, H, W) or (N, 1, H, W)
 */
export function images(x: Tensor, options: ImagesOptions = {}): Figure {
  const several = x.ndim === 4 && x.shape[1] === 1 ? x.detach().squeeze(1) : x;
  if (several.ndim !== 3 || several.numel === 0) {
    throw new ShapeError(
      "plot.images",
      "images (N, H, W) or (N, 1, H, W)",
      formatShape(x.shape),
      "featureMaps shows the channels of one sample",
    );
  }
  return tiles("plot.images", several, { en: "images", zh: "幅图像" }, options);
}

/**
 * The feature maps of one sample: what each kernel found, and where.
 *
 * @param x (C, H, W) or (1, C, H, W)
 */
export function featureMaps(x: Tensor, options: ImagesOptions = {}): Figure {
  const maps = x.ndim === 4 && x.shape[0] === 1 ? x.detach().squeeze(0) : x;
  if (maps.ndim !== 3 || maps.numel === 0) {
    throw new ShapeError(
      "plot.featureMaps",
      "maps (C, H, W) of one sample",
      formatShape(x.shape),
      "pick a sample with at(0)",
    );
  }
  return tiles(
    "plot.featureMaps",
    maps,
    { en: "feature maps", zh: "张特征图" },
    { scale: "sequential", ...options },
  );
}

/**
 * The kernels of a layer, colours on both sides of zero; for several input channels one row a kernel.
 *
 * @param weight (outChannels, inChannels, kernelHeight, kernelWidth)
 */
export function filters(weight: Tensor, options: ImagesOptions = {}): Figure {
  if (weight.ndim !== 4 || weight.numel === 0) {
    throw new ShapeError(
      "plot.filters",
      "weight (outChannels, inChannels, height, width)",
      formatShape(weight.shape),
    );
  }
  const [outChannels, inChannels, height, width] = weight.shape;
  const flat = weight.detach().reshape(outChannels * inChannels, height, width);
  const bound = Math.max(...extent(flat.storage).map(Math.abs));
  const columns = inChannels > 1 ? { columns: inChannels } : {};
  return tiles(
    "plot.filters",
    flat,
    { en: "kernels", zh: "个卷积核" },
    { scale: "diverging", range: [-bound, bound], ...columns, ...options },
  );
}

/** Empty cells between two images; titles stand in the space above. */
const SPACE = 1;
const WIDTH = 700;

function tiles(op: string, x: Tensor, what: { en: string; zh: string }, options: ImagesOptions): Figure {
  const [count, height, width] = x.shape;
  const { titles, scale = "ink" } = options;
  const columns = Math.min(count, options.columns ?? Math.max(4, Math.ceil(Math.sqrt(count * 2))));
  const rows = Math.ceil(count / columns);
  // A title needs about 16 pixels: so many cells at the size the figure will have.
  const cellPixels = Math.min(WIDTH / (columns * (width + SPACE)), 160 / height);
  const head = titles ? Math.max(SPACE, Math.ceil(17 / cellPixels)) : SPACE;
  const values: (number | null)[][] = Array.from({ length: rows * (height + head) }, () =>
    new Array<number | null>(columns * (width + SPACE) - SPACE).fill(null),
  );
  const place = (i: number): [number, number] => [
    Math.floor(i / columns) * (height + head) + head,
    (i % columns) * (width + SPACE),
  ];
  for (let i = 0; i < count; i++) {
    const [top, left] = place(i);
    matrix(op, x.detach().at(i)).forEach((line, row) =>
      line.forEach((value, column) => (values[top + row][left + column] = value)),
    );
  }
  const labels = titles?.slice(0, count).map((text, i) => {
    const [top, left] = place(i);
    return { row: top, column: left + width / 2, text };
  });
  const [min, max] = options.range ?? extent(x.storage);
  return new Figure({
    ...options,
    alt: options.alt ?? {
      en: `${count} ${what.en} of ${height} × ${width} pixels, values from ${short(min)} to ${short(max)}.`,
      zh: `${count} ${what.zh}，每${what.zh[0]} ${height} × ${width} 像素，数值从 ${short(min)} 到 ${short(max)}。`,
    },
    columns: 1,
    height: options.height ?? Math.round(Math.max(80, rows * (height + head) * cellPixels + 44)),
    panels: [
      {
        x: { hidden: true },
        y: { hidden: true },
        marks: [{ kind: "grid", values, scale, min, max, ...(labels && { labels }) }],
      },
    ],
  });
}
