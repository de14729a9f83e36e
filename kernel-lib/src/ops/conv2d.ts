import { record } from "../autograd/record.js";
import type { Conv2dGeometry } from "../backend/backend.js";
import { backend } from "../backend/index.js";
import { describe, rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape, pair, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireChannels, requireOneDtype } from "./convChannels.js";
import { requireFloat } from "./operands.js";
import { padFor, type PaddingMode } from "./pad.js";
import { requireImages, windowGeometry, type Sides } from "./windowGeometry.js";

export interface Conv2dOptions {
  /** Pixels from one stop to the next: a number, or a pair of height and width. 1 unless given. */
  stride?: number | readonly [number, number];
  /** Rows and columns put around the image, "valid" for none, "same" to keep the size. 0 unless given. */
  padding?: number | readonly [number, number] | "valid" | "same";
  /** Distance between neighbouring pixels of the kernel. 1 unless given. */
  dilation?: number | readonly [number, number];
  /** Into how many groups the channels are split; each kernel sees one group. 1 unless given. */
  groups?: number;
  /** What stands in the padding. "zeros" unless given. */
  paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

/**
 * Slide each kernel over the image and take a dot product at every stop.
 * As in PyTorch this is cross-correlation: the kernel is not flipped.
 *
 * @param x      images, (N, inChannels, H, W)
 * @param weight kernels, (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 * @param bias   one number per kernel, (outChannels)
 * @returns feature maps, (N, outChannels, outHeight, outWidth), where
 *          outHeight = ⌊(H + 2·padding − dilation·(kernelHeight − 1) − 1) / stride⌋ + 1
 * @throws {ShapeError} if channels differ or the kernel outgrows the padded image
 * @see Dumoulin & Visin 2016, arXiv:1603.07285; notebook 04
 */
export function conv2d(x: Tensor, weight: Tensor, bias?: Tensor, options: Conv2dOptions = {}): Tensor {
  requireFloat("conv2d", "x", x);
  requireFloat("conv2d", "weight", weight);
  if (bias) requireFloat("conv2d", "bias", bias);
  requireOneDtype("conv2d", x, weight, bias);
  const { paddingMode = "zeros" } = options;
  if (paddingMode !== "zeros") return conv2dOnBorder(x, weight, bias, options, paddingMode);
  const g = conv2dGeometry(x.shape, weight.shape, bias?.shape, options); // every check of sizes is here
  const b = backend.current;
  const out = b.conv2d(x, weight, bias, g);
  return record(
    "conv2d",
    out,
    [x, weight, bias],
    [
      (gradOut) => b.conv2dGradInput(gradOut, weight, g), // each pixel hears from every stop that saw it
      (gradOut) => b.conv2dGradWeight(gradOut, x, g), // each weight, from every pixel it met
      (gradOut) => b.conv2dGradBias(gradOut, g), // added everywhere, so it sums everything
    ],
  );
}

/** Put the border on as an op of its own, so that its gradient flows back to the pixels it repeats. */
function conv2dOnBorder(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: Conv2dOptions,
  mode: string,
): Tensor {
  if (!["reflect", "replicate", "circular"].includes(mode)) {
    throw rangeError("conv2d", 'paddingMode "zeros", "reflect", "replicate" or "circular"', describe(mode));
  }
  conv2dGeometry(x.shape, weight.shape, bias?.shape, options); // refuse in the caller's words, before the border is on
  const { left, right, top, bottom } = paddingSides(weight.shape, options);
  const padded = padFor("conv2d", x, [left, right, top, bottom], { mode: mode as PaddingMode });
  return conv2d(padded, weight, bias, { ...options, padding: 0, paddingMode: "zeros" });
}

/** Check the sizes of a convolution and work out where its window stops. */
export function conv2dGeometry(
  x: Shape,
  weight: Shape,
  bias: Shape | undefined,
  options: Conv2dOptions,
): Conv2dGeometry {
  requireImages("conv2d", x);
  if (weight.length !== 4) {
    const expected = "weight as (outChannels, inChannels, kernelHeight, kernelWidth)";
    throw new ShapeError(
      "conv2d",
      expected,
      formatShape(weight),
      "reshape it: a single kernel is (1, 1, height, width)",
    );
  }
  const { groups = 1 } = options;
  requireChannels("conv2d", x, weight, bias, groups);
  const [outChannels, , kernelHeight, kernelWidth] = weight;
  const stride = pair("conv2d", "stride", options.stride ?? 1, 1);
  const dilation = pair("conv2d", "dilation", options.dilation ?? 1, 1);
  const sides = paddingSides(weight, options);
  const window = windowGeometry("conv2d", x, [kernelHeight, kernelWidth], stride, sides, dilation);
  return { ...window, outChannels, groups };
}

/** Padding in pixels. "same" puts the odd one at the bottom and right, as in PyTorch. */
function paddingSides(weight: Shape, { padding = 0, stride = 1, dilation = 1 }: Conv2dOptions): Sides {
  if (padding === "valid") return { top: 0, bottom: 0, left: 0, right: 0 };
  if (padding === "same") {
    if (pair("conv2d", "stride", stride, 1).some((step) => step !== 1)) {
      throw rangeError(
        "conv2d",
        'stride 1 with padding "same"',
        JSON.stringify(stride),
        "give the padding in pixels",
      );
    }
    const [dilationY, dilationX] = pair("conv2d", "dilation", dilation, 1);
    const [rows, columns] = [dilationY * (weight[2] - 1), dilationX * (weight[3] - 1)];
    const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
    return { top, bottom: rows - top, left, right: columns - left };
  }
  if (typeof padding === "string") {
    throw rangeError("conv2d", 'padding as a number, a pair, "valid" or "same"', describe(padding));
  }
  const [y, x] = pair("conv2d", "padding", padding, 0);
  return { top: y, bottom: y, left: x, right: x };
}
