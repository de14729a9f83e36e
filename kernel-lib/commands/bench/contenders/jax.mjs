// jax-js as a contender: its wasm backend, compiled with jit.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { IMAGES, labels, numbers, parameter } from "../numbers.mjs";
import { product, walk } from "../networks.mjs";
import { serve } from "./serve.mjs";

/** @typedef {any} Array a jax-js array; its types are where it is installed, not here */

await serve(async ({ network, folder = "" }) => {
  if (!network) throw new Error("jax-js runs networks only");
  const file = join(folder, "node_modules", "@jax-js", "jax", "dist", "index.js");
  const jax = await import(pathToFileURL(file).href);
  const { numpy: np, lax, nn } = jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");

  const { batch, input, classes } = network;
  const layers = walk(network);
  const shapes = layers.flatMap(({ parameters }) => parameters);
  /** @type {Array[]} */
  let weights = shapes.map((shape, place) => {
    // A layer's parameters come in pairs, the bias second.
    return np.array(parameter(shape, place % 2 === 1, place)).reshape(shape);
  });

  /** @param {Array[]} p @param {Array} x */
  const forward = (p, x) => {
    let place = 0;
    return layers.reduce((h, { layer, args, options, from }) => {
      if (layer === "ReLU") return nn.relu(h);
      if (layer === "Flatten") return h.reshape([batch, -1]);
      if (layer === "MaxPool2d") {
        const [side, [c, height, width]] = [args[0], from];
        return np.max(h.reshape([batch, c, height / side, side, width / side, side]), [3, 5]);
      }
      const [weight, bias] = [p[place++], p[place++]];
      if (layer === "Linear") return np.matmul(h, weight.transpose()).add(bias);
      if (layer !== "Conv2d") throw new Error(`${layer} is not written for jax-js`);
      const { padding = 0, stride = 1 } = options;
      const sides = [padding, padding];
      const out = lax.convGeneralDilated(h, weight, [stride, stride], [sides, sides]);
      return out.add(bias.reshape([1, -1, 1, 1]));
    }, x);
  };
  /** @param {Array[]} p @param {Array} x @param {Array} y */
  const lossOf = (p, x, y) => np.mean(np.sum(nn.logSoftmax(forward(p, x), 1).mul(y), 1)).mul(-1);
  const update = jax.jit((/** @type {Array[]} */ p, /** @type {Array} */ x, /** @type {Array} */ y) => {
    const [loss, gradients] = jax.valueAndGrad((/** @type {Array[]} */ q) => lossOf(q, x, y))(
      p.map((each) => each.ref),
    );
    return [loss, p.map((each, i) => each.sub(gradients[i].mul(0.01)))];
  });

  const x = np.array(numbers(batch * product(input), IMAGES)).reshape([batch, ...input]);
  const y = nn.oneHot(np.array(labels(batch, classes)), classes);
  const step = async () => {
    const [loss, next] = update(weights, x.ref, y.ref);
    weights = next;
    await jax.blockUntilReady(weights);
    return (await loss.data())[0];
  };
  const start = performance.now();
  const check = await step();
  return { step, facts: { firstMs: performance.now() - start, check } };
});
