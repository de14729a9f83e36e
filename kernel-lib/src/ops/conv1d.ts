import { describe, rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { conv2d } from "./conv2d.js";
import { requireChannels, requireOneDtype } from "./convChannels.js";
import { requireFloat } from "./operands.js";
import { padFor } from "./pad.js";
import { requireSequenceWindow, requireSequences, single } from "./sequenceWindow.js";

export interface Conv1dOptions {
  /** Positions from one stop to the next. 1 unless given. */
  stride?: number;
  /** Positions put at both ends, "valid" for none, "same" to keep the length. 0 unless given. */
  padding?: number | "valid" | "same";
  /** Distance between neighbouring positions of the kernel. 1 unless given. */
  dilation?: number;
  /** Into how many groups the channels are split; each kernel sees one group. 1 unless given. */
  groups?: number;
  /** What stands in the padding. "zeros" unless given. */
  paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

/**
 * Slide each kernel along the sequence and take a dot product at every stop: conv2d on images of one row.
 *
 * @param x      sequences, (N, inChannels, L)
 * @param weight kernels, (outChannels, inChannels / groups, kernelSize)
 * @param bias   one number per kernel, (outChannels)
 * @returns (N, outChannels, outLength), where
 *          outLength = ⌊(L + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1
 * @throws {ShapeError} if channels differ or the kernel outgrows the padded sequence
 * @see notebooks 11 and 12
 */
export function conv1d(x: Tensor, weight: Tensor, bias?: Tensor, options: Conv1dOptions = {}): Tensor {
  requireFloat("conv1d", "x", x);
  requireFloat("conv1d", "weight", weight);
  if (bias) requireFloat("conv1d", "bias", bias);
  requireOneDtype("conv1d", x, weight, bias);
  const { groups = 1, paddingMode = "zeros" } = options;
  const { stride, padding, dilation } = conv1dGeometry(x.shape, weight.shape, bias?.shape, options);
  if (!["zeros", "reflect", "replicate", "circular"].includes(paddingMode)) {
    const modes = 'paddingMode "zeros", "reflect", "replicate" or "circular"';
    throw rangeError("conv1d", modes, describe(paddingMode));
  }
  if (paddingMode !== "zeros") {
    const reach = dilation * (weight.shape[2] - 1);
    const before = padding === "same" ? Math.floor(reach / 2) : padding === "valid" ? 0 : padding;
    const after = padding === "same" ? reach - before : before;
    const padded = padFor("conv1d", x, [before, after], { mode: paddingMode });
    return conv1d(padded, weight, bias, { stride, dilation, groups });
  }
  const out = conv2d(x.unsqueeze(2), weight.unsqueeze(2), bias, {
    stride: [1, stride],
    padding: typeof padding === "string" ? padding : [0, padding],
    dilation: [1, dilation],
    groups,
  });
  return out.squeeze(2); // (N, outChannels, 1, outLength) → (N, outChannels, outLength)
}

/** Every check of sizes, in the words of one dimension. */
function conv1dGeometry(
  x: Shape,
  weight: Shape,
  bias: Shape | undefined,
  options: Conv1dOptions,
): { stride: number; padding: number | "valid" | "same"; dilation: number } {
  requireSequences("conv1d", x);
  if (weight.length !== 3) {
    const expected = "weight as (outChannels, inChannels, kernelSize)";
    throw new ShapeError(
      "conv1d",
      expected,
      formatShape(weight),
      "reshape it: a single kernel is (1, 1, size)",
    );
  }
  requireChannels("conv1d", x, weight, bias, options.groups ?? 1);
  const stride = single("conv1d", "stride", options.stride ?? 1, 1);
  const dilation = single("conv1d", "dilation", options.dilation ?? 1, 1);
  const { padding = 0 } = options;
  if (padding === "same") {
    if (stride === 1) return { stride, padding, dilation };
    throw rangeError(
      "conv1d",
      'stride 1 with padding "same"',
      String(stride),
      "give the padding as a number",
    );
  }
  if (typeof padding === "string" && padding !== "valid") {
    throw rangeError("conv1d", 'padding as a number, "valid" or "same"', describe(padding));
  }
  const border = padding === "valid" ? 0 : single("conv1d", "padding", padding, 0);
  requireSequenceWindow("conv1d", x, weight[2], border, dilation);
  return { stride, padding, dilation };
}
