import { ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { matmul } from "./matmul.js";
import { requireFloat } from "./operands.js";

/**
 * Fully connected: every output is a weighted sum of all inputs, plus a bias.
 *
 * @param x      (…, inFeatures)
 * @param weight (outFeatures, inFeatures), one row an output
 * @param bias   (outFeatures)
 * @returns (…, outFeatures)
 * @throws {ShapeError} if the features differ
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  requireFloat("linear", "x", x);
  requireFloat("linear", "weight", weight);
  if (bias) requireFloat("linear", "bias", bias);
  if (weight.ndim !== 2)
    throw new ShapeError("linear", "weight (outFeatures, inFeatures)", formatShape(weight.shape));
  if (x.ndim === 0 || x.size(-1) !== weight.shape[1]) {
    throw new ShapeError(
      "linear",
      `x with ${weight.shape[1]} features in its last dimension to match weight ${formatShape(weight.shape)}`,
      formatShape(x.shape),
      x.ndim > 2
        ? "flatten(1) the feature maps first, then build the layer with that many inFeatures"
        : `build the layer with inFeatures = ${x.ndim ? x.size(-1) : 1}`,
    );
  }
  if (bias && (bias.ndim !== 1 || bias.shape[0] !== weight.shape[0])) {
    throw new ShapeError(
      "linear",
      `bias (${weight.shape[0]},), one number an output`,
      formatShape(bias.shape),
    );
  }
  const out = matmul(x, weight.T);
  return bias ? out.add(bias) : out;
}
