import { emptyTensor, type Tensor } from "../../tensor/tensor.js";
import type { Conv2dGeometry } from "../backend.js";
import { addProduct, addProductTransposed } from "./product.js";
import { stopsInside } from "./window.js";

/*
 * Lay the patches that the window sees side by side, one column a stop, and a convolution is a matrix product
 * (im2col, Chellapilla et al. 2006; notebook 06). One image and one group of channels at a time:
 *
 *     out  (kernels, stops) = weight  (kernels, taps) · patches (taps, stops)
 *     back to the patches:    weightᵀ (taps, kernels) · gradOut (kernels, stops), each added where it was read
 *     back to the weights:    gradOut (kernels, stops) · patchesᵀ (stops, taps)
 *
 * A tap is one weight's place: channel, row, column. Sums are kept in float64 until a result is complete.
 */

export function conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, g: Conv2dGeometry): Tensor {
  const { kernels, taps, stops } = sizes(g);
  const out = emptyTensor([g.batch, g.outChannels, g.outHeight, g.outWidth], x.dtype);
  const patches = new Float64Array(taps * stops);
  const maps = new Float64Array(kernels * stops);
  forEachGroup(g, (n, group) => {
    readPatches(patches, x, n, group, g);
    maps.fill(0);
    if (bias)
      for (let i = 0; i < maps.length; i++) maps[i] = bias.storage[group * kernels + Math.floor(i / stops)];
    const kernelRows = {
      values: weight.storage,
      start: group * kernels * taps,
      rowStep: taps,
      columnStep: 1,
    };
    addProduct(maps, kernelRows, patches, kernels, taps, stops);
    out.storage.set(maps, (n * g.outChannels + group * kernels) * stops);
  });
  return out;
}

export function conv2dGradInput(gradOut: Tensor, weight: Tensor, g: Conv2dGeometry): Tensor {
  const { kernels, taps, stops } = sizes(g);
  const gradX = emptyTensor([g.batch, g.channels, g.height, g.width], gradOut.dtype);
  const gradPatches = new Float64Array(taps * stops);
  const errors = new Float64Array(kernels * stops);
  forEachGroup(g, (n, group) => {
    copyMaps(errors, gradOut, (n * g.outChannels + group * kernels) * stops);
    gradPatches.fill(0);
    const kernelColumns = {
      values: weight.storage,
      start: group * kernels * taps,
      rowStep: 1,
      columnStep: taps,
    };
    addProduct(gradPatches, kernelColumns, errors, taps, kernels, stops);
    addPatches(gradX, gradPatches, n, group, g);
  });
  return gradX;
}

export function conv2dGradWeight(gradOut: Tensor, x: Tensor, g: Conv2dGeometry): Tensor {
  const { kernels, taps, stops } = sizes(g);
  const gradWeight = emptyTensor(
    [g.outChannels, g.channels / g.groups, g.kernelHeight, g.kernelWidth],
    gradOut.dtype,
  );
  const patches = new Float64Array(taps * stops);
  const errors = new Float64Array(kernels * stops);
  const sums = Array.from({ length: g.groups }, () => new Float64Array(kernels * taps));
  forEachGroup(g, (n, group) => {
    readPatches(patches, x, n, group, g);
    copyMaps(errors, gradOut, (n * g.outChannels + group * kernels) * stops);
    addProductTransposed(sums[group], errors, patches, kernels, stops, taps);
  });
  sums.forEach((sum, group) => gradWeight.storage.set(sum, group * kernels * taps));
  return gradWeight;
}

export function conv2dGradBias(gradOut: Tensor, g: Conv2dGeometry): Tensor {
  const { stops } = sizes(g);
  const sums = new Float64Array(g.outChannels);
  const errors = gradOut.storage;
  for (let map = 0; map < g.batch * g.outChannels; map++) {
    let sum = 0;
    for (let i = map * stops; i < (map + 1) * stops; i++) sum += errors[i];
    sums[map % g.outChannels] += sum;
  }
  const gradBias = emptyTensor([g.outChannels], gradOut.dtype);
  gradBias.storage.set(sums);
  return gradBias;
}

/** Kernels of one group, weights of one kernel, stops of the window. */
function sizes(g: Conv2dGeometry): { kernels: number; taps: number; stops: number } {
  return {
    kernels: g.outChannels / g.groups,
    taps: (g.channels / g.groups) * g.kernelHeight * g.kernelWidth,
    stops: g.outHeight * g.outWidth,
  };
}

function forEachGroup(g: Conv2dGeometry, body: (n: number, group: number) => void): void {
  for (let n = 0; n < g.batch; n++) for (let group = 0; group < g.groups; group++) body(n, group);
}

function copyMaps(to: Float64Array, from: Tensor, start: number): void {
  for (let i = 0; i < to.length; i++) to[i] = from.storage[start + i];
}

/** The pixel that each tap meets at each stop; 0 on the padding. */
function readPatches(patches: Float64Array, x: Tensor, n: number, group: number, g: Conv2dGeometry): void {
  patches.fill(0);
  forEachMeeting(n, group, g, (to, from, length, step) => {
    for (let i = 0; i < length; i++) patches[to + i] = x.storage[from + i * step];
  });
}

/** The adjoint of readPatches: each place of a patch adds to the pixel it was read from. */
function addPatches(x: Tensor, patches: Float64Array, n: number, group: number, g: Conv2dGeometry): void {
  const perGroup = g.channels / g.groups;
  const area = g.height * g.width;
  const start = (n * g.channels + group * perGroup) * area;
  const sums = new Float64Array(perGroup * area);
  forEachMeeting(n, group, g, (from, to, length, step) => {
    for (let i = 0; i < length; i++) sums[to - start + i * step] += patches[from + i];
  });
  x.storage.set(sums, start);
}

/** Every row of stops at which a tap lies on the image: its place in the patches, the pixels it meets. */
function forEachMeeting(
  n: number,
  group: number,
  g: Conv2dGeometry,
  body: (patch: number, pixel: number, length: number, step: number) => void,
): void {
  const perGroup = g.channels / g.groups;
  let tap = 0;
  for (let c = 0; c < perGroup; c++) {
    const plane = (n * g.channels + group * perGroup + c) * g.height * g.width;
    for (let dy = 0; dy < g.kernelHeight; dy++) {
      const y = dy * g.dilationY - g.padTop;
      const rows = stopsInside(y, g.strideY, g.height, g.outHeight);
      for (let dx = 0; dx < g.kernelWidth; dx++, tap++) {
        const x = dx * g.dilationX - g.padLeft;
        const columns = stopsInside(x, g.strideX, g.width, g.outWidth);
        const length = Math.max(0, columns.end - columns.start);
        for (let row = rows.start; row < rows.end; row++) {
          const patch = (tap * g.outHeight + row) * g.outWidth + columns.start;
          const pixel = plane + (row * g.strideY + y) * g.width + columns.start * g.strideX + x;
          body(patch, pixel, length, g.strideX);
        }
      }
    }
  }
}
