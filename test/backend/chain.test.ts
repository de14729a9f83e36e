import { backend, cat, Generator, manualSeed, nn, noGrad, optim, rand, randn, type Tensor } from "kernel-lib";
import { afterEach, describe, expect, test } from "vitest";
import type { Link } from "../../kernel-lib/src/backend/backend";
import { compile } from "../../kernel-lib/src/backend/wasm/chain/compile";
import { conv2dGeometry } from "../../kernel-lib/src/ops/conv2d";
import { NETS, randomStack, relu, step } from "../support/networks";

// A Sequential on the fast backend against the same layers one by one on the reference: values, every gradient, every
// running statistic. Differences are relative to the largest value of each tensor.

afterEach(() => backend.use("reference"));

function compare(got: Map<string, Tensor>, expected: Map<string, Tensor>): void {
  expect([...got.keys()]).toEqual([...expected.keys()]);
  for (const [name, tensor] of expected) {
    const scale = Math.max(1, ...tensor.storage.map(Math.abs));
    const difference = Math.max(
      ...tensor.storage.map((value, i) => Math.abs(value - got.get(name)!.storage[i])),
    );
    expect(difference / scale, name).toBeLessThan(1e-5);
  }
}

function onBoth<T>(net: nn.Sequential, run: () => T): { expected: T; got: T } {
  const state = net.stateDict();
  backend.use("reference");
  const expected = run();
  net.loadStateDict(state);
  backend.use("wasm");
  return { expected, got: run() };
}

describe("a Sequential on wasm", () => {
  test.each(NETS)("computes what the reference computes: $name", ({ shape, make }) => {
    manualSeed(1);
    const net = new nn.Sequential(...make());
    const x = randn(shape);
    for (const wantsGradX of [true, false]) {
      x.requiresGrad = wantsGradX;
      const { expected, got } = onBoth(net, () => step(net, x));
      compare(got, expected);
    }
    net.eval();
    const { expected, got } = onBoth(net, () => noGrad(() => net.forward(x)));
    compare(new Map([["output", got]]), new Map([["output", expected]]));
  });

  test("runs as one op", () => {
    backend.use("wasm");
    const net = new nn.Sequential(...NETS[0].make());
    expect(net.forward(rand(2, 1, 28, 28)).node?.op).toBe("chain");
  });

  test("computes random stacks of layers as the reference does", () => {
    manualSeed(5);
    for (let trial = 0; trial < 60; trial++) {
      const { shape, layers } = randomStack();
      const net = new nn.Sequential(...layers);
      const x = randn(shape).requiresGrad_();
      const { expected, got } = onBoth(net, () => step(net, x));
      compare(got, expected);
      net.eval();
      const known = onBoth(net, () => noGrad(() => net.forward(x)));
      compare(new Map([["output", known.got]]), new Map([["output", known.expected]]));
    }
  });

  test("takes a norm whose statistics are known into the convolution before it", () => {
    manualSeed(6);
    // Without tiles and with them, in groups, and lane by lane.
    const layers = [new nn.Conv2d(3, 8, 3), new nn.BatchNorm2d(8), new nn.Conv2d(8, 16, 3), new nn.BatchNorm2d(16), relu(), new nn.Conv2d(16, 6, 3, { groups: 2 }), new nn.BatchNorm2d(6, { affine: false }), new nn.Conv2d(6, 6, 3, { groups: 6 }), new nn.BatchNorm2d(6)]; // prettier-ignore
    const net = new nn.Sequential(...layers);
    for (let i = 0; i < 3; i++) net.forward(randn(8, 3, 20, 20).mul(3).add(1));
    net.eval();
    const x = randn(2, 3, 20, 20);
    for (const times of [1, 2]) {
      const { expected, got } = onBoth(net, () => noGrad(() => net.forward(x)));
      compare(new Map([["output", got]]), new Map([["output", expected]]));
      const norm = layers[1] as nn.BatchNorm2d;
      norm.runningMean!.storage.set(randn(8).mul(times).storage); // is noticed the second time
      norm.weight!.storage.fill(2);
    }
    const link = (kind: "conv2d" | "batchNorm", ofBatch: boolean): Link =>
      kind === "conv2d"
        ? { kind, g: conv2dGeometry([2, 3, 8, 8], [8, 3, 3, 3], undefined, {}) }
        : { kind, eps: 1e-5, ofBatch };
    const passes = (record: boolean, ofBatch: boolean): string[] =>
      compile(
        { shape: [2, 3, 8, 8], links: [link("conv2d", false), link("batchNorm", ofBatch)], record, gradX: false, learns: [record, record] }, // prettier-ignore
        { fma: false, winograd: true, parts: 1 },
      )!.forward.flatMap((action) => ("act" in action ? [] : [action.name]));
    expect(passes(false, false).filter((name) => name.includes("batchNorm"))).toEqual([]);
    expect(passes(false, true).filter((name) => name.includes("batchNorm"))).not.toEqual([]);
    expect(passes(true, false).filter((name) => name.includes("batchNorm"))).not.toEqual([]);
  });

  test("leaves a layer whose parameters do not fit to say so itself", () => {
    const x = randn(2, 8, 5, 5);
    const wrong = (): nn.Parameter => new nn.Parameter(rand(3));
    const dense = (): nn.Linear => new nn.Linear(200, 5);
    const misfits: [nn.Module[], string][] = [
      [[new nn.BatchNorm2d(8)], "weight"],
      [[new nn.BatchNorm2d(8)], "bias"],
      [[new nn.Flatten(), dense()], "bias"],
    ];
    for (const [layers, field] of misfits) {
      Object.assign(layers.at(-1)!, { [field]: wrong() });
      const net = new nn.Sequential(...layers).eval();
      for (const name of ["reference", "wasm"]) {
        backend.use(name);
        expect(() => net.forward(x), `${field} on ${name}`).toThrow(/3/);
      }
    }
  });

  test("takes back no further than somebody asks for a gradient", () => {
    manualSeed(7);
    for (const { shape, make } of NETS) {
      for (const frozen of [1, 3, 100]) {
        const net = new nn.Sequential(...make());
        net.parameters().forEach((parameter, i) => parameter.requiresGrad_(i >= frozen));
        for (const wantsGradX of frozen === 100 ? [true] : [true, false]) {
          const x = randn(shape);
          x.requiresGrad = wantsGradX;
          const { expected, got } = onBoth(net, () => step(net, x));
          compare(got, expected);
        }
      }
    }
  });

  test("keeps the results of many passes apart that wait for their way back", () => {
    manualSeed(2);
    const net = new nn.Sequential(new nn.Conv2d(1, 4, 3), new nn.BatchNorm2d(4), relu(), new nn.Flatten(), new nn.Linear(64, 2)); // prettier-ignore
    const inputs = Array.from({ length: 9 }, () => randn(2, 1, 6, 6));
    const { expected, got } = onBoth(net, () => {
      const losses = inputs.map((x) => net.forward(x).pow(2).sum());
      return losses.map((loss) => {
        net.zeroGrad();
        loss.backward();
        return new Map(net.namedParameters().map(([name, { grad }]) => [name, grad!]));
      });
    });
    expected.forEach((gradients, i) => compare(got[i], gradients));
  });

  /** A convolution on tiles, a direct one and a dense layer, whose weights are put in order once. */
  const keeper = (): nn.Sequential =>
    new nn.Sequential(new nn.Conv2d(8, 8, 3), new nn.Conv2d(8, 4, 1), new nn.Flatten(), new nn.Linear(144, 3)); // prettier-ignore

  test.each<[string, (net: nn.Sequential) => void]>([
    ["a step", (net) => new optim.SGD(net.parameters(), { lr: 0.5 }).step()],
    ["copy_", (net) => net.parameters().forEach((p) => p.copy_(p.detach().mul(2)))],
    ["loadStateDict", (net) => net.loadStateDict(keeper().stateDict())],
    ["init", (net) => net.parameters().forEach((p) => nn.init.uniform_(p))],
    ["a weight alone", (net) => net.parameters()[0].copy_(net.parameters()[0].detach().mul(2))],
    ["a bias alone", (net) => net.parameters()[1].copy_(net.parameters()[1].detach().add(1))],
  ])("computes with its weights as they are after %s", (_, change) => {
    manualSeed(11);
    const net = keeper();
    const x = randn(2, 8, 8, 8);
    backend.use("wasm");
    for (const record of [true, false]) {
      const run = (): Tensor => (record ? net.forward(x) : noGrad(() => net.forward(x))).detach();
      net.forward(x).sum().backward(); // for the step
      const before = run();
      change(net);
      const got = run();
      backend.use("reference");
      const expected = run();
      backend.use("wasm");
      compare(new Map([["output", got]]), new Map([["output", expected]]));
      expect(got.sub(before).abs().max().item()).toBeGreaterThan(0.01);
      compare(new Map([["again", run()]]), new Map([["again", expected]]));
    }
  });

  test("takes two networks of the same shapes for two", () => {
    manualSeed(12);
    const x = randn(2, 8, 8, 8);
    const nets = [keeper(), keeper()];
    backend.use("reference");
    const expected = nets.map((net) => net.forward(x).detach());
    backend.use("wasm");
    for (let round = 0; round < 2; round++) {
      nets.forEach((net, i) => compare(new Map([["output", net.forward(x)]]), new Map([["output", expected[i]]]))); // prettier-ignore
    }
  });

  test("finds the weights of another network where a pass that had made room has come back", () => {
    manualSeed(13);
    const x = randn(2, 8, 8, 8);
    const [first, second] = [keeper(), keeper()];
    backend.use("reference");
    const expected = second.forward(x).detach();
    backend.use("wasm");
    const loss = first.forward(x).sum();
    const waiting = Array.from({ length: 4 }, () => second.forward(x)); // the fourth takes the block of the first network
    loss.backward(); // and gives back one in which the second's weights stood
    compare(new Map([["output", second.forward(x)]]), new Map([["output", expected]]));
    expect(waiting).toHaveLength(4);
  });

  test("leaves a layer alone whose forward was changed", () => {
    backend.use("wasm");
    class Doubled extends nn.ReLU {
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(2);
      }
    }
    const conv = new nn.Conv2d(1, 1, 1, { bias: false });
    conv.weight.storage[0] = 1;
    const x = rand(1, 1, 2, 2);
    expect(new nn.Sequential(conv, new Doubled()).forward(x).toArray()).toEqual(x.mul(2).toArray());
    const own = new nn.ReLU();
    own.forward = (y) => y.mul(3);
    expect(new nn.Sequential(conv, own).forward(x).toArray()).toEqual(x.mul(3).toArray());
  });

  test("says what is wrong with an input in the words of the layer", () => {
    const net = new nn.Sequential(new nn.Conv2d(3, 4, 3), relu());
    const refusal = (name: string): unknown => {
      backend.use(name);
      try {
        net.forward(rand(1, 1, 8, 8));
      } catch (error) {
        return (error as Error).message;
      }
      return undefined;
    };
    expect(refusal("wasm")).toBe(refusal("reference"));
    expect(refusal("wasm")).toContain("3 channels");
  });

  test.each<[string, nn.Module[]]>([
    ["", [new nn.Conv2d(1, 3, 1), relu(), new nn.MaxPool2d(2), new nn.Conv2d(3, 2, 1), new nn.Flatten()]],
    [", beside channels that are no fours", [new nn.Conv2d(1, 3, 1), new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(3, 2)]], // prettier-ignore
  ])("lets nan and infinity through as the reference does%s", (_, layers) => {
    const net = new nn.Sequential(...layers);
    net.parameters().forEach((parameter) => parameter.copy_(parameter.detach().abs()));
    const kind = (value: number): string => (Number.isNaN(value) ? "nan" : String(Math.sign(value) * Number(!Number.isFinite(value)))); // prettier-ignore
    for (const edges of [
      [NaN, Infinity],
      [1, Infinity],
    ]) {
      const x = rand(1, 1, 4, 4);
      [x.storage[5], x.storage[15]] = edges;
      const { expected, got } = onBoth(net, () => noGrad(() => net.forward(x)));
      expect([...got.storage].map(kind)).toEqual([...expected.storage].map(kind));
    }
  });

  test("keeps its memory bounded where no pass is ever taken back", () => {
    backend.use("wasm");
    const net = new nn.Sequential(new nn.Conv2d(1, 8, 5, { padding: 2 }), relu(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(1568, 10)); // prettier-ignore
    const run = (): void => {
      for (let i = 0; i < 300; i++) net.forward(rand(8, 1, 28, 28));
    };
    run();
    const before = process.memoryUsage().rss;
    run();
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  test.each([
    ["of few weights", () => [new nn.Conv2d(4, 64, 3, { padding: 1 }), relu(), new nn.BatchNorm2d(64)]],
    [
      "of many weights",
      () => [4, 64, 64, 64].map((channels) => new nn.Conv2d(channels, 64, 3, { padding: 1 })),
    ],
  ])("takes a large batch through a net %s in little memory, where nothing is remembered", (_, make) => {
    manualSeed(13);
    const net = new nn.Sequential(...make(), new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(64, 3)).eval(); // prettier-ignore
    const x = randn(301, 4, 32, 32);
    backend.use("wasm");
    const memory = (): number => process.memoryUsage().rss / 2 ** 20;
    const before = memory();
    const whole = noGrad(() => net.forward(x));
    expect(memory() - before).toBeLessThan(250); // in one go it would be 500
    expect(whole.shape).toEqual([301, 3]);
    const halves = [x.narrow(0, 0, 150), x.narrow(0, 150, 151)].map((part) =>
      noGrad(() => net.forward(part)),
    );
    expect(whole.data).toEqual(cat(halves, 0).data);
  });

  test("computes with its weights as they are when one pass was given up for room", () => {
    manualSeed(14);
    backend.use("wasm");
    const net = new nn.Sequential(new nn.Conv2d(8, 64, 3, { padding: 1 }), new nn.Flatten(), new nn.Linear(65536, 2)); // prettier-ignore
    const expected = new Map<number, Tensor>();
    for (let round = 0; round < 2; round++) {
      for (const batch of [60, 61, 62, 63]) {
        const x = randn(batch, 8, 32, 32, { generator: new Generator(batch) });
        const out = noGrad(() => net.forward(x));
        if (round === 0) expected.set(batch, out);
        else expect(out.data).toEqual(expected.get(batch)!.data);
      }
    }
  });

  test.each<[string, (net: nn.Sequential, x: Tensor) => void]>([
    ["a weight", (net) => net.parameters()[0].copy_(net.parameters()[0].detach().mul(2))],
    ["the input", (_, x) => x.copy_(x.detach().mul(2))],
  ])("refuses the way back once %s was overwritten, as layer by layer", (_, change) => {
    for (const name of backend.list()) {
      backend.use(name);
      const net = keeper();
      const x = randn(2, 8, 8, 8).requiresGrad_();
      const loss = net.forward(x).sum();
      change(net, x);
      expect(() => loss.backward()).toThrow(/^backward: expected the inputs of .* as they were when it was computed/); // prettier-ignore
    }
  });

  test("leaves an input that is no tensor to the first layer", () => {
    for (const name of backend.list()) {
      backend.use(name);
      for (const wrong of [[1], undefined, null, 3]) {
        const forward = (): Tensor => new nn.Sequential(new nn.Conv2d(2, 4, 3)).forward(wrong as never);
        expect(forward).toThrow("conv2d: expected x as a Tensor, got");
      }
    }
  });

  test("has an infinite mean where a value is infinite", () => {
    const norm = new nn.BatchNorm2d(4);
    const net = new nn.Sequential(new nn.Conv2d(4, 4, 1, { groups: 4 }), norm);
    const x = randn(2, 4, 8, 8);
    x.storage.fill(Infinity, 64, 65); // the first pixel of channel 1
    backend.use("wasm");
    const weight = net.parameters()[0];
    weight.copy_(weight.detach().abs());
    net.forward(x);
    expect(norm.runningMean!.data.map((mean) => Number(mean === Infinity))).toEqual(Float32Array.of(0, 1, 0, 0)); // prettier-ignore
  });

  test("takes the moments of a batch though one pixel stands far off", () => {
    manualSeed(15);
    const net = new nn.Sequential(new nn.Conv2d(1, 1, 1, { bias: false }), new nn.BatchNorm2d(1));
    net.parameters()[0].copy_(net.parameters()[0].detach().mul(0).add(1));
    const x = randn(4, 1, 16, 16).mul(0.1).add(100);
    x.storage[0] = 0; // a black corner
    const { expected, got } = onBoth(net, () => net.forward(x).detach());
    compare(new Map([["output", got]]), new Map([["output", expected]]));
  });
});
