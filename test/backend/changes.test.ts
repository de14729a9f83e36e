import { runInNewContext } from "node:vm";
import { backend, Generator, manualSeed, nn, noGrad, rand, randn, tensor, type Tensor } from "kernel-lib";
import { afterEach, describe, expect, test } from "vitest";
import { expectAlike } from "../support/backends";
import { relu } from "../support/networks";

// Of layers that are chained as they were, nothing is worked out anew. Here anything that could be changed is changed
// between two passes, and the second one has to be what the layers as they are now compute one by one.

afterEach(() => {
  backend.use("reference");
  backend.setThreads(1);
});

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
/** A layer whose fields can be written, as they can be in a notebook that is not type-checked. */
const open = <T extends nn.Module>(layer: T): Writable<T> => layer;
const layersOf = (net: nn.Sequential): nn.Module[] => open(net).layers as nn.Module[];
const of = <T extends nn.Module>(
  net: nn.Sequential,
  type: abstract new (...args: never[]) => T,
): Writable<T> => open(net.layers.find((layer): layer is T => layer instanceof type)!);

const conv = (options: object = {}): nn.Conv2d => new nn.Conv2d(8, 8, 3, { padding: 1, ...options }); // prettier-ignore

/** The way there, and the way back where one is wanted. */
function pass(net: nn.Sequential, x: Tensor, record: boolean): Map<string, Tensor> {
  net.zeroGrad();
  if (!record) return new Map([["output", noGrad(() => net.forward(x))]]);
  const out = net.forward(x);
  out.mul(out.detach().add(0.1)).mean().backward();
  return new Map([
    ["output", out.detach()],
    ...net.namedParameters().flatMap(([name, { grad }]) => (grad ? [[name, grad] as const] : [])),
    ...net.namedBuffers().map(([name, buffer]) => [name, buffer.clone()] as const),
  ]);
}

const written = (pass: Map<string, Tensor>): string => {
  const { shape, storage } = pass.get("output")!;
  return `${shape.join()} ${storage.join()}`;
};

/** @param xs what goes through the network before the change, and after it */
function expectNoticed(
  net: nn.Sequential,
  change: (net: nn.Sequential) => void,
  xs: readonly [Tensor, Tensor?],
): void {
  const [x, then = x] = xs;
  for (const record of [true, false]) {
    backend.use("wasm");
    const before = [pass(net, x, record), pass(net, x, record)][1];
    if (record) change(net);
    const state = net.stateDict();
    const got = pass(net, then, record);
    net.loadStateDict(state);
    backend.use("reference");
    expectAlike(got, pass(net, then, record), 2e-5);
    if (record) expect(written(got)).not.toBe(written(before));
  }
}

// prettier-ignore
const CHANGES: [string, () => nn.Module[], (net: nn.Sequential) => void][] = [
  ["another layer in a place", () => [conv(), relu()], (net) => (layersOf(net)[1] = new nn.Tanh())],
  ["a layer more", () => [conv()], (net) => layersOf(net).push(relu())],
  ["a layer less", () => [conv(), relu()], (net) => layersOf(net).pop()],
  ["layers in another order", () => [conv(), new nn.BatchNorm2d(8), relu()], (net) => layersOf(net).splice(1, 0, layersOf(net).pop()!)],
  ["other layers altogether", () => [conv()], (net) => (open(net).layers = [conv()])],
  ["a forward of its own", () => [conv(), relu()], (net) => (net.layers[1].forward = (x) => x.mul(2))],
  ["a Sequential's layer", () => [new nn.Sequential(conv(), relu())], (net) => (layersOf(net.layers[0] as nn.Sequential)[1] = new nn.Tanh())],
  ["a Sequential's forward", () => [conv(), new nn.Sequential(relu())], (net) => (net.layers[1].forward = (x) => x.mul(2))],

  ["Conv2d's weight", () => [conv()], (net) => (of(net, nn.Conv2d).weight = conv().weight)],
  ["Conv2d's bias", () => [conv()], (net) => (of(net, nn.Conv2d).bias = undefined)],
  ["Conv2d's padding", () => [conv()], (net) => (of(net, nn.Conv2d).options.padding = 0)],
  ["Conv2d's options", () => [conv()], (net) => (of(net, nn.Conv2d).options = {})],
  ["a number in Conv2d's stride", () => [conv({ stride: [1, 1] })], (net) => ((of(net, nn.Conv2d).options.stride as unknown as number[])[0] = 2)],
  ["an option for another", () => [conv({ padding: undefined, stride: 2 })], (net) => { const { options } = of(net, nn.Conv2d); options.dilation = options.stride; delete options.stride; }],
  ["Conv2d's paddingMode", () => [conv()], (net) => (of(net, nn.Conv2d).options.paddingMode = "reflect")],
  ["Linear's weight", () => [conv(), new nn.Flatten(), new nn.Linear(648, 3)], (net) => (of(net, nn.Linear).weight = new nn.Linear(648, 3).weight)],
  ["Linear's bias", () => [conv(), new nn.Flatten(), new nn.Linear(648, 3)], (net) => (of(net, nn.Linear).bias = undefined)],
  ["MaxPool2d's kernelSize", () => [conv(), new nn.MaxPool2d(2, { stride: 2 })], (net) => (of(net, nn.MaxPool2d).kernelSize = 3)],
  ["MaxPool2d's ceilMode", () => [conv(), new nn.MaxPool2d(2)], (net) => (of(net, nn.MaxPool2d).options.ceilMode = true)],
  ["MaxPool2d's stride, in options of another realm", () => [conv(), new nn.MaxPool2d(2, runInNewContext("({ stride: 2 })"))], (net) => (of(net, nn.MaxPool2d).options.stride = 1)],
  ["MaxPool2d's stride, where its options have it from others", () => [conv(), new nn.MaxPool2d(2, Object.create({ stride: 2 }))], (net) => (Object.getPrototypeOf(of(net, nn.MaxPool2d).options).stride = 1)],
  ["AvgPool2d's kernelSize", () => [conv(), new nn.AvgPool2d([2, 2], { stride: 2 })], (net) => ((of(net, nn.AvgPool2d).kernelSize as unknown as number[])[1] = 3)],
  ["AvgPool2d's countIncludePad", () => [conv(), new nn.AvgPool2d(3, { padding: 1 })], (net) => (of(net, nn.AvgPool2d).options.countIncludePad = false)],
  ["AdaptiveAvgPool2d's outputSize", () => [conv(), new nn.AdaptiveAvgPool2d(3)], (net) => (of(net, nn.AdaptiveAvgPool2d).outputSize = 1)],
  ["Dropout's p", () => [conv(), new nn.Dropout(0.5)], (net) => (of(net, nn.Dropout).p = 0)],
  ["Dropout2d's training", () => [conv(), new nn.Dropout2d(0.5)], (net) => net.eval()],
  ["LeakyReLU's negativeSlope", () => [conv(), new nn.LeakyReLU(0.1)], (net) => (of(net, nn.LeakyReLU).negativeSlope = 0.5)],
  ["Residual's block", () => [conv(), new nn.Residual(conv())], (net) => (of(net, nn.Residual).block = conv())],
  ["Residual's shortcut", () => [conv(), new nn.Residual(conv())], (net) => (of(net, nn.Residual).shortcut = conv())],
  ["a layer within Residual", () => [conv(), new nn.Residual(new nn.Sequential(conv(), relu()))], (net) => (layersOf(of(net, nn.Residual).block as nn.Sequential)[1] = new nn.Tanh())],
  ["GELU's approximate", () => [conv(), new nn.GELU()], (net) => (of(net, nn.GELU).options.approximate = "tanh")],
  ["a layer that moves into Residual", () => [conv(), new nn.Residual(conv(), new nn.Sequential(conv())), relu()], (net) => layersOf(of(net, nn.Residual).shortcut as nn.Sequential).push(layersOf(net).pop()!)],
  ["Flatten's startDim", () => [conv(), new nn.Flatten()], (net) => (of(net, nn.Flatten).startDim = 0)],
  ["Flatten's endDim", () => [conv(), new nn.Flatten()], (net) => (of(net, nn.Flatten).endDim = 2)],
  ["BatchNorm2d's weight", () => [conv(), new nn.BatchNorm2d(8)], (net) => (of(net, nn.BatchNorm2d).weight = new nn.Conv2d(1, 8, 1).bias)],
  ["BatchNorm2d's bias", () => [conv(), new nn.BatchNorm2d(8)], (net) => (of(net, nn.BatchNorm2d).bias = new nn.Conv2d(1, 8, 1).bias)],
  ["BatchNorm2d's eps", () => [conv(), new nn.BatchNorm2d(8)], (net) => (of(net, nn.BatchNorm2d).eps = 0.3)],
  ["BatchNorm2d's training", () => [conv(), new nn.BatchNorm2d(8)], (net) => net.eval()],
  ["BatchNorm2d's runningMean", () => [conv(), new nn.BatchNorm2d(8).eval()], (net) => (of(net, nn.BatchNorm2d).runningMean = rand(8))],
  ["BatchNorm2d's runningVar", () => [conv(), new nn.BatchNorm2d(8).eval()], (net) => (of(net, nn.BatchNorm2d).runningVar = rand(8).add(1))],
];

describe("a Sequential notices, between two passes,", () => {
  test.each(CHANGES)("%s", (_, make, change) => {
    manualSeed(1);
    expectNoticed(new nn.Sequential(...make()), change, [randn(3, 8, 9, 9)]);
  });

  test("another number of samples, and another size of image", () => {
    manualSeed(2);
    const net = new nn.Sequential(conv(), new nn.MaxPool2d(2), new nn.AdaptiveAvgPool2d(1), new nn.Flatten());
    const nothing = (): void => {};
    expectNoticed(net, nothing, [randn(3, 8, 8, 8), randn(2, 8, 8, 8)]);
    expectNoticed(net, nothing, [randn(3, 8, 8, 8), randn(3, 8, 8, 6)]);
  });

  test("a size that no longer fits", () => {
    backend.use("wasm");
    const net = new nn.Sequential(nn.input(8, 9, 9), conv(), new nn.Flatten(), new nn.Linear(648, 3));
    net.forward(rand(2, 8, 9, 9));
    of(net, nn.Linear).weight = new nn.Linear(600, 3).weight;
    expect(() => net.forward(rand(2, 8, 9, 9))).toThrow(
      "Linear expects 600 features, got 648 (layer 3 of 3)",
    );
    (net.layers[0] as unknown as { sampleShape: number[] }).sampleShape = [8, 9, 8];
    expect(() => net.forward(rand(2, 8, 9, 9))).toThrow("nn.input expects a batch (N, 8, 9, 8), got (N, 8, 9, 9)"); // prettier-ignore
  });

  test("what wants a gradient", () => {
    manualSeed(3);
    backend.use("wasm");
    const [first, second] = [conv(), conv()];
    const net = new nn.Sequential(first, relu(), second);
    const x = randn(2, 8, 6, 6);
    const wanted = (): string => {
      x.grad = null;
      net.zeroGrad();
      const out = net.forward(x);
      if (out.requiresGrad) out.sum().backward();
      const all = { x, weight: first.weight, bias: first.bias!, then: second.weight };
      return Object.entries(all).flatMap(([name, { grad }]) => (grad ? [name] : [])).join(); // prettier-ignore
    };
    expect(wanted()).toBe("weight,bias,then");
    x.requiresGrad = true;
    expect(wanted()).toBe("x,weight,bias,then");
    first.weight.requiresGrad = false;
    expect(wanted()).toBe("x,bias,then");
    first.bias!.requiresGrad = false;
    expect(wanted()).toBe("x,then");
    x.requiresGrad = false;
    expect(wanted()).toBe("then");
    second.weight.requiresGrad = second.bias!.requiresGrad = false;
    expect(wanted()).toBe("");
    first.bias!.requiresGrad = true;
    expect(wanted()).toBe("bias");
    expect(noGrad(() => net.forward(x)).requiresGrad).toBe(false);
    expect(wanted()).toBe("bias");
  });

  test("where Dropout's chance comes from", () => {
    manualSeed(7);
    backend.use("wasm");
    const net = new nn.Sequential(conv(), new nn.Dropout(0.5));
    const x = randn(2, 8, 6, 6);
    const dropped = (seed: number): string => {
      of(net, nn.Dropout).generator = new Generator(seed);
      return net.forward(x).eq(0).storage.join();
    };
    const first = dropped(2);
    expect(dropped(3)).not.toBe(first);
    expect(dropped(2)).toBe(first);
  });

  test("another dtype of its input", () => {
    backend.use("wasm");
    const net = new nn.Sequential(new nn.Linear(2, 2));
    net.forward(rand(3, 2));
    expect(net.forward(rand(3, 2, { dtype: "float64" })).dtype).toBe("float64");
  });

  test("another backend, and another way of it to compute", () => {
    manualSeed(4);
    const net = new nn.Sequential(conv(), relu(), conv());
    const x = randn(2, 8, 12, 12);
    const out = (use: () => void): string => {
      use();
      const { node, storage } = net.forward(x);
      return `${node?.op} ${storage.join()}`;
    };
    const ways = [
      () => backend.use("wasm"),
      () => backend.use("wasm", { winograd: false }),
      () => backend.use("reference"),
    ].map((use) => ({ use, fresh: out(use) }));
    expect(new Set(ways.map(({ fresh }) => fresh)).size).toBe(3);
    for (const { use, fresh } of [...ways, ...ways.reverse()]) expect(out(use)).toBe(fresh);
  });

  test("another number of threads", () => {
    manualSeed(5);
    backend.use("wasm");
    const net = new nn.Sequential(new nn.Conv2d(2, 2, 3));
    const x = randn(4, 2, 12, 12);
    const bits = (threads: number): string => {
      backend.setThreads(threads);
      net.zeroGrad();
      net.forward(x).pow(2).sum().backward();
      return net.parameters()[0].grad!.storage.join();
    };
    const alone = bits(1);
    expect(bits(3)).not.toBe(alone); // sums of three parts round differently
    expect(bits(1)).toBe(alone);
  });

  test("one layer in two places, and in two networks", () => {
    manualSeed(6);
    const [shared, bend] = [conv(), relu()];
    const nets = [new nn.Sequential(shared, bend, new nn.MaxPool2d(2), shared, bend), new nn.Sequential(shared, new nn.Tanh())]; // prettier-ignore
    const x = randn(2, 8, 8, 8);
    backend.use("reference");
    const expected = nets.map((net) => net.forward(x).detach());
    backend.use("wasm");
    for (let round = 0; round < 3; round++) {
      nets.forEach((net, i) => expectAlike(new Map([["output", net.forward(x).detach()]]), new Map([["output", expected[i]]]), 2e-5)); // prettier-ignore
    }
    shared.weight.copy_(tensor(0).add(shared.weight.detach().mul(0)));
    shared.bias!.copy_(shared.bias!.detach().mul(0));
    for (const net of nets) expect(net.forward(x).abs().max().item()).toBe(0);
  });
});
