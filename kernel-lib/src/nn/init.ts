import { noGrad } from "../autograd/gradMode.js";
import { ShapeError } from "../tensor/errors.js";
import { defaultGenerator, type Generator } from "../tensor/generator.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/*
 * Starting values for weights. Each function fills the tensor in place and returns it, as in torch.nn.init;
 * the trailing underscore says so.
 */

/** How many values flow into one output, and out of one input. */
export function fans(weight: Tensor): { fanIn: number; fanOut: number } {
  if (weight.ndim < 2) {
    throw new ShapeError(
      "nn.init",
      "a weight with at least 2 dimensions",
      formatShape(weight.shape),
      "use uniform_ or normal_ for a bias",
    );
  }
  const field = weight.shape.slice(2).reduce((product, size) => product * size, 1);
  return { fanIn: weight.shape[1] * field, fanOut: weight.shape[0] * field };
}

/** Each value from `low` to `high`, all equally likely. */
export function uniform_(x: Tensor, low = 0, high = 1, generator: Generator = defaultGenerator): Tensor {
  return fill(x, () => low + (high - low) * generator.uniform());
}

/** Each value from a normal distribution. */
export function normal_(x: Tensor, mean = 0, std = 1, generator: Generator = defaultGenerator): Tensor {
  return fill(x, () => mean + std * generator.normal());
}

/** One value everywhere. */
export function constant_(x: Tensor, value: number): Tensor {
  return fill(x, () => value);
}

/**
 * Keep the size of signals through layers with relu: uniform within ±√(6 / ((1 + a²) · fanIn)).
 *
 * @param a slope of the rectifier's negative side; √5 gives the default of PyTorch's layers, ±1/√fanIn
 * @see He et al. 2015, arXiv:1502.01852
 */
export function kaimingUniform_(x: Tensor, a = 0, generator: Generator = defaultGenerator): Tensor {
  const bound = Math.sqrt(6 / ((1 + a * a) * fans(x).fanIn));
  return uniform_(x, -bound, bound, generator);
}

/** As kaimingUniform_, from a normal distribution with standard deviation √(2 / ((1 + a²) · fanIn)). */
export function kaimingNormal_(x: Tensor, a = 0, generator: Generator = defaultGenerator): Tensor {
  return normal_(x, 0, Math.sqrt(2 / ((1 + a * a) * fans(x).fanIn)), generator);
}

/**
 * Keep the size of signals in both directions: uniform within ±gain · √(6 / (fanIn + fanOut)).
 *
 * @see Glorot & Bengio 2010, AISTATS
 */
export function xavierUniform_(x: Tensor, gain = 1, generator: Generator = defaultGenerator): Tensor {
  const { fanIn, fanOut } = fans(x);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform_(x, -bound, bound, generator);
}

/** As xavierUniform_, from a normal distribution with standard deviation gain · √(2 / (fanIn + fanOut)). */
export function xavierNormal_(x: Tensor, gain = 1, generator: Generator = defaultGenerator): Tensor {
  const { fanIn, fanOut } = fans(x);
  return normal_(x, 0, gain * Math.sqrt(2 / (fanIn + fanOut)), generator);
}

function fill(x: Tensor, draw: () => number): Tensor {
  return noGrad(() => {
    for (let i = 0; i < x.storage.length; i++) x.storage[i] = draw();
    return x;
  });
}
