import { backend, manualSeed, nn, rand, randn, type Tensor } from "kernel-lib";
import { afterEach, describe, expect, test } from "vitest";
import { expectAlike, onBoth } from "../support/backends";

// Convolutions in groups on the fast backend against the reference: every group meets its own channels alone.

afterEach(() => backend.use("reference"));

const pick = (n: number): number => Math.floor(rand(1).item() * n);

/** A convolution of random geometry, and images that it takes. */
function randomConvolution(): { conv: nn.Conv2d; x: Tensor } {
  const groups = 1 + pick(6);
  const depthwise = pick(2) > 0;
  const [channels, outChannels] = [1, depthwise ? 1 : 0].map((n) => groups * (n || 1 + pick(9)));
  const kernel = [1 + pick(5), 1 + pick(5)] as const;
  const steps = (most: number): [number, number] => [1 + pick(most), 1 + pick(most)];
  const options = { groups, stride: steps(3), dilation: steps(2), padding: [pick(3), pick(3)] as const, bias: pick(2) > 0 }; // prettier-ignore
  const conv = new nn.Conv2d(depthwise ? channels : groups * (1 + pick(7)), outChannels, kernel, options);
  return { conv, x: randn(1 + pick(3), conv.weight.shape[1] * groups, 9 + pick(8), 9 + pick(8)) };
}

/** Behind a relu, whose gradient is kept by the convolution, and with one in it. */
function through(conv: nn.Conv2d, x: Tensor, alone: boolean): Map<string, Tensor> {
  const layers: nn.Module[] = alone ? [conv] : [new nn.ReLU(), conv, new nn.ReLU()];
  const net = new nn.Sequential(...layers);
  net.zeroGrad();
  x.grad = null;
  const out = net.forward(x);
  expect(out.node?.op === "chain").toBe(backend.current.name === "wasm");
  out.mul(0.7).sum().backward();
  return new Map([
    ["out", out.detach()],
    ["x", x.grad!],
    ...net.namedParameters().map(([name, { grad }]) => [name, grad!] as const),
  ]);
}

describe("a convolution in groups on wasm", () => {
  test("computes what the reference computes, and its gradients", () => {
    manualSeed(21);
    for (let trial = 0; trial < 150; trial++) {
      const { conv, x } = randomConvolution();
      x.requiresGrad_();
      const { expected, got } = onBoth(() => through(conv, x, trial % 2 > 0));
      expectAlike(got, expected);
    }
  });

  test("keeps nan and infinity in their group", () => {
    manualSeed(22);
    for (let trial = 0; trial < 100; trial++) {
      const { conv, x } = randomConvolution();
      const [, channels, height, width] = x.shape;
      const [nan, infinite] = [pick(channels), pick(channels)];
      x.storage[infinite * height * width + pick(height * width)] = Infinity;
      x.storage[nan * height * width + pick(height * width)] = NaN;
      x.requiresGrad_();
      const { expected, got } = onBoth(() => through(conv, x, true));
      expectAlike(got, expected);
    }
  });
});
