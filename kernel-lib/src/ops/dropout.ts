import type { DType } from "../tensor/dtype.js";
import { describe, rangeError, ShapeError } from "../tensor/errors.js";
import { defaultGenerator, type Generator } from "../tensor/generator.js";
import { formatShape, type Shape } from "../tensor/shape.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";

export interface DropoutOptions {
  /** Whether to drop at all; false leaves `x` as it is. True unless given, as in PyTorch. */
  training?: boolean;
  /** Where the chance comes from; the default generator unless given. */
  generator?: Generator;
  /** The probability, for those who would rather name it. */
  p?: number;
}

/**
 * Set each value to 0 with probability `p`, and raise the others by 1 / (1 − p), so that the expected value stays.
 *
 * @param x any shape
 * @param p probability of dropping, 0.5 unless given; also as `{ p }`
 * @returns the shape of `x`
 * @throws {RangeError} if `p` is no probability
 * @see Srivastava et al. 2014, JMLR 15
 */
export function dropout(x: Tensor, p: number | DropoutOptions = 0.5, options: DropoutOptions = {}): Tensor {
  requireFloat("dropout", "x", x);
  return drop("dropout", x, p, x.shape, options);
}

/**
 * Dropout of whole feature maps: neighbouring pixels are so alike that dropping single ones hides little.
 *
 * @param x images, (N, C, H, W)
 * @param p probability of dropping a map, 0.5 unless given; also as `{ p }`
 * @returns the shape of `x`
 * @throws {RangeError} if `p` is no probability
 * @see Tompson et al. 2015, arXiv:1411.4280
 */
export function dropout2d(x: Tensor, p: number | DropoutOptions = 0.5, options: DropoutOptions = {}): Tensor {
  requireFloat("dropout2d", "x", x);
  if (x.ndim !== 4) throw new ShapeError("dropout2d", "x as (N, C, H, W)", formatShape(x.shape));
  return drop("dropout2d", x, p, [x.shape[0], x.shape[1], 1, 1], options);
}

function drop(
  op: string,
  x: Tensor,
  p: number | DropoutOptions,
  maskShape: Shape,
  options: DropoutOptions,
): Tensor {
  if (typeof p === "object") return drop(op, x, p.p ?? 0.5, maskShape, p);
  const { training = true, generator = defaultGenerator } = options;
  if (!(p >= 0 && p <= 1)) throw rangeError(op, "a probability from 0 to 1", describe(p));
  if (!training || p === 0) return x;
  return x.mul(dropoutMask(maskShape, p, x.dtype, generator));
}

/** 0 by chance, and otherwise the factor that makes up for it. */
export function dropoutMask(
  shape: Shape,
  p: number,
  dtype: DType,
  generator: Generator = defaultGenerator,
): Tensor {
  const mask = emptyTensor(shape, dtype);
  const kept = p === 1 ? 0 : 1 / (1 - p);
  for (let i = 0; i < mask.storage.length; i++) mask.storage[i] = generator.uniform() < p ? 0 : kept;
  return mask;
}
