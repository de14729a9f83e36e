import type { Conv2dGeometry } from "../../backend.js";
import type { Sides } from "../grid.js";

/*
 * Which pixels a convolution reaches, there and back.
 */

/** The border of zeros that a convolution reads around its input. */
export function convBorder(g: Conv2dGeometry): Sides {
  const reach = (
    outSize: number,
    stride: number,
    kernel: number,
    dilation: number,
    pad: number,
    size: number,
  ): number => Math.max(0, (outSize - 1) * stride + (kernel - 1) * dilation - pad - (size - 1));
  return {
    top: g.padTop,
    left: g.padLeft,
    bottom: reach(g.outHeight, g.strideY, g.kernelHeight, g.dilationY, g.padTop, g.height),
    right: reach(g.outWidth, g.strideX, g.kernelWidth, g.dilationX, g.padLeft, g.width),
  };
}

/** The border of zeros that its way back reads around the gradient of its output. */
export function convGradBorder(g: Conv2dGeometry): Sides {
  const [rows, columns] = [rowPhases(g), columnPhases(g)];
  const before = (phases: readonly Phase[]): number => Math.max(0, ...phases.map(({ origin }) => -origin));
  const after = (phases: readonly Phase[], size: number): number =>
    Math.max(0, ...phases.map((p) => p.origin + p.stops - 1 + (p.taps.length - 1) * p.step - (size - 1)));
  return {
    top: before(rows),
    left: before(columns),
    bottom: after(rows, g.outHeight),
    right: after(columns, g.outWidth),
  };
}

/**
 * Pixels `first`, `first + stride`, … of the input, which the same taps have met: seen from them the way back is a
 * convolution with stride 1 over the gradient, its taps in reverse order.
 */
export interface Phase {
  readonly first: number;
  readonly stops: number;
  /** Where the first tap lies on the gradient for the first pixel, and the distance between taps. */
  readonly origin: number;
  readonly step: number;
  readonly taps: readonly number[];
}

function phases(size: number, kernel: number, stride: number, dilation: number, pad: number): Phase[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first): Phase => {
    const taps = Array.from({ length: kernel }, (_, tap) => kernel - 1 - tap).filter(
      (tap) => (first + pad - tap * dilation) % stride === 0,
    );
    const at = (tap: number): number => (first + pad - tap * dilation) / stride;
    return {
      first,
      stops: Math.ceil((size - first) / stride),
      origin: taps.length ? at(taps[0]) : 0,
      step: taps.length > 1 ? at(taps[1]) - at(taps[0]) : 1,
      taps,
    };
  }).filter(({ taps }) => taps.length > 0); // a pixel that no tap has met has no gradient
}

export const rowPhases = (g: Conv2dGeometry): Phase[] =>
  phases(g.height, g.kernelHeight, g.strideY, g.dilationY, g.padTop);
export const columnPhases = (g: Conv2dGeometry): Phase[] =>
  phases(g.width, g.kernelWidth, g.strideX, g.dilationX, g.padLeft);
