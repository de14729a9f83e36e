import { counted, ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";
import { unfold } from "./unfold.js";
import type { WindowOptions } from "./windowGeometry.js";

/**
 * A receptive field without sharing: as conv2d, but with kernels of its own at every stop.
 *
 * @param x      images, (N, inChannels, H, W)
 * @param weight kernels, (outHeight, outWidth, outChannels, inChannels, kernelHeight, kernelWidth)
 * @param bias   one number for each output, (outChannels, outHeight, outWidth)
 * @returns (N, outChannels, outHeight, outWidth)
 * @throws {ShapeError} if the images are not of the size that the weight is for
 * @see notebook 03
 */
export function locallyConnected2d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: WindowOptions = {},
): Tensor {
  requireFloat("locallyConnected2d", "x", x);
  const [outHeight, outWidth, outChannels, inChannels, kernelHeight, kernelWidth] = weight.shape;
  const patches = unfold(x, [kernelHeight, kernelWidth], options); // (N, taps, stops)
  const stops = outHeight * outWidth;
  if (x.shape[1] !== inChannels || patches.shape[2] !== stops) {
    const expected = `x with ${counted(inChannels, "channel")} and ${outHeight} × ${outWidth} stops`;
    throw new ShapeError(
      "locallyConnected2d",
      `${expected} to match weight ${formatShape(weight.shape)}`,
      formatShape(x.shape),
      "build the layer for this inputSize: without sharing, weights belong to places",
      x.shape[1] === inChannels
        ? { expected, actual: formatBatch(x.shape) }
        : { expected: counted(inChannels, "channel"), actual: String(x.shape[1]) },
    );
  }
  const perStop = weight.reshape(stops, outChannels, -1); // (stops, outChannels, taps)
  const out = perStop.matmul(patches.permute(2, 1, 0)).permute(2, 1, 0); // (N, outChannels, stops)
  const maps = out.reshape(x.shape[0], outChannels, outHeight, outWidth);
  return bias ? maps.add(bias) : maps;
}
