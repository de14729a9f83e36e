import { describe, expect, test } from "vitest";
import { experiments, turns } from "../../../kernel-lib/commands/bench/experiments.mjs";
import { PARTS } from "../../../kernel-lib/commands/bench/options.mjs";

const named = (name: string) => ({ name, program: name, args: [] });
const lineup = {
  ours: [named("SIMD128"), named("FMA")],
  best: named("FMA"),
  pytorch: [named("PyTorch")],
  training: [named("jax-js")],
  forward: [named("onnxruntime-node")],
  threads: true,
};
const plan = (parts: string[], rest = {}) =>
  experiments({ parts, rounds: 9, seed: 1 }, { ...lineup, ...rest }).map(
    ({ key, job, contenders, rounds }) => {
      return [key, job.threads, contenders.map(({ name }) => name).join(" "), rounds];
    },
  );

describe("experiments()", () => {
  test("times a step on one thread and on two, each way beside PyTorch", () => {
    expect(plan(["w2"])).toEqual([
      ["w2", 1, "SIMD128 FMA PyTorch", 9],
      ["w2", 2, "SIMD128 FMA PyTorch", 9],
    ]);
  });

  test("leaves two threads out where kernel-lib has one", () => {
    expect(plan(PARTS, { threads: false }).filter(([, threads]) => threads !== 1)).toEqual([]);
  });

  test("draws three networks", () => {
    expect(plan(["random"]).map(([key]) => key)).toEqual(["r1", "r1", "r2", "r2", "r3", "r3"]);
  });

  test("asks onnxruntime for forward passes only, and slow libraries for few rounds of W1", () => {
    expect(plan(["forward"])[0]).toEqual(["w1f", 1, "SIMD128 FMA PyTorch onnxruntime-node", 9]);
    expect(plan(["peers"])).toEqual([["w1", 1, "SIMD128 FMA jax-js", 3]]);
  });

  test("goes on without PyTorch", () => {
    expect(plan(["w1"], { pytorch: [] })[0]).toEqual(["w1", 1, "SIMD128 FMA", 9]);
  });

  test("draws the curves with the way that the goals are set for", () => {
    const contenders = plan(["curves"]).map(([, , names]) => names);
    expect(new Set(contenders)).toEqual(new Set(["FMA PyTorch"]));
    expect(contenders.length).toBe(9 + 6);
    const all = experiments({ parts: ["w1", "curves"], rounds: 2, seed: 1 }, lineup);
    expect(turns(all).map((together) => together.length)).toEqual([1, 1, 9, 6]);
  });
});
