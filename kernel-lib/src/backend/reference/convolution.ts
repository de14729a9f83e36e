import { emptyTensor, type Tensor } from "../../tensor/tensor.js";
import type { Conv2dGeometry } from "../backend.js";
import { stopsInside } from "./window.js";

/*
 * All three directions walk the same pairs: a pixel and the stop at which a weight meets it. Forward, the stop
 * collects weight · pixel; back, the pixel collects weight · gradOut, and the weight collects pixel · gradOut.
 * The innermost loop runs along a row, and sums are kept in float64 until a plane is complete.
 */

export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, g: Conv2dGeometry): Tensor {
  const out = emptyTensor([g.batch, g.outChannels, g.outHeight, g.outWidth], x.dtype);
  const plane = new Float64Array(g.outHeight * g.outWidth);
  const pixels = x.storage;
  for (let n = 0; n < g.batch; n++) {
    for (let o = 0; o < g.outChannels; o++) {
      plane.fill(bias ? bias.storage[o] : 0);
      forEachTap(g, o, (channel, dy, dx, tap) => {
        const w = weight.storage[tap];
        const from = (n * g.channels + channel) * g.height * g.width;
        forEachOverlap(g, dy, dx, (pixel, stop, length) => {
          for (let i = 0; i < length; i++) plane[stop + i] += w * pixels[from + pixel + i * g.strideX];
        });
      });
      out.storage.set(plane, (n * g.outChannels + o) * plane.length);
    }
  }
  return out;
}

export function conv2dGradInput(gradOut: Tensor, weight: Tensor, g: Conv2dGeometry): Tensor {
  const gradX = emptyTensor([g.batch, g.channels, g.height, g.width], gradOut.dtype);
  const image = new Float64Array(g.channels * g.height * g.width);
  const errors = gradOut.storage;
  for (let n = 0; n < g.batch; n++) {
    image.fill(0);
    for (let o = 0; o < g.outChannels; o++) {
      const from = (n * g.outChannels + o) * g.outHeight * g.outWidth;
      forEachTap(g, o, (channel, dy, dx, tap) => {
        const w = weight.storage[tap];
        const to = channel * g.height * g.width;
        forEachOverlap(g, dy, dx, (pixel, stop, length) => {
          for (let i = 0; i < length; i++) image[to + pixel + i * g.strideX] += w * errors[from + stop + i];
        });
      });
    }
    gradX.storage.set(image, n * image.length);
  }
  return gradX;
}

export function conv2dGradWeight(gradOut: Tensor, x: Tensor, g: Conv2dGeometry): Tensor {
  const shape = [g.outChannels, g.channels / g.groups, g.kernelHeight, g.kernelWidth];
  const gradWeight = emptyTensor(shape, gradOut.dtype);
  const [errors, pixels] = [gradOut.storage, x.storage];
  for (let o = 0; o < g.outChannels; o++) {
    forEachTap(g, o, (channel, dy, dx, tap) => {
      let sum = 0;
      for (let n = 0; n < g.batch; n++) {
        const fromX = (n * g.channels + channel) * g.height * g.width;
        const fromOut = (n * g.outChannels + o) * g.outHeight * g.outWidth;
        forEachOverlap(g, dy, dx, (pixel, stop, length) => {
          for (let i = 0; i < length; i++) sum += errors[fromOut + stop + i] * pixels[fromX + pixel + i * g.strideX];
        });
      }
      gradWeight.storage[tap] = sum;
    });
  }
  return gradWeight;
}

export function conv2dGradBias(gradOut: Tensor, g: Conv2dGeometry): Tensor {
  const gradBias = emptyTensor([g.outChannels], gradOut.dtype);
  const area = g.outHeight * g.outWidth;
  for (let o = 0; o < g.outChannels; o++) {
    let sum = 0;
    for (let n = 0; n < g.batch; n++) {
      const from = (n * g.outChannels + o) * area;
      for (let i = 0; i < area; i++) sum += gradOut.storage[from + i];
    }
    gradBias.storage[o] = sum;
  }
  return gradBias;
}

/** Every weight of output channel `o`: its input channel, its place in the window, its offset in storage. */
function forEachTap(
  g: Conv2dGeometry,
  o: number,
  body: (channel: number, dy: number, dx: number, tap: number) => void,
): void {
  const perGroup = g.channels / g.groups;
  const firstChannel = Math.floor(o / (g.outChannels / g.groups)) * perGroup;
  let tap = o * perGroup * g.kernelHeight * g.kernelWidth;
  for (let c = 0; c < perGroup; c++) {
    for (let dy = 0; dy < g.kernelHeight; dy++) {
      for (let dx = 0; dx < g.kernelWidth; dx++) body(firstChannel + c, dy, dx, tap++);
    }
  }
}

/** The rows of stops at which the weight at (dy, dx) lies on the image, not on its padding. */
function forEachOverlap(
  g: Conv2dGeometry,
  dy: number,
  dx: number,
  body: (pixel: number, stop: number, length: number) => void,
): void {
  const rows = stopsInside(dy * g.dilationY - g.padTop, g.strideY, g.height, g.outHeight);
  const columns = stopsInside(dx * g.dilationX - g.padLeft, g.strideX, g.width, g.outWidth);
  const length = columns.end - columns.start;
  if (length <= 0) return;
  for (let stop = rows.start; stop < rows.end; stop++) {
    const y = stop * g.strideY + dy * g.dilationY - g.padTop;
    const x = columns.start * g.strideX + dx * g.dilationX - g.padLeft;
    body(y * g.width + x, stop * g.outWidth + columns.start, length);
  }
}
