import { interpolate, type InterpolateOptions } from "../ops/interpolate.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { pythonFloat, pythonSize } from "./repr.js";
import type { UpsampleRule } from "./shapeRules/layers.js";
import type { Literally } from "./shapeRules/literally.js";
import type { Pair } from "./shapeRules/windows.js";

/**
 * Make maps larger by repeating pixels or by mixing them. It has nothing to learn; a convolution after it has.
 *
 * @example
 * new nn.Upsample({ scaleFactor: 2 }).forward(tensor([[[[1, 2]]]])).toArray() // [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]
 */
export class Upsample<
  const Size extends Pair | undefined = undefined,
  const Scale extends Pair | undefined = undefined,
> extends Module<UpsampleRule<Size, Scale>> {
  readonly options: InterpolateOptions;

  /** @param options size or scaleFactor; mode "nearest" or "bilinear", alignCorners */
  constructor(options: Literally<InterpolateOptions, { size: Size; scaleFactor: Scale }>) {
    super();
    this.options = options;
  }

  /** @param x maps, (N, C, H, W) */
  forward(x: Tensor): Tensor {
    return interpolate(x, this.options);
  }

  protected override extraRepr(): string {
    const { size, scaleFactor, mode = "nearest" } = this.options;
    const factors = typeof scaleFactor === "number" ? pythonFloat(scaleFactor) : `(${scaleFactor?.map(pythonFloat).join(", ")})`; // prettier-ignore
    return `${size === undefined ? `scale_factor=${factors}` : `size=${pythonSize(size)}`}, mode='${mode}'`;
  }
}
