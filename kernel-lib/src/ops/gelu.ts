import { record } from "../autograd/record.js";
import { backend } from "../backend/index.js";
import { describe, rangeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { requireFloat } from "./operands.js";

export interface GeluOptions {
  /** The exact form ("none"), or the one with tanh that some published networks were trained with. "none" unless given. */
  approximate?: "none" | "tanh";
}

/**
 * A smooth relative of relu: each value times the share of a normal distribution below it, x · Φ(x).
 *
 * @param x any shape
 * @returns the same shape
 * @throws {RangeError} for an unknown approximation
 * @see Hendrycks & Gimpel 2016, arXiv:1606.08415
 */
export function gelu(x: Tensor, options: GeluOptions = {}): Tensor {
  requireFloat("gelu", "x", x);
  const { approximate = "none" } = options;
  if (approximate === "tanh") {
    const bent = x
      .mul(x)
      .mul(0.044715)
      .add(1)
      .mul(x)
      .mul(Math.sqrt(2 / Math.PI));
    return bent.tanh().add(1).mul(x).mul(0.5);
  }
  if (approximate !== "none") throw rangeError("gelu", 'approximate "none" or "tanh"', describe(approximate));
  const out = backend.current.unary("gelu", x);
  return record("gelu", out, [x], [(gradOut) => gradOut.mul(slope(x.detach()))]);
}

/** Φ(x) + x · φ(x) with the normal distribution Φ and its density φ. */
function slope(x: Tensor): Tensor {
  const density = x
    .mul(x)
    .mul(-0.5)
    .exp()
    .mul(1 / Math.sqrt(2 * Math.PI));
  // gelu(x) = x · Φ(x) is already a routine; Φ itself follows from it except at 0, where it is ½.
  const below = backend.current.where(
    x.eq(0),
    x.mul(0).add(0.5),
    backend.current.unary("gelu", x).div(x),
    x.shape,
    x.dtype,
  );
  return below.add(x.mul(density));
}
