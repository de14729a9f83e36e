import { backend, manualSeed, nn, rand, randn, type Tensor } from "kernel-lib";
import { afterEach, describe, expect, test } from "vitest";
import { expectAlike, onBoth } from "../support/backends";

// Pooling within a chain on the fast backend against the reference: windows that overlap, that leave pixels out, that
// are cut at the edges.

afterEach(() => backend.use("reference"));

const pick = (n: number): number => Math.floor(rand(1).item() * n);

function randomPool(): nn.Module {
  const kernel = [1 + pick(4), 1 + pick(4)] as const;
  const padding = kernel.map((size) => pick(Math.floor(size / 2) + 1)) as [number, number];
  const options = { stride: [1 + pick(4), 1 + pick(4)] as const, padding, ceilMode: pick(2) > 0 };
  return pick(2)
    ? new nn.MaxPool2d(kernel, { ...options, dilation: [1 + pick(2), 1 + pick(2)] })
    : new nn.AvgPool2d(kernel, { ...options, countIncludePad: pick(2) > 0 });
}

/** Between two convolutions that change nothing, so that the pool is a link of a chain. */
function through(pool: nn.Module, x: Tensor, withRelu: boolean): Map<string, Tensor> {
  const same = (): nn.Conv2d => {
    const conv = new nn.Conv2d(x.shape[1], x.shape[1], 1, { groups: x.shape[1], bias: false });
    conv.weight.storage.fill(1);
    return conv;
  };
  const net = new nn.Sequential(same(), ...(withRelu ? [new nn.ReLU()] : []), pool, same());
  x.grad = null;
  const out = net.forward(x);
  if (backend.current.name === "wasm") expect(out.node!.op).toBe("chain");
  out.mul(randn(...out.shape)).sum().backward(); // prettier-ignore
  return new Map([["out", out.detach()], ["x", x.grad!]]); // prettier-ignore
}

describe("pooling within a chain on wasm", () => {
  const edges = [NaN, Infinity, -Infinity];
  test.each<[string, (x: Tensor) => void]>([
    ["numbers", () => {}],
    ["nan and infinity among them", ({ storage }) => edges.forEach((edge) => (storage[pick(storage.length)] = edge))], // prettier-ignore
    ["nothing but −infinity", ({ storage }) => storage.fill(-Infinity)],
  ])("computes what the reference computes, of %s", (_, change) => {
    manualSeed(31);
    for (let trial = 0; trial < 60; trial++) {
      const pool = randomPool();
      const x = randn(2, 1 + pick(7), 9 + pick(8), 10 + pick(8));
      change(x);
      x.requiresGrad_();
      const { expected, got } = onBoth(() => (manualSeed(trial), through(pool, x, trial % 2 > 0)));
      expectAlike(got, expected);
    }
  });
});
