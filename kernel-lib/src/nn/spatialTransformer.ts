import { affineGrid } from "../ops/affineGrid.js";
import { gridSample, type GridSampleOptions } from "../ops/gridSample.js";
import { ShapeError } from "../tensor/errors.js";
import { formatBatch, formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { forwardAt } from "./refusal.js";
import type { SpatialTransformerRule } from "./shapeRules/layers.js";

/**
 * A layer that turns, scales and shifts its input before the next layer sees it, as it thinks best: a small network
 * looks at each image and says by which affine map to look at it again.
 *
 * Start from the map that changes nothing: let the last layer of `localisation` begin with weight 0 and
 * bias 1, 0, 0, 0, 1, 0.
 *
 * @example
 * const last = new nn.Linear(64, 6);
 * nn.init.constant_(last.weight, 0);
 * last.bias?.copy_(tensor([1, 0, 0, 0, 1, 0]));
 * const layer = new nn.SpatialTransformer(new nn.Sequential(new nn.Flatten(), last));
 * layer.forward(rand(2, 1, 8, 8)).shape // [2, 1, 8, 8]
 *
 * @see Jaderberg et al. 2015, arXiv:1506.02025; notebook 14
 */
export class SpatialTransformer<Localisation extends Module = Module> extends Module<
  SpatialTransformerRule<Localisation>
> {
  readonly localisation: Module;
  readonly options: GridSampleOptions;

  /**
   * @param localisation from images (N, C, H, W) to six numbers each, (N, 6) or (N, 2, 3)
   * @param options      paddingMode "zeros" or "border", alignCorners
   */
  constructor(localisation: Localisation, options: GridSampleOptions = {}) {
    super();
    this.localisation = localisation;
    this.options = options;
  }

  /**
   * @param x images, (N, C, H, W)
   * @throws {ShapeError} if `localisation` does not give six numbers an image
   */
  forward(x: Tensor): Tensor {
    const theta = forwardAt(this.localisation, x, "");
    if (theta.shape[0] !== x.shape[0] || theta.numel !== 6 * x.shape[0]) {
      throw new ShapeError(
        "SpatialTransformer",
        `localisation to give (${x.shape[0]}, 6), an affine map for each image`,
        formatShape(theta.shape),
        "end it in Flatten and a Linear with outFeatures = 6",
        {
          expected: "localisation to give (N, 6), an affine map for each image",
          actual: formatBatch(theta.shape),
        },
      );
    }
    const { alignCorners = false } = this.options;
    const grid = affineGrid(theta.reshape(-1, 2, 3), x.shape, { alignCorners });
    return gridSample(x, grid, this.options);
  }
}
