// How a contender listens: a line with a job, then a line each time it is to take so many steps. It answers each with a
// line. pytorch.py speaks the same way.

import { createInterface } from "node:readline";

/**
 * @typedef {object} Job
 * @property {"train" | "forward" | "add" | "relu" | "sum" | "matmul" | "peak"} kind
 * @property {number} threads
 * @property {import("../networks.mjs").Network} [network]
 * @property {number} [size]  numbers in a vector, or the side of a matrix
 * @property {string} [folder]  where a JavaScript peer is installed
 *
 * @typedef {object} Facts    what a contender says when it is ready
 * @property {number} [importMs]  loading its library
 * @property {number} [firstMs]   building the network and its first step
 * @property {number} [check]     what all contenders should agree on: the first loss, or the mean size of an output
 * @property {number} [gflops]    of the kind "peak"
 * @property {string} [version]
 *
 * @typedef {object} Contender
 * @property {() => unknown} step  one step; what it returns is waited for if it is a promise
 * @property {Facts} facts
 */

/**
 * Until there are no more lines.
 * @param {(job: Job) => Contender | Promise<Contender>} make
 */
export async function serve(make) {
  /** @type {() => unknown} */
  let step = () => undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const { job, steps } = /** @type {{ job?: Job, steps?: number }} */ (JSON.parse(line));
    let answer = {};
    if (job) {
      const contender = await make(job);
      step = contender.step;
      answer = contender.facts;
    } else answer = { ms: await timesOf(step, steps ?? 1) };
    // The most memory it ever held, which PyTorch is asked for as well.
    console.log(JSON.stringify({ ...answer, memoryMB: process.resourceUsage().maxRSS / 1024 }));
  }
}

/**
 * @param {() => unknown} step
 * @param {number} steps
 */
async function timesOf(step, steps) {
  const ms = [];
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    const result = step();
    if (result instanceof Promise) await result; // only then: a synchronous loop stays one
    ms.push(performance.now() - start);
  }
  return ms;
}
