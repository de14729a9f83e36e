import { backend, Generator, manualSeed, nn, randn, type Tensor } from "kernel-lib";
import { afterEach, describe, expect, test } from "vitest";
import { expectAlike } from "../support/backends";
import { relu, step } from "../support/networks";

// Each layer that the fast backend takes into a chain, between two convolutions, against the reference.

afterEach(() => backend.use("reference"));

const conv = (from: number, to: number, options: { groups?: number; bias?: boolean } = {}): nn.Conv2d =>
  new nn.Conv2d(from, to, 3, { padding: 1, ...options });

/** A network on both backends from the same weights and the same chance: what a step computes, and as how many ops. */
function compareStep(net: nn.Sequential, x: Tensor, tolerance = 1e-5): void {
  const state = net.stateDict();
  backend.use("reference");
  manualSeed(11);
  const expected = step(net, x);
  net.loadStateDict(state);
  backend.use("wasm");
  manualSeed(11);
  const got = step(net, x);
  expectAlike(got, expected, tolerance);
  net.loadStateDict(state);
  expect(net.forward(x).node?.op).toBe("chain");
}

const LAYERS: Record<string, () => nn.Module[]> = {
  "a Sequential within another": () => [new nn.Sequential(relu(), new nn.Sequential(conv(6, 6)))],
  "the average of whole maps": () => [new nn.AdaptiveAvgPool2d(1)],
  "the average of quarters": () => [relu(), new nn.AdaptiveAvgPool2d([2, null])],
  dropout: () => [relu(), new nn.Dropout(0.4), conv(6, 6), new nn.Dropout(0.1)],
  "dropout of whole maps": () => [new nn.Dropout2d(0.4), relu(), new nn.Dropout2d(0.2)],
  "dropout of everything, and of nothing": () => [new nn.Dropout(1), new nn.Dropout(0)],
  "convolutions in groups": () => [
    conv(6, 4, { groups: 2 }),
    relu(),
    conv(4, 12, { groups: 4, bias: false }),
  ],
  "a convolution of each map by itself": () => [
    conv(6, 6, { groups: 6 }),
    relu(),
    conv(6, 12, { groups: 6 }),
  ],
  "a residual block": () => [
    relu(),
    new nn.Residual(new nn.Sequential(conv(6, 6), new nn.BatchNorm2d(6), relu(), conv(6, 6))),
    relu(),
  ],
  "a residual block with a shortcut": () => [
    new nn.Residual(new nn.Sequential(conv(6, 9), relu(), conv(9, 5), relu()), new nn.Conv2d(6, 5, 1)),
    relu(),
    conv(5, 3),
  ],
  "residual blocks within each other": () => [
    new nn.Residual(new nn.Residual(conv(6, 6), conv(6, 6))),
    new nn.Residual(new nn.Sequential(relu(), new nn.Residual(relu())), new nn.LeakyReLU()),
  ],
  "a residual block that does nothing": () => [
    relu(),
    new nn.Residual(new nn.Dropout(0)),
    relu(),
    conv(6, 3),
  ],
  "a leaky relu": () => [new nn.LeakyReLU(0.2), conv(6, 6), relu(), new nn.LeakyReLU()],
};

describe("a chain on wasm takes in", () => {
  test.each(Object.entries(LAYERS))("%s", (_, make) => {
    manualSeed(1);
    const net = new nn.Sequential(conv(3, 6), ...make(), new nn.Flatten(1));
    for (const wantsGradX of [true, false]) {
      const x = randn(2, 3, 8, 6).requiresGrad_(wantsGradX);
      compareStep(net, x);
      net.eval();
      compareStep(net, x);
      net.train();
    }
  });

  test("a residual block on a frozen network", () => {
    manualSeed(4);
    for (const learning of [0, 1, 2, 3]) {
      const parts = [conv(3, 6), conv(6, 6), new nn.Conv2d(6, 6, 1), conv(6, 2)];
      const net = new nn.Sequential(parts[0], relu(), new nn.Residual(parts[1], parts[2]), relu(), parts[3]);
      net.parameters().forEach((parameter) => parameter.requiresGrad_(false));
      parts[learning].parameters().forEach((parameter) => parameter.requiresGrad_());
      compareStep(net, randn(2, 3, 8, 6));
    }
  });

  test("dropout with a generator of its own, which goes on as it would layer by layer", () => {
    const generators = [new Generator(3), new Generator(3)];
    const out = ["reference", "wasm"].map((name, i) => {
      backend.use(name);
      manualSeed(2);
      const net = new nn.Sequential(conv(1, 4), new nn.Dropout(0.5, { generator: generators[i] }));
      return net.forward(randn(1, 1, 5, 5).requiresGrad_()).detach();
    });
    expectAlike(new Map([["out", out[1]]]), new Map([["out", out[0]]]));
    expect(generators[1].uniform()).toBe(generators[0].uniform());
  });
});
