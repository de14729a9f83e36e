import { describe, typeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { runLayers } from "./chain.js";
import { Module } from "./module.js";
import type { Fitting, Layer, SequentialRule } from "./shapeRules/compose.js";

/**
 * One layer after the other: the output of each is the input of the next.
 *
 * A layer that does not fit what comes before it is refused in the editor, before anything runs; with `nn.input` in
 * front, heights and widths are checked as well. What the types cannot know is refused when it runs.
 *
 * @example
 * const net = new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.ReLU(), new nn.Flatten());
 * net.forward(rand(2, 1, 5, 5)).shape // [2, 72]
 *
 * @typeParam L the layers
 */
export class Sequential<L extends readonly Layer[] = readonly Module[]> extends Module<SequentialRule<L>> {
  readonly layers: readonly Module[];

  /** @throws {TypeError} if something is no module */
  constructor(...layers: Fitting<L>) {
    super();
    layers.forEach((layer, i) => {
      if (!(layer instanceof Module)) {
        throw typeError(
          "Sequential",
          `a module as layer ${i + 1} of ${layers.length}`,
          describe(layer),
          "layers are made with new",
        );
      }
    });
    this.layers = layers as readonly unknown[] as readonly Module[];
  }

  /**
   * @param x what the first layer takes
   * @throws {ShapeError} if a layer does not fit; it says which one
   */
  forward(x: Tensor): Tensor {
    return runLayers(this.layers, x);
  }

  override namedChildren(): [string, Module][] {
    return this.layers.map((layer, i) => [String(i), layer]);
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.layers[Symbol.iterator]();
  }
}
