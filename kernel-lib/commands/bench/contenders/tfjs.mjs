// TensorFlow.js as a contender: its plain JavaScript backend, the only one in Node without native code that can train.

import { createRequire } from "node:module";
import { join } from "node:path";
import { IMAGES, labels, numbers } from "../numbers.mjs";
import { product } from "../networks.mjs";
import { serve } from "./serve.mjs";

await serve(async ({ network, folder = "" }) => {
  if (!network) throw new Error("TensorFlow.js runs networks only");
  const tf = createRequire(join(folder, "package.json"))("@tensorflow/tfjs");
  await tf.setBackend("cpu");
  await tf.ready();
  const { batch, classes, layers } = network;
  const [channels, height, width] = network.input;
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [height, width, channels] }));
  for (const { layer, args, options } of layers) {
    const { stride = 1 } = options;
    const made = /** @type {Record<string, () => unknown>} */ ({
      Conv2d: () =>
        tf.layers.conv2d({ filters: args[1], kernelSize: args[2], padding: "same", strides: stride }),
      MaxPool2d: () => tf.layers.maxPooling2d({ poolSize: args[0] }),
      BatchNorm2d: () => tf.layers.batchNormalization(),
      Linear: () => tf.layers.dense({ units: args[1] }),
      Flatten: () => tf.layers.flatten(),
      ReLU: () => tf.layers.reLU(),
    })[layer]();
    model.add(made);
  }
  const x = tf.tensor(numbers(batch * product(network.input), IMAGES), [batch, height, width, channels]);
  const y = tf.oneHot(tf.tensor1d(labels(batch, classes), "int32"), classes).toFloat();
  const optimizer = tf.train.sgd(0.01);
  const weights = model.trainableWeights.map((/** @type {{ val: unknown }} */ weight) => weight.val);
  const step = async () => {
    const lossOf = () => tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }));
    const loss = optimizer.minimize(lossOf, true, weights);
    await loss.data();
    loss.dispose();
  };
  const start = performance.now();
  await step();
  return { step, facts: { firstMs: performance.now() - start } };
});
