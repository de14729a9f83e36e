import type { Shape } from "../../tensor/shape.js";
import { emptyTensor, type Tensor } from "../../tensor/tensor.js";
import type { SampleGeometry } from "../backend.js";

/*
 * Bilinear sampling: a place between pixels mixes the four around it, each by how near it is. Pixels outside count as 0.
 */

export function gridSample(x: Tensor, grid: Tensor, g: SampleGeometry): Tensor {
  const [, channels, height, width] = x.shape;
  const out = emptyTensor([x.shape[0], channels, grid.shape[1], grid.shape[2]], x.dtype);
  const area = grid.shape[1] * grid.shape[2];
  forEachPlace(x.shape, grid, g, (n, stop, at) => {
    for (let c = 0; c < channels; c++) {
      const plane = (n * channels + c) * height * width;
      let sum = 0;
      forEachCorner(at, height, width, (pixel, nearX, nearY) => {
        sum += x.storage[plane + pixel] * nearX * nearY;
      });
      out.storage[(n * channels + c) * area + stop] = sum;
    }
  });
  return out;
}

export function gridSampleGradInput(gradOut: Tensor, grid: Tensor, shape: Shape, g: SampleGeometry): Tensor {
  const [, channels, height, width] = shape;
  const gradX = emptyTensor(shape, gradOut.dtype);
  const sums = new Float64Array(gradX.storage.length);
  const area = grid.shape[1] * grid.shape[2];
  forEachPlace(shape, grid, g, (n, stop, at) => {
    for (let c = 0; c < channels; c++) {
      const plane = (n * channels + c) * height * width;
      const error = gradOut.storage[(n * channels + c) * area + stop];
      forEachCorner(at, height, width, (pixel, nearX, nearY) => {
        sums[plane + pixel] += error * nearX * nearY;
      });
    }
  });
  gradX.storage.set(sums);
  return gradX;
}

export function gridSampleGradGrid(gradOut: Tensor, x: Tensor, grid: Tensor, g: SampleGeometry): Tensor {
  const [, channels, height, width] = x.shape;
  const gradGrid = emptyTensor(grid.shape, gradOut.dtype);
  const area = grid.shape[1] * grid.shape[2];
  forEachPlace(x.shape, grid, g, (n, stop, at) => {
    let [slopeX, slopeY] = [0, 0];
    for (let c = 0; c < channels; c++) {
      const plane = (n * channels + c) * height * width;
      const error = gradOut.storage[(n * channels + c) * area + stop];
      forEachCorner(at, height, width, (pixel, nearX, nearY, right, lower) => {
        const value = x.storage[plane + pixel] * error;
        slopeX += (right ? value : -value) * nearY; // one step to the right: more of the right pixels, less of the left
        slopeY += (lower ? value : -value) * nearX;
      });
    }
    const offset = 2 * (n * area + stop);
    gradGrid.storage[offset] = slopeX * at.stepX;
    gradGrid.storage[offset + 1] = slopeY * at.stepY;
  });
  return gradGrid;
}

/** A place in pixels, and how many pixels it moves when its grid value grows by 1: none where the border holds it. */
interface Place {
  x: number;
  y: number;
  stepX: number;
  stepY: number;
}

function forEachPlace(
  shape: Shape,
  grid: Tensor,
  g: SampleGeometry,
  body: (n: number, stop: number, at: Place) => void,
): void {
  const [batch, , height, width] = shape;
  const area = grid.shape[1] * grid.shape[2];
  for (let n = 0; n < batch; n++) {
    for (let stop = 0; stop < area; stop++) {
      const offset = 2 * (n * area + stop);
      const [x, stepX] = toPixels(grid.storage[offset], width, g);
      const [y, stepY] = toPixels(grid.storage[offset + 1], height, g);
      body(n, stop, { x, y, stepX, stepY });
    }
  }
}

/** From −1 … 1 to pixels. At the border itself the slope is 0, as in PyTorch. */
function toPixels(value: number, size: number, g: SampleGeometry): [place: number, step: number] {
  const step = (g.alignCorners ? size - 1 : size) / 2;
  const place = g.alignCorners ? (value + 1) * step : (value + 1) * step - 0.5;
  if (!g.border) return [place, step];
  if (!(place > 0)) return [0, 0];
  return place < size - 1 ? [place, step] : [size - 1, 0];
}

/** The pixels around a place that lie on the image, with their shares along x and y and on which side they are. */
function forEachCorner(
  at: Place,
  height: number,
  width: number,
  body: (pixel: number, nearX: number, nearY: number, right: boolean, lower: boolean) => void,
): void {
  const [left, top] = [Math.floor(at.x), Math.floor(at.y)];
  for (let dy = 0; dy <= 1; dy++) {
    const y = top + dy;
    if (!(y >= 0 && y < height)) continue;
    for (let dx = 0; dx <= 1; dx++) {
      const x = left + dx;
      if (!(x >= 0 && x < width)) continue;
      const nearX = dx ? at.x - left : left + 1 - at.x;
      const nearY = dy ? at.y - top : top + 1 - at.y;
      body(y * width + x, nearX, nearY, dx === 1, dy === 1);
    }
  }
}
