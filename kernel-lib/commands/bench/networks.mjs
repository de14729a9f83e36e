// The networks that are timed, written once for every contender: names and arguments are PyTorch's and kernel-lib's alike.

/**
 * @typedef {object} Layer
 * @property {string} layer                    "Conv2d"
 * @property {number[]} args                   what stands in its parentheses: [1, 8, 5]
 * @property {Record<string, number>} options  what has a name: { padding: 2 }
 *
 * @typedef {object} Network
 * @property {string} name     as in the report: "W1"
 * @property {number[]} input  one sample: [channels, height, width]
 * @property {number} batch    samples in a step
 * @property {number} classes
 * @property {Layer[]} layers
 */

/**
 * @param {string} layer
 * @param {number[]} [args]
 * @param {Record<string, number>} [options]
 * @returns {Layer}
 */
export const layer = (layer, args = [], options = {}) => ({ layer, args, options });

/**
 * @param {number} from
 * @param {number} to
 * @param {number} size
 */
const sameConv = (from, to, size) => layer("Conv2d", [from, to, size], { padding: (size - 1) / 2 });
const relu = layer("ReLU");
const halve = layer("MaxPool2d", [2]);
const flatten = layer("Flatten");

/**
 * @param {number} from
 * @param {number} to
 */
const convNormRelu = (from, to) => [sameConv(from, to, 3), layer("BatchNorm2d", [to]), relu];

/** @type {Record<"w1" | "w2" | "w3", Network>} */
export const NETWORKS = {
  w1: {
    name: "W1 (LeNet)",
    input: [1, 28, 28],
    batch: 64,
    classes: 10,
    layers: [
      ...[sameConv(1, 8, 5), relu, halve],
      ...[sameConv(8, 16, 5), relu, halve],
      ...[flatten, layer("Linear", [784, 10])],
    ],
  },
  w2: {
    name: "W2 (small VGG)",
    input: [3, 32, 32],
    batch: 64,
    classes: 10,
    layers: [
      ...[...convNormRelu(3, 32), ...convNormRelu(32, 32), halve],
      ...[...convNormRelu(32, 64), ...convNormRelu(64, 64), halve],
      ...[flatten, layer("Linear", [4096, 128]), relu, layer("Linear", [128, 10])],
    ],
  },
  w3: {
    name: "W3 (Go policy)",
    input: [48, 19, 19],
    batch: 16,
    classes: 361,
    layers: [
      ...[sameConv(48, 64, 5), relu],
      ...Array.from({ length: 6 }, () => [sameConv(64, 64, 3), relu]).flat(),
      ...[layer("Conv2d", [64, 1, 1]), flatten],
    ],
  },
};

/**
 * Two convolutions from and to so many channels: for the curve of cost against channels.
 * @param {number} channels
 * @returns {Network}
 */
export function ofChannels(channels) {
  return {
    name: `${channels} channels`,
    input: [channels, 16, 16],
    batch: 16,
    classes: 10,
    layers: [
      ...[sameConv(channels, channels, 3), relu],
      ...[sameConv(channels, channels, 3), relu, layer("MaxPool2d", [4])],
      ...[flatten, layer("Linear", [channels * 16, 10])],
    ],
  };
}

/**
 * What a layer makes of one sample, and the multiplications it takes.
 * @param {Layer} layer
 * @param {number[]} shape
 * @returns {{ shape: number[], multiplyAdds: number, parameters: number[][] }} `parameters`: weight and bias
 */
export function follow({ layer, args, options }, shape) {
  const [channels, height, width] = shape;
  const { padding = 0, stride = layer === "MaxPool2d" ? args[0] : 1 } = options;
  /** @param {number} side @param {number} window */
  const stops = (side, window) => Math.floor((side + 2 * padding - window) / stride) + 1;
  const fits = {
    Conv2d: channels === args[0],
    BatchNorm2d: channels === args[0],
    Linear: shape.length === 1 && channels === args[0],
  }[layer];
  if (fits === false) throw new Error(`${layer}(${args.join(", ")}) after (${shape.join(", ")})`);
  switch (layer) {
    case "Conv2d": {
      const [from, to, size] = args;
      const out = [to, stops(height, size), stops(width, size)];
      const weight = [to, from, size, size];
      return {
        shape: out,
        multiplyAdds: product(out) * product(weight.slice(1)),
        parameters: [weight, [to]],
      };
    }
    case "MaxPool2d":
      return {
        shape: [channels, stops(height, args[0]), stops(width, args[0])],
        multiplyAdds: 0,
        parameters: [],
      };
    case "BatchNorm2d":
      return { shape, multiplyAdds: product(shape), parameters: [[channels], [channels]] };
    case "Linear":
      return { shape: [args[1]], multiplyAdds: product(args), parameters: [[args[1], args[0]], [args[1]]] };
    case "Flatten":
      return { shape: [product(shape)], multiplyAdds: 0, parameters: [] };
    case "ReLU":
      return { shape, multiplyAdds: 0, parameters: [] };
    default:
      throw new Error(`the bench knows no layer ${layer}`);
  }
}

/**
 * Every layer with what it makes of a sample.
 * @param {Network} network
 */
export function walk({ input, layers }) {
  let shape = input;
  return layers.map((each) => {
    const step = { ...each, from: shape, ...follow(each, shape) };
    shape = step.shape;
    return step;
  });
}

/**
 * Multiplications of a forward pass of one sample.
 * @param {Network} network
 */
export const multiplyAdds = (network) => walk(network).reduce((sum, step) => sum + step.multiplyAdds, 0);

/** @param {number[]} sizes */
export const product = (sizes) => sizes.reduce((all, size) => all * size, 1);

/**
 * The network in kernel-lib.
 * @param {typeof import("kernel-lib").nn} nn
 * @param {Layer[]} layers
 */
export function build(nn, layers) {
  const classes = /** @type {Record<string, new (...args: unknown[]) => import("kernel-lib").nn.Module>} */ (
    /** @type {unknown} */ (nn)
  );
  return new nn.Sequential(
    ...layers.map(({ layer, args, options }) => {
      const named = Object.keys(options).length > 0 ? [options] : [];
      return new classes[layer](...args, ...named);
    }),
  );
}

/**
 * In words: "28×28×1, batch 64: Conv2d(1, 8, 5, padding 2) ReLU …".
 * @param {Network} network
 */
export function describeNetwork({ input: [channels, height, width], batch, layers }) {
  const words = layers.map(({ layer, args, options }) => {
    const named = Object.entries(options).map(([name, value]) => `${name} ${value}`);
    const inside = [...args, ...named].join(", ");
    return inside ? `${layer}(${inside})` : layer;
  });
  return `${height}×${width}×${channels}, batch ${batch}: ${words.join(" ")}`;
}
