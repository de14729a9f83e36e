import { dropout, dropout2d, type DropoutOptions } from "../ops/dropout.js";
import { describe, rangeError } from "../tensor/errors.js";
import type { Generator } from "../tensor/generator.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import type { SameShape } from "./shapeRules/rule.js";

abstract class AnyDropout extends Module<SameShape> {
  readonly p: number;
  /** Where the chance comes from; the default generator if undefined. */
  readonly generator: Generator | undefined;

  /**
   * @param p       probability of dropping, 0.5 unless given; also as `{ p }`
   * @param options generator: where the chance comes from
   * @throws {RangeError} if `p` is no probability
   */
  constructor(
    p: number | { p?: number; generator?: Generator } = 0.5,
    options: { generator?: Generator } = {},
  ) {
    super();
    const named = typeof p === "object" ? p : { ...options, p };
    const { p: share = 0.5, generator } = named;
    if (!(share >= 0 && share <= 1)) {
      throw rangeError(this.constructor.name, "a probability from 0 to 1", describe(share));
    }
    this.p = share;
    this.generator = generator;
  }

  protected chance(): DropoutOptions {
    return { training: this.training, ...(this.generator && { generator: this.generator }) };
  }

  protected override extraRepr(): string {
    return `p=${this.p}, inplace=False`;
  }
}

/**
 * Set single values to 0 by chance while training, and raise the others to make up for it; in evaluation everything
 * passes.
 *
 * @example
 * new nn.Dropout(0.5, { generator: new Generator(1) }).forward(ones(8)).toArray() // [0, 2, 2, 0, 0, 2, 2, 2]
 */
export class Dropout extends AnyDropout {
  forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.chance());
  }
}

/**
 * Set whole feature maps to 0 by chance while training, and raise the others to make up for it; in evaluation everything
 * passes.
 *
 * @example
 * new nn.Dropout2d(0.5, { generator: new Generator(1) }).forward(ones(1, 4, 1, 2)).at(0, [], 0).toArray() // [[0, 0], [2, 2], [2, 2], [0, 0]]
 */
export class Dropout2d extends AnyDropout {
  /** @param x images, (N, C, H, W) */
  forward(x: Tensor): Tensor {
    return dropout2d(x, this.p, this.chance());
  }
}
