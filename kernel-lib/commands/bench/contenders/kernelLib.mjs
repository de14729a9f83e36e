// kernel-lib as a contender, through what it exports and nothing else.

import { build, product } from "../networks.mjs";
import { BATCHES, IMAGES, labels, numbers, parameter } from "../numbers.mjs";
import { peakGflops } from "../peak.mjs";
import { serve } from "./serve.mjs";

const loading = performance.now();
const { F, backend, data, fromTypedArray, nn, noGrad, optim } = await import("kernel-lib");
const importMs = performance.now() - loading;

/** @typedef {import("../networks.mjs").Network} Network */

await serve((job) => {
  if (job.kind === "peak") return { step: () => {}, facts: { gflops: peakGflops() } };
  if (backend.list().includes("wasm")) backend.use("wasm");
  /** @type {{ setThreads?: (threads: number) => void }} */ (backend).setThreads?.(job.threads);
  if (job.kind === "train") return train(/** @type {Network} */ (job.network));
  if (job.kind === "forward") return forward(/** @type {Network} */ (job.network));
  return { step: operation(job.kind, /** @type {number} */ (job.size)), facts: { importMs } };
});

/** @param {Network} network */
function train({ input, batch, classes, layers }) {
  const count = batch * BATCHES;
  const images = fromTypedArray(numbers(count * product(input), IMAGES), [count, ...input]);
  const classOf = fromTypedArray(labels(count, classes));

  const building = performance.now();
  const loader = new data.DataLoader(new data.TensorDataset(images, classOf), { batchSize: batch });
  const model = build(nn, layers);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const buildMs = performance.now() - building;
  setWeights(model);

  const batches = forever(loader);
  const step = () => {
    const [x, y] = batches.next().value;
    optimizer.zeroGrad();
    const loss = F.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  };
  const start = performance.now();
  const check = step();
  return { step, facts: { importMs, firstMs: buildMs + performance.now() - start, check } };
}

/** @param {Network} network */
function forward({ input, batch, layers }) {
  const x = fromTypedArray(numbers(batch * product(input), IMAGES), [batch, ...input]);
  const model = build(nn, layers);
  setWeights(model);
  model.eval();
  const step = () => noGrad(() => model.forward(x));
  const start = performance.now();
  const check = step().abs().mean().item();
  return { step, facts: { importMs, firstMs: performance.now() - start, check } };
}

/**
 * @param {string} kind
 * @param {number} size
 */
function operation(kind, size) {
  const shape = kind === "matmul" ? [size, size] : [size];
  const [a, b] = [1, 2].map((seed) => fromTypedArray(numbers(product(shape), seed), shape));
  const operations = {
    add: () => a.add(b),
    relu: () => a.relu(),
    sum: () => a.sum(),
    matmul: () => a.matmul(b),
  };
  return operations[/** @type {keyof typeof operations} */ (kind)];
}

/** @param {import("kernel-lib").nn.Module} model */
function setWeights(model) {
  const state = model.namedParameters().map(([name, { shape }], place) => {
    return [name, fromTypedArray(parameter(shape, name.endsWith("bias"), place), shape)];
  });
  model.loadStateDict(Object.fromEntries(state), { strict: false });
}

/**
 * @param {Iterable<import("kernel-lib").Tensor[]>} loader
 * @returns {Generator<import("kernel-lib").Tensor[], never>}
 */
function* forever(loader) {
  for (;;) yield* loader;
}
