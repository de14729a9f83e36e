import { record } from "../autograd/record.js";
import { promote } from "../tensor/dtype.js";
import { counted, ShapeError } from "../tensor/errors.js";
import { formatShape, numelOf } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { product } from "./matmul.js";
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
      { expected: counted(weight.shape[1], "feature"), actual: String(x.ndim ? x.size(-1) : 1) },
    );
  }
  if (bias && (bias.ndim !== 1 || bias.shape[0] !== weight.shape[0])) {
    throw new ShapeError(
      "linear",
      `bias (${weight.shape[0]},), one number an output`,
      formatShape(bias.shape),
    );
  }
  const outer = x.shape.slice(0, -1);
  if (x.ndim !== 2) {
    const rows = x.reshape(numelOf(outer), x.size(-1));
    return linear(rows, weight, bias).reshape(...outer, weight.shape[0]);
  }
  const dtype = promote(x.dtype, weight.dtype);
  const out = timesWeight(x.to(dtype), weight.to(dtype));
  return bias ? out.add(bias) : out;
}

/** x · weightᵀ. The weight is read as it lies: turning it round first would copy the largest thing in a step. */
function timesWeight(x: Tensor, weight: Tensor): Tensor {
  return record(
    "linear",
    product(x, weight, "none", "transposed"),
    [x, weight],
    [(gradOut) => product(gradOut, weight), (gradOut) => product(gradOut, x, "transposed", "none")],
  );
}
