import { nn, noGrad, ones, randn, tensor, zeros, Generator, ShapeError, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { expectClose } from "../support/tensors";

class Twins extends nn.Module {
  scale = new nn.Parameter(ones(1));
  seen: Tensor = zeros(2);
  first = new nn.Linear(2, 2);
  second: nn.Module = this.first;
  pair = [new nn.Linear(2, 1), new nn.ReLU()];
  note = "no module";
  forward(x: Tensor): Tensor {
    return this.pair[0].forward(this.first.forward(x)).mul(this.scale);
  }
}

describe("Module", () => {
  const twins = new Twins();

  test("finds parameters, buffers and children in its fields and arrays", () => {
    expect(twins.namedParameters().map(([path]) => path)).toEqual([
      "scale",
      "first.weight",
      "first.bias",
      "second.weight",
      "second.bias",
      "pair.0.weight",
      "pair.0.bias",
    ]);
    expect(twins.namedBuffers().map(([path]) => path)).toEqual(["seen"]);
    expect(twins.namedChildren().map(([path]) => path)).toEqual(["first", "second", "pair.0", "pair.1"]);
    expect(twins.children()).toHaveLength(4);
    expect(twins.buffers()).toEqual([twins.seen]);
  });

  test("counts a shared parameter once", () => {
    expect(twins.parameters()).toHaveLength(5);
    expect(new Set(twins.parameters()).size).toBe(5);
  });

  test("forgets all gradients", () => {
    twins.forward(ones(1, 2)).sum().backward();
    expect(twins.first.weight.grad?.shape).toEqual([2, 2]);
    twins.zeroGrad();
    expect(twins.parameters().every((parameter) => parameter.grad === null)).toBe(true);
  });

  test("switches every module below between training and use", () => {
    const net = new nn.Sequential(new nn.Residual(new nn.Dropout(0.5)), new nn.ReLU());
    expect(net.eval()).toBe(net);
    const modes = (module: nn.Module): boolean[] => [module.training, ...module.children().flatMap(modes)];
    expect(modes(net)).toEqual([false, false, false, false]);
    expect(modes(net.train())).toEqual([true, true, true, true]);
  });
});

describe("stateDict()", () => {
  const build = (seed: number): nn.Sequential => {
    const generator = new Generator(seed);
    return new nn.Sequential(
      new nn.Conv2d(1, 2, 3, { generator }),
      new nn.BatchNorm2d(2),
      new nn.Flatten(),
      new nn.Linear(8, 3, { generator, bias: false }),
    );
  };
  const x = randn(2, 1, 4, 4, { generator: new Generator(1) });

  test("carries a model over to another, and holds copies", () => {
    const [from, to] = [build(1), build(2)];
    from.forward(x); // moves the running statistics
    const state = from.stateDict();
    expect(Object.keys(state)).toEqual(["0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "1.runningMean", "1.runningVar"]); // prettier-ignore
    to.loadStateDict(state);
    expect(to.stateDict()).toEqual(state);
    expect(to.eval().forward(x).data).toEqual(from.eval().forward(x).data);
    state["0.bias"].storage.fill(9);
    expect(from.stateDict()["0.bias"].data).not.toEqual(state["0.bias"].data);
    expect(to.stateDict()["0.bias"].data).not.toEqual(state["0.bias"].data);
  });

  test("that does not fit changes nothing", () => {
    const net = build(3);
    const before = net.stateDict();
    const spoiled = [
      { ...build(4).stateDict(), "1.runningVar": zeros(3) },
      { ...build(4).stateDict(), extra: zeros(1) },
      { ...build(4).stateDict(), "3.weight": [1] as unknown as Tensor },
    ];
    for (const state of spoiled) {
      expect(() => net.loadStateDict(state)).toThrow(/^loadStateDict: expected/);
      expect(net.stateDict()).toEqual(before);
    }
  });

  test("that is not strict takes what it knows, and says what it did not", () => {
    const net = build(3);
    const head = net.stateDict()["3.weight"];
    const { "3.weight": _, ...body } = build(4).stateDict();
    const { missing, unknown } = net.loadStateDict({ ...body, extra: zeros(1) }, { strict: false });
    expect([missing, unknown]).toEqual([["3.weight"], ["extra"]]);
    expect(net.stateDict()["0.weight"]).toEqual(body["0.weight"]);
    expect(net.stateDict()["3.weight"]).toEqual(head);
    expect(() => net.loadStateDict({ "3.weight": zeros(1) }, { strict: false })).toThrow(ShapeError);
  });
});

describe("a printed module", () => {
  test("looks as in PyTorch", () => {
    const net = new nn.Sequential(
      new nn.Conv2d(1, 6, 5, { padding: 2 }),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Residual(
        new nn.Sequential(new nn.Conv2d(6, 6, 3, { padding: "same", bias: false }), new nn.BatchNorm2d(6)),
      ),
      new nn.Flatten(),
      new nn.Dropout(0.2),
      new nn.Linear(1176, 10),
    );
    expect(net.print()).toBe(`Sequential(
  (0): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
  (1): ReLU()
  (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (3): Residual(
    (block): Sequential(
      (0): Conv2d(6, 6, kernel_size=(3, 3), stride=(1, 1), padding=same, bias=False)
      (1): BatchNorm2d(6, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    )
  )
  (4): Flatten(start_dim=1, end_dim=-1)
  (5): Dropout(p=0.2, inplace=False)
  (6): Linear(in_features=1176, out_features=10, bias=True)
)`);
    expect(String(net)).toBe(net.print());
  });

  test.each<[nn.Module, string]>([
    [new nn.Conv2d(4, 8, [1, 3], { stride: [2, 1], dilation: 2, groups: 2, paddingMode: "reflect" }), "Conv2d(4, 8, kernel_size=(1, 3), stride=(2, 1), dilation=(2, 2), groups=2, padding_mode=reflect)"], // prettier-ignore
    [new nn.AvgPool2d([2, 3], { padding: 1 }), "AvgPool2d(kernel_size=(2, 3), stride=(2, 3), padding=1)"],
    [new nn.BatchNorm2d(2, { eps: 1e-12, momentum: 0.5 }), "BatchNorm2d(2, eps=1e-12, momentum=0.5, affine=True, bias=True, track_running_stats=True)"], // prettier-ignore
    [new nn.BatchNorm2d(2, { eps: 0.001 }), "BatchNorm2d(2, eps=0.001, momentum=0.1, affine=True, bias=True, track_running_stats=True)"], // prettier-ignore
    [new nn.Dropout2d(), "Dropout2d(p=0.5, inplace=False)"],
    [new nn.LeakyReLU(0.2), "LeakyReLU(negative_slope=0.2)"],
    [new nn.GELU(), "GELU(approximate='none')"],
    [new nn.Sigmoid(), "Sigmoid()"],
    [new nn.Tanh(), "Tanh()"],
    [new nn.Softmax(1), "Softmax(dim=1)"],
    [new nn.LogSoftmax(-1), "LogSoftmax(dim=-1)"],
    [new nn.Sequential(), "Sequential()"],
  ])("%s", (module, text) => expect(module.print()).toBe(text));
});

describe("layers", () => {
  const x = tensor([[-1, 0, 2]]);

  test.each<[nn.Module, number[][]]>([
    [new nn.ReLU(), [[0, 0, 2]]],
    [new nn.LeakyReLU(0.5), [[-0.5, 0, 2]]],
    [new nn.Sigmoid(), [[1 / (1 + Math.E), 0.5, 1 / (1 + Math.exp(-2))]]],
    [new nn.Tanh(), [[Math.tanh(-1), 0, Math.tanh(2)]]],
    [new nn.GELU(), [[-0.15865525, 0, 1.9544997]]],
    [new nn.Softmax(1), [[0.04201007, 0.11419519, 0.84379473]]],
    [new nn.LogSoftmax(1), [[-3.1698460, -2.1698460, -0.1698460]]], // prettier-ignore
  ])("%s computes what it is named for", (layer, expected) => expectClose(layer.forward(x).to("float64"), expected, 1e-6)); // prettier-ignore

  test("start with weights of PyTorch's range, the same for the same seed", () => {
    const layer = new nn.Conv2d(4, 50, 5, { generator: new Generator(1) });
    const bound = 1 / Math.sqrt(4 * 25);
    for (const values of [layer.weight.data, layer.bias!.data]) {
      expect(Math.max(...values)).toBeLessThan(bound);
      expect(Math.min(...values)).toBeGreaterThan(-bound);
    }
    expect(Math.max(...layer.weight.data)).toBeGreaterThan(0.98 * bound);
    const again = new nn.Conv2d(4, 50, 5, { generator: new Generator(1) });
    expect(again.weight.data).toEqual(layer.weight.data);
    expect(new nn.Linear(3, 2, { bias: false }).bias).toBe(undefined);
    expect(new nn.Linear(3, 2, { dtype: "float64" }).weight.dtype).toBe("float64");
  });

  test("pass their options on", () => {
    const conv = new nn.Conv2d(2, 4, 3, { stride: 2, padding: 1, dilation: 2, groups: 2, paddingMode: "circular" }); // prettier-ignore
    expect(conv.weight.shape).toEqual([4, 1, 3, 3]);
    expect(conv.forward(zeros(1, 2, 9, 9)).shape).toEqual([1, 4, 4, 4]);
    expect(new nn.MaxPool2d(3, { stride: 1, padding: 1 }).forward(zeros(1, 1, 5, 5)).shape).toEqual([1, 1, 5, 5]); // prettier-ignore
    const average = new nn.AvgPool2d(2, { padding: 1, countIncludePad: false }).forward(ones(1, 1, 2, 2));
    expect(average.toArray()).toEqual([[[[1, 1], [1, 1]]]]); // prettier-ignore
    expect(new nn.Flatten(0, 1).forward(zeros(2, 3, 4)).shape).toEqual([6, 4]);
    const norm = new nn.BatchNorm2d(1, { eps: 3, momentum: 0.5 });
    const seen = norm.forward(tensor([[[[1, 3]]]]));
    expect(seen.toArray()).toEqual([[[[-0.5, 0.5]]]]);
    expect([norm.runningMean!.item(), norm.runningVar!.item()]).toEqual([1, 1.5]);
  });

  test("of dropout drop in training only, by the generator they were given", () => {
    const ten = ones(10, 10);
    const layer = new nn.Dropout(0.4, { generator: new Generator(7) });
    const dropped = layer.forward(ten);
    const share = dropped.eq(0).sum().item() / 100;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.5);
    expect(new nn.Dropout(0.4, { generator: new Generator(7) }).forward(ten).data).toEqual(dropped.data);
    expect(layer.eval().forward(ten)).toBe(ten);
  });

  test("of batch norm follow the batch in training only", () => {
    const norm = new nn.BatchNorm2d(1);
    norm.eval().forward(tensor([[[[1, 3]]]]));
    expect([norm.runningMean!.item(), norm.runningVar!.item()]).toEqual([0, 1]);
  });

  test("with a residual add their input, or what the shortcut makes of it", () => {
    const twice = new nn.Sequential();
    expect(new nn.Residual(twice).forward(x).toArray()).toEqual([[-2, 0, 4]]);
    expect(new nn.Residual(new nn.ReLU(), new nn.Sequential()).forward(x).toArray()).toEqual([[-1, 0, 4]]);
    expect(new nn.Residual(new nn.Sequential(), new nn.ReLU()).forward(x).toArray()).toEqual([[-1, 0, 4]]);
  });

  test("of loss keep their options", () => {
    const labels = tensor([0], { dtype: "int32" });
    const plain = new nn.CrossEntropyLoss().forward(x, labels).item();
    const smooth = new nn.CrossEntropyLoss({ labelSmoothing: 0.3 }).forward(x, labels).item();
    expect(plain).toBeCloseTo(3.169846, 5);
    expect(smooth).toBeCloseTo(0.7 * 3.169846 + 0.3 * ((3.169846 + 2.169846 + 0.169846) / 3), 5);
    expect(new nn.MSELoss({ reduction: "sum" }).forward(x, zeros(1, 3)).item()).toBe(5);
    expect(new nn.BCEWithLogitsLoss().forward(zeros(1, 3), ones(1, 3)).item()).toBeCloseTo(Math.log(2), 6);
  });
});

describe("nn.init", () => {
  const big = (): Tensor => zeros(200, 50, 2, 2);
  const generator = (): Generator => new Generator(3);
  const spread = (x: Tensor): number[] =>
    noGrad(() => [x.mean().item(), x.std().item(), x.abs().max().item()]);

  test.each<[string, (x: Tensor) => Tensor, number, number]>([
    ["uniform_", (x) => nn.init.uniform_(x, -3, 3, generator()), 6 / Math.sqrt(12), 3],
    ["kaimingUniform_", (x) => nn.init.kaimingUniform_(x, 0, generator()), Math.sqrt(2 / 200), Math.sqrt(6 / 200)], // prettier-ignore
    ["xavierUniform_", (x) => nn.init.xavierUniform_(x, 2, generator()), 2 * Math.sqrt(2 / 1000), 2 * Math.sqrt(6 / 1000)], // prettier-ignore
    ["normal_", (x) => nn.init.normal_(x, 0, 2, generator()), 2, Infinity],
    ["kaimingNormal_", (x) => nn.init.kaimingNormal_(x, 1, generator()), Math.sqrt(1 / 200), Infinity],
    ["xavierNormal_", (x) => nn.init.xavierNormal_(x, 1, generator()), Math.sqrt(2 / 1000), Infinity],
  ])("%s has the width it is named for", (_, fill, std, bound) => {
    const x = big();
    expect(fill(x)).toBe(x);
    const [mean, measured, largest] = spread(x);
    expect(Math.abs(mean)).toBeLessThan(0.03 * std);
    expect(measured / std).toBeGreaterThan(0.98);
    expect(measured / std).toBeLessThan(1.02);
    expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-7));
  });

  test("constant_ and fans", () => {
    expect(nn.init.constant_(zeros(2), 7).toArray()).toEqual([7, 7]);
    expect(nn.init.fans(zeros(6, 3, 5, 5))).toEqual({ fanIn: 75, fanOut: 150 });
  });
});
