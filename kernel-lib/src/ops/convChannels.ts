import { counted, describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { formatShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/*
 * What a convolution asks of its channels, in one dimension as in two: weight is (outChannels, inChannels / groups, …).
 */

/** Refuse a mix of float32 and float64, in the words of `op`. */
export function requireOneDtype(op: string, x: Tensor, ...others: (Tensor | undefined)[]): void {
  const other = others.find((tensor) => tensor && tensor.dtype !== x.dtype);
  if (other) {
    throw typeError(
      op,
      `one dtype for all, as x has ${x.dtype}`,
      other.dtype,
      `convert one of them with to("${x.dtype}")`,
    );
  }
}

/** Channels of x, weight and bias that fit together, in the words of `op`. */
export function requireChannels(
  op: string,
  x: Shape,
  weight: Shape,
  bias: Shape | undefined,
  groups: number,
): void {
  const [outChannels, perGroup] = weight;
  if (!Number.isInteger(groups) || groups < 1 || outChannels % groups !== 0) {
    throw rangeError(op, `groups that divide the ${outChannels} kernels evenly`, describe(groups));
  }
  if (x[1] !== perGroup * groups) {
    const inGroups = groups === 1 ? "" : ` in ${groups} groups`;
    throw new ShapeError(
      op,
      `x with ${counted(perGroup * groups, "channel")} to match weight ${formatShape(weight)}${inGroups}`,
      formatShape(x),
      x[1] % groups === 0
        ? `build the layer with inChannels = ${x[1]}`
        : `build the layer with groups that divide ${x[1]} channels`,
      { expected: counted(perGroup * groups, "channel"), actual: String(x[1]) },
    );
  }
  if (bias && (bias.length !== 1 || bias[0] !== outChannels)) {
    throw new ShapeError(op, `bias (${outChannels},), one number a kernel`, formatShape(bias));
  }
}
