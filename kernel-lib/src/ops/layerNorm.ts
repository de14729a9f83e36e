import { noGrad } from "../autograd/gradMode.js";
import { record } from "../autograd/record.js";
import { describe, ShapeError, typeError } from "../tensor/errors.js";
import { formatBatch, formatShape, sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat, requireTensor } from "./operands.js";

export interface LayerNormOptions {
  /** One factor a value, of `normalizedShape`. */
  weight?: Tensor;
  /** One offset a value, of `normalizedShape`. */
  bias?: Tensor;
  /** Added to the variance, 1e-5 unless given. */
  eps?: number;
}

/**
 * Bring each sample to mean 0 and variance 1 over its last dimensions. Unlike batchNorm it never looks at other
 * samples, so training and use do not differ.
 *
 * @param x               (…, *normalizedShape)
 * @param normalizedShape sizes of the last dimensions
 * @returns the shape of `x`
 * @throws {ShapeError} if `x` does not end in `normalizedShape`
 * @see Ba, Kiros & Hinton 2016, arXiv:1607.06450
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: number | readonly number[],
  options: LayerNormOptions = {},
): Tensor {
  const { weight, bias, eps = 1e-5 } = options;
  requireFloat("layerNorm", "x", x);
  const ending = [normalizedShape].flat() as number[];
  const bad = ending.findIndex((size) => !Number.isInteger(size));
  if (bad >= 0)
    throw typeError("layerNorm", "normalizedShape as a size or an array of sizes", describe(ending[bad]));
  if (ending.length === 0 || !sameShape(x.shape.slice(-ending.length), ending)) {
    const expected = `x that ends in ${formatShape(ending)}`;
    throw new ShapeError("layerNorm", expected, formatShape(x.shape), undefined, {
      expected,
      actual: formatBatch(x.shape),
    });
  }
  for (const [name, perValue] of Object.entries({ weight, bias })) {
    if (perValue) requireTensor("layerNorm", name, perValue);
    if (perValue && !sameShape(perValue.shape, ending)) {
      throw new ShapeError("layerNorm", `${name} ${formatShape(ending)}`, formatShape(perValue.shape));
    }
  }
  const dims = ending.map((_, i) => x.ndim - ending.length + i);
  const { out, spread } = noGrad(() => {
    const centred = x.sub(x.mean(dims, { keepdim: true }));
    const root = centred.mul(centred).mean(dims, { keepdim: true }).add(eps).sqrt();
    return { out: centred.div(root), spread: root };
  });
  const normal = record(
    "layerNorm",
    out,
    [x],
    [
      (gradOut) => {
        const meanGrad = gradOut.mean(dims, { keepdim: true });
        const meanProduct = gradOut.mul(out.detach()).mean(dims, { keepdim: true });
        return gradOut.sub(meanGrad).sub(out.detach().mul(meanProduct)).div(spread);
      },
    ],
  );
  const scaled = weight ? normal.mul(weight) : normal;
  return bias ? scaled.add(bias) : scaled;
}
