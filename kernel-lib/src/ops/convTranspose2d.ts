import { record } from "../autograd/record.js";
import type { Conv2dGeometry } from "../backend/backend.js";
import { backend } from "../backend/index.js";
import { counted, describe, rangeError, ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape, pair, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireOneDtype } from "./convChannels.js";
import { requireFloat } from "./operands.js";
import { requireImages } from "./windowGeometry.js";

export interface ConvTranspose2dOptions {
  /** Pixels between the places where neighbouring inputs are put down: a number, or a pair. 1 unless given. */
  stride?: number | readonly [number, number];
  /** Rows and columns cut off all around. 0 unless given. */
  padding?: number | readonly [number, number];
  /** Rows and columns added at the bottom and right, smaller than stride or dilation. 0 unless given. */
  outputPadding?: number | readonly [number, number];
  /** Into how many groups the channels are split. 1 unless given. */
  groups?: number;
  /** Distance between neighbouring pixels of the kernel. 1 unless given. */
  dilation?: number | readonly [number, number];
}

/**
 * Put the kernel down at every input pixel, as large as that pixel says, and add up where the kernels overlap: maps
 * grow. It is the way back of conv2d: what gradients do there, values do here. (Not its inverse, in spite of the name
 * "deconvolution".)
 *
 * @param x      maps, (N, inChannels, H, W)
 * @param weight kernels, (inChannels, outChannels / groups, kernelHeight, kernelWidth)
 * @param bias   one number per output channel, (outChannels)
 * @returns (N, outChannels, outHeight, outWidth), where
 *          outHeight = (H − 1)·stride − 2·padding + dilation·(kernelHeight − 1) + outputPadding + 1
 * @throws {ShapeError} if channels differ or the padding cuts everything off
 * @see Dumoulin & Visin 2016, arXiv:1603.07285, chapter 4
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: ConvTranspose2dOptions = {},
): Tensor {
  requireFloat("convTranspose2d", "x", x);
  requireFloat("convTranspose2d", "weight", weight);
  if (bias) requireFloat("convTranspose2d", "bias", bias);
  requireOneDtype("convTranspose2d", x, weight, bias);
  const g = geometry(x.shape, weight.shape, bias?.shape, options); // of the conv2d whose way back this is
  const b = backend.current;
  const out = record(
    "convTranspose2d",
    b.conv2dGradInput(x, weight, g),
    [x, weight],
    [(gradOut) => b.conv2d(gradOut, weight, undefined, g), (gradOut) => b.conv2dGradWeight(x, gradOut, g)],
  );
  return bias ? out.add(bias.reshape(1, -1, 1, 1)) : out;
}

function geometry(
  x: Shape,
  weight: Shape,
  bias: Shape | undefined,
  options: ConvTranspose2dOptions,
): Conv2dGeometry {
  requireImages("convTranspose2d", x);
  if (weight.length !== 4) {
    const expected = "weight as (inChannels, outChannels, kernelHeight, kernelWidth)";
    throw new ShapeError(
      "convTranspose2d",
      expected,
      formatShape(weight),
      "as for conv2d, with the channels swapped",
    );
  }
  const { groups = 1 } = options;
  const [inChannels, perGroup, kernelHeight, kernelWidth] = weight;
  if (!Number.isInteger(groups) || groups < 1 || inChannels % groups !== 0) {
    throw rangeError(
      "convTranspose2d",
      `groups that divide the ${inChannels} input channels evenly`,
      describe(groups),
    );
  }
  if (x[1] !== inChannels) {
    throw new ShapeError(
      "convTranspose2d",
      `x with ${counted(inChannels, "channel")} to match weight ${formatShape(weight)}`,
      formatShape(x),
      `build the layer with inChannels = ${x[1]}`,
      { expected: counted(inChannels, "channel"), actual: String(x[1]) },
    );
  }
  const channels = perGroup * groups;
  if (bias && (bias.length !== 1 || bias[0] !== channels)) {
    throw new ShapeError(
      "convTranspose2d",
      `bias (${channels},), one number an output channel`,
      formatShape(bias),
    );
  }
  const stride = pair("convTranspose2d", "stride", options.stride ?? 1, 1);
  const padding = pair("convTranspose2d", "padding", options.padding ?? 0, 0);
  const dilation = pair("convTranspose2d", "dilation", options.dilation ?? 1, 1);
  const extra = pair("convTranspose2d", "outputPadding", options.outputPadding ?? 0, 0);
  if (extra.some((size, i) => size >= Math.max(stride[i], dilation[i]))) {
    throw rangeError(
      "convTranspose2d",
      `outputPadding below stride or dilation (${stride.map((step, i) => Math.max(step, dilation[i])).join(", ")})`,
      `(${extra.join(", ")})`,
      "it only chooses among the sizes that the stride leaves open",
    );
  }
  const [height, width] = [kernelHeight, kernelWidth].map(
    (kernel, i) => (x[2 + i] - 1) * stride[i] - 2 * padding[i] + dilation[i] * (kernel - 1) + extra[i] + 1,
  );
  if (height < 1 || width < 1) {
    throw new ShapeError(
      "convTranspose2d",
      "at least one pixel left of what the padding cuts off",
      `${height} × ${width} of x ${formatShape(x)} with padding ${padding.join(", ")}`,
      "use less padding or a larger kernel",
      { expected: "at least one pixel left of what the padding cuts off", actual: formatBatch(x) },
    );
  }
  return {
    batch: x[0],
    channels,
    height,
    width,
    kernelHeight,
    kernelWidth,
    strideY: stride[0],
    strideX: stride[1],
    padTop: padding[0],
    padLeft: padding[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    outHeight: x[2],
    outWidth: x[3],
    outChannels: inChannels,
    groups,
  };
}
