import { describe, typeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { runLayers } from "./chain.js";
import { Module } from "./module.js";

/**
 * One layer after the other: the output of each is the input of the next.
 *
 * @example
 * const net = new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.ReLU(), new nn.Flatten());
 * net.forward(rand(2, 1, 5, 5)).shape // [2, 72]
 */
export class Sequential extends Module {
  readonly layers: readonly Module[];

  /** @throws {TypeError} if something is no module */
  constructor(...layers: Module[]) {
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
    this.layers = layers;
  }

  /** @param x what the first layer takes */
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
