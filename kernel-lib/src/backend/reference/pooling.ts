import { emptyTensor, type Tensor } from "../../tensor/tensor.js";
import type { AvgPool2dGeometry, WindowGeometry } from "../backend.js";

export function maxPool2d(x: Tensor, g: WindowGeometry): { out: Tensor; index: Tensor } {
  const shape = [g.batch, g.channels, g.outHeight, g.outWidth];
  const out = emptyTensor(shape, x.dtype);
  const index = emptyTensor(shape, "int32");
  forEachStop(g, (plane, stop, top, left) => {
    let best = -Infinity;
    let where = -1;
    forEachPixel(g, top, left, (pixel) => {
      const value = x.storage[plane + pixel];
      if (where < 0 || value > best || Number.isNaN(value)) {
        best = value;
        where = pixel;
      }
    });
    out.storage[stop] = best;
    index.storage[stop] = where;
  });
  return { out, index };
}

export function maxPool2dGradInput(gradOut: Tensor, index: Tensor, g: WindowGeometry): Tensor {
  const gradX = emptyTensor([g.batch, g.channels, g.height, g.width], gradOut.dtype);
  forEachStop(g, (plane, stop) => {
    gradX.storage[plane + index.storage[stop]] += gradOut.storage[stop]; // only the winner hears
  });
  return gradX;
}

export function avgPool2d(x: Tensor, g: AvgPool2dGeometry): Tensor {
  const out = emptyTensor([g.batch, g.channels, g.outHeight, g.outWidth], x.dtype);
  forEachStop(g, (plane, stop, top, left) => {
    let sum = 0;
    forEachPixel(g, top, left, (pixel) => (sum += x.storage[plane + pixel]));
    out.storage[stop] = sum / divisor(g, top, left);
  });
  return out;
}

export function avgPool2dGradInput(gradOut: Tensor, g: AvgPool2dGeometry): Tensor {
  const gradX = emptyTensor([g.batch, g.channels, g.height, g.width], gradOut.dtype);
  forEachStop(g, (plane, stop, top, left) => {
    const share = gradOut.storage[stop] / divisor(g, top, left);
    forEachPixel(g, top, left, (pixel) => (gradX.storage[plane + pixel] += share));
  });
  return gradX;
}

/** Every stop of the window: where its plane starts in the input, its offset in the result, its top left corner. */
function forEachStop(
  g: WindowGeometry,
  body: (plane: number, stop: number, top: number, left: number) => void,
): void {
  let stop = 0;
  for (let image = 0; image < g.batch * g.channels; image++) {
    const plane = image * g.height * g.width;
    for (let row = 0; row < g.outHeight; row++) {
      for (let column = 0; column < g.outWidth; column++) {
        body(plane, stop++, row * g.strideY - g.padTop, column * g.strideX - g.padLeft);
      }
    }
  }
}

/** The pixels of one stop that lie on the image, by their offset in the plane. */
function forEachPixel(g: WindowGeometry, top: number, left: number, body: (pixel: number) => void): void {
  for (let dy = 0; dy < g.kernelHeight; dy++) {
    const y = top + dy * g.dilationY;
    if (y < 0 || y >= g.height) continue;
    for (let dx = 0; dx < g.kernelWidth; dx++) {
      const x = left + dx * g.dilationX;
      if (x >= 0 && x < g.width) body(y * g.width + x);
    }
  }
}

/** How many places an average counts; what lies beyond the padding, which only ceilMode reaches, never counts. */
function divisor(g: AvgPool2dGeometry, top: number, left: number): number {
  const [padTop, padLeft] = g.countIncludePad ? [g.padTop, g.padLeft] : [0, 0];
  const rows = Math.min(top + g.kernelHeight, g.height + padTop) - Math.max(top, -padTop);
  const columns = Math.min(left + g.kernelWidth, g.width + padLeft) - Math.max(left, -padLeft);
  return rows * columns;
}
