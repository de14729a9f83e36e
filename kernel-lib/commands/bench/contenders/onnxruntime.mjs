// onnxruntime-node as a contender: it cannot train, and it is the one to beat forward.

import { createRequire } from "node:module";
import { join } from "node:path";
import { IMAGES, numbers } from "../numbers.mjs";
import { product } from "../networks.mjs";
import { onnxModel } from "./onnxModel.mjs";
import { serve } from "./serve.mjs";

await serve(async ({ network, threads, folder = "" }) => {
  if (!network) throw new Error("onnxruntime runs networks only");
  const ort = createRequire(join(folder, "package.json"))("onnxruntime-node");
  const session = await ort.InferenceSession.create(onnxModel(network), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const shape = [network.batch, ...network.input];
  const x = new ort.Tensor("float32", numbers(product(shape), IMAGES), shape);
  const step = async () => (await session.run({ x })).y.data;
  const start = performance.now();
  /** @type {Float32Array} */
  const out = await step();
  const check = out.reduce((sum, each) => sum + Math.abs(each), 0) / out.length;
  return { step, facts: { firstMs: performance.now() - start, check } };
});
