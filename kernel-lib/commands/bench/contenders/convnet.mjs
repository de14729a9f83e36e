// ConvNetJS as a contender: one image at a time, a step when a batch is through.

import { createRequire } from "node:module";
import { join } from "node:path";
import { IMAGES, numbers } from "../numbers.mjs";
import { product } from "../networks.mjs";
import { serve } from "./serve.mjs";

await serve(({ network, folder = "" }) => {
  if (!network) throw new Error("ConvNetJS runs networks only");
  const convnet = createRequire(join(folder, "package.json"))("convnetjs");
  const { batch, classes, layers } = network;
  const [channels, height, width] = network.input;
  const net = new convnet.Net();
  net.makeLayers([
    { type: "input", out_sx: width, out_sy: height, out_depth: channels },
    ...layers.flatMap(({ layer, args, options: { padding: pad = 0, stride = 1 } }, i) => {
      if (layer === "Conv2d") return [{ type: "conv", filters: args[1], sx: args[2], pad, stride }];
      if (layer === "MaxPool2d") return [{ type: "pool", sx: args[0], stride: args[0] }];
      if (layer === "ReLU") return [{ type: "relu" }];
      if (layer === "Flatten") return []; // its layers flatten by themselves
      if (layer === "Linear" && i === layers.length - 1) return [{ type: "softmax", num_classes: classes }];
      throw new Error(`${layer} is not written for ConvNetJS`);
    }),
  ]);
  const trainer = new convnet.Trainer(net, {
    method: "sgd",
    learning_rate: 0.01,
    momentum: 0,
    batch_size: batch,
  });
  const size = product(network.input);
  const values = numbers(batch * size, IMAGES);
  const images = Array.from({ length: batch }, (_, n) => {
    const image = new convnet.Vol(width, height, channels, 0);
    for (let i = 0; i < size; i++) image.w[i] = values[n * size + i];
    return image;
  });
  const step = () => {
    images.forEach((image, n) => trainer.train(image, n % classes));
  };
  const start = performance.now();
  step();
  return { step, facts: { firstMs: performance.now() - start } };
});
