import { Tensor } from "../../../tensor/tensor.js";
import type { AvgPool2dGeometry, Backend, WindowGeometry } from "../../backend.js";
import { reference } from "../../reference/index.js";

/*
 * Pooling of float32 as tensors hold it, plane by plane: in WebAssembly the way to its order and back would take longer.
 * The loops stand here whole, so that the engine knows what they compute: one walk over the windows of both averages,
 * called with what is done to each, takes 1.3 to 1.9 times as long.
 */

/** The pixels of a window's rows, or columns, that lie on the image: from the first up to the last, not included. */
interface Span {
  readonly first: Int32Array;
  readonly end: Int32Array;
}

function spans(
  stops: number,
  stride: number,
  pad: number,
  kernel: number,
  dilation: number,
  size: number,
): Span {
  const first = new Int32Array(stops);
  const end = new Int32Array(stops);
  for (let stop = 0; stop < stops; stop++) {
    const start = stop * stride - pad;
    first[stop] = start < 0 ? start + Math.ceil(-start / dilation) * dilation : start;
    end[stop] = Math.min(start + (kernel - 1) * dilation + 1, size);
  }
  return { first, end };
}

const rowsOf = (g: WindowGeometry): Span =>
  spans(g.outHeight, g.strideY, g.padTop, g.kernelHeight, g.dilationY, g.height);
const columnsOf = (g: WindowGeometry): Span =>
  spans(g.outWidth, g.strideX, g.padLeft, g.kernelWidth, g.dilationX, g.width);

/** Places that an average divides by, along one dimension: with the padding, but not with what lies beyond it. */
function counted(
  { first, end }: Span,
  stops: number,
  stride: number,
  pad: number,
  kernel: number,
  size: number,
): Int32Array {
  return Int32Array.from({ length: stops }, (_, stop) =>
    pad < 0
      ? end[stop] - first[stop]
      : Math.min(stop * stride - pad + kernel, size + pad) - (stop * stride - pad),
  );
}

type Pooling = Pick<Backend, "maxPool2d" | "maxPool2dGradInput" | "avgPool2d" | "avgPool2dGradInput">;

export const pooling: Pooling = {
  maxPool2d(x, g) {
    if (x.dtype !== "float32") return reference.maxPool2d(x, g);
    const values = x.storage as Float32Array;
    const shape = [g.batch, g.channels, g.outHeight, g.outWidth];
    const planes = g.batch * g.channels;
    const out = new Float32Array(planes * g.outHeight * g.outWidth);
    const index = new Int32Array(out.length);
    const [rows, columns] = [rowsOf(g), columnsOf(g)];
    const { width, dilationX, dilationY } = g;
    for (let plane = 0, stop = 0; plane < planes; plane++) {
      const start = plane * g.height * width;
      for (let row = 0; row < g.outHeight; row++) {
        const [top, bottom] = [rows.first[row], rows.end[row]];
        for (let column = 0; column < g.outWidth; column++, stop++) {
          const [left, right] = [columns.first[column], columns.end[column]];
          let where = top * width + left;
          let best = values[start + where];
          for (let y = top; y < bottom; y += dilationY) {
            for (let x = left; x < right; x += dilationX) {
              const value = values[start + y * width + x];
              if (value > best || value !== value) {
                best = value; // nan wins, the last of them
                where = y * width + x;
              }
            }
          }
          out[stop] = best;
          index[stop] = where;
        }
      }
    }
    return { out: new Tensor(out, shape, "float32"), index: new Tensor(index, shape, "int32") };
  },
  maxPool2dGradInput(gradOut, index, g) {
    if (gradOut.dtype !== "float32") return reference.maxPool2dGradInput(gradOut, index, g);
    const [gradients, places] = [gradOut.storage as Float32Array, index.storage as Int32Array];
    const [area, stops] = [g.height * g.width, g.outHeight * g.outWidth];
    const gradX = new Float32Array(g.batch * g.channels * area);
    for (let plane = 0, stop = 0; plane < g.batch * g.channels; plane++) {
      for (let i = 0; i < stops; i++, stop++) gradX[plane * area + places[stop]] += gradients[stop];
    }
    return new Tensor(gradX, [g.batch, g.channels, g.height, g.width], "float32");
  },
  avgPool2d(x, g) {
    if (x.dtype !== "float32") return reference.avgPool2d(x, g);
    const values = x.storage as Float32Array;
    const out = new Float32Array(g.batch * g.channels * g.outHeight * g.outWidth);
    const windows = averages(g);
    const { width } = g;
    for (let plane = 0, stop = 0; plane < g.batch * g.channels; plane++) {
      const start = plane * g.height * width;
      for (let row = 0; row < g.outHeight; row++) {
        const [top, bottom] = [windows.rows.first[row], windows.rows.end[row]];
        for (let column = 0; column < g.outWidth; column++, stop++) {
          const [left, right] = [windows.columns.first[column], windows.columns.end[column]];
          let sum = 0;
          for (let y = top; y < bottom; y++) {
            for (let x = left; x < right; x++) sum += values[start + y * width + x];
          }
          out[stop] = sum / (windows.high[row] * windows.wide[column]);
        }
      }
    }
    return new Tensor(out, [g.batch, g.channels, g.outHeight, g.outWidth], "float32");
  },
  avgPool2dGradInput(gradOut, g) {
    if (gradOut.dtype !== "float32") return reference.avgPool2dGradInput(gradOut, g);
    const gradients = gradOut.storage as Float32Array;
    const gradX = new Float32Array(g.batch * g.channels * g.height * g.width);
    const windows = averages(g);
    const { width } = g;
    for (let plane = 0, stop = 0; plane < g.batch * g.channels; plane++) {
      const start = plane * g.height * width;
      for (let row = 0; row < g.outHeight; row++) {
        const [top, bottom] = [windows.rows.first[row], windows.rows.end[row]];
        for (let column = 0; column < g.outWidth; column++, stop++) {
          const [left, right] = [windows.columns.first[column], windows.columns.end[column]];
          const share = gradients[stop] / (windows.high[row] * windows.wide[column]);
          for (let y = top; y < bottom; y++) {
            for (let x = left; x < right; x++) gradX[start + y * width + x] += share;
          }
        }
      }
    }
    return new Tensor(gradX, [g.batch, g.channels, g.height, g.width], "float32");
  },
};

/** The windows of averages, and what they divide by: the product of `high` and `wide`. */
function averages(g: AvgPool2dGeometry): { rows: Span; columns: Span; high: Int32Array; wide: Int32Array } {
  const [rows, columns] = [rowsOf(g), columnsOf(g)];
  const [padTop, padLeft] = g.countIncludePad ? [g.padTop, g.padLeft] : [-1, -1];
  return {
    rows,
    columns,
    high: counted(rows, g.outHeight, g.strideY, padTop, g.kernelHeight, g.height),
    wide: counted(columns, g.outWidth, g.strideX, padLeft, g.kernelWidth, g.width),
  };
}
