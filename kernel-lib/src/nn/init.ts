import { noGrad } from "../autograd/gradMode.js";
import { requireTensor } from "../ops/operands.js";
import { markChanged } from "../tensor/changes.js";
import { describe, rangeError, ShapeError } from "../tensor/errors.js";
import { defaultGenerator, type Generator } from "../tensor/generator.js";
import { formatShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/*
 * Starting values for weights. Each function fills the tensor in place and returns it, as in torch.nn.init;
 * the trailing underscore says so.
 */

/** How many values flow into one output, and out of one input. */
export function fans(weight: Tensor): { fanIn: number; fanOut: number } {
  requireTensor("nn.init", "weight", weight);
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

/** What kaimingUniform_ and kaimingNormal_ can be told by name. */
export interface KaimingOptions {
  /** Slope of the rectifier's negative side, 0 unless given. */
  a?: number;
  /** Whether signals keep their size on the way in ("fanIn", unless given) or gradients on the way back ("fanOut"). */
  mode?: "fanIn" | "fanOut";
  /** What comes after the layer, which says how much it takes away. "leakyRelu" unless given, which with a = 0 is relu. */
  nonlinearity?: "leakyRelu" | "relu" | "tanh" | "sigmoid" | "linear";
  generator?: Generator;
}

/**
 * Keep the size of signals through layers with relu: uniform within ±gain · √(3 / fanIn), gain² = 2 / (1 + a²).
 *
 * @param a slope of the rectifier's negative side; √5 gives the default of PyTorch's layers, ±1/√fanIn; or options:
 *          a, mode, nonlinearity, generator
 * @see He et al. 2015, arXiv:1502.01852
 */
export function kaimingUniform_(
  x: Tensor,
  a: number | KaimingOptions = 0,
  generator: Generator = defaultGenerator,
): Tensor {
  const { std, chance } = kaiming(x, a, generator);
  return uniform_(x, -Math.sqrt(3) * std, Math.sqrt(3) * std, chance);
}

/** As kaimingUniform_, from a normal distribution with standard deviation gain / √fanIn. */
export function kaimingNormal_(
  x: Tensor,
  a: number | KaimingOptions = 0,
  generator: Generator = defaultGenerator,
): Tensor {
  const { std, chance } = kaiming(x, a, generator);
  return normal_(x, 0, std, chance);
}

function kaiming(
  x: Tensor,
  options: number | KaimingOptions,
  generator: Generator,
): { std: number; chance: Generator } {
  const named = typeof options === "object" ? options : { a: options };
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu", generator: chance = generator } = named;
  const gains = {
    leakyRelu: Math.sqrt(2 / (1 + a * a)),
    relu: Math.SQRT2,
    tanh: 5 / 3,
    sigmoid: 1,
    linear: 1,
  };
  if (!(nonlinearity in gains)) {
    throw rangeError("nn.init", `a nonlinearity of ${Object.keys(gains).join(", ")}`, describe(nonlinearity));
  }
  const { fanIn, fanOut } = fans(x);
  if (mode !== "fanIn" && mode !== "fanOut")
    throw rangeError("nn.init", 'mode "fanIn" or "fanOut"', describe(mode));
  return { std: gains[nonlinearity] / Math.sqrt(mode === "fanIn" ? fanIn : fanOut), chance };
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
  requireTensor("nn.init", "weight", x);
  return noGrad(() => {
    for (let i = 0; i < x.storage.length; i++) x.storage[i] = draw();
    markChanged(x.storage);
    return x;
  });
}
