import { F, Generator, gradError, nn, ones, rand, randn, tensor, zeros, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { expectClose, f64, leaf, single } from "../support/tensors";

const float64 = { dtype: "float64" } as const;
const words = (...numbers: number[]): Tensor => tensor(numbers, { dtype: "int32" });

describe("a printed layer looks as in PyTorch", () => {
  test.each<[nn.Module, string]>([
    [new nn.Conv1d(1, 2, 3), "Conv1d(1, 2, kernel_size=(3,), stride=(1,))"],
    [new nn.Conv1d(2, 4, 3, { stride: 2, padding: 1, dilation: 2, groups: 2, bias: false, paddingMode: "reflect" }), "Conv1d(2, 4, kernel_size=(3,), stride=(2,), padding=(1,), dilation=(2,), groups=2, bias=False, padding_mode=reflect)"], // prettier-ignore
    [new nn.ConvTranspose2d(1, 1, 2), "ConvTranspose2d(1, 1, kernel_size=(2, 2), stride=(1, 1))"],
    [new nn.ConvTranspose2d(2, 4, [2, 3], { stride: 2, padding: 1, outputPadding: 1, groups: 2, dilation: 2, bias: false }), "ConvTranspose2d(2, 4, kernel_size=(2, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), output_padding=(1, 1), groups=2, bias=False)"], // prettier-ignore
    [new nn.MaxPool1d(2), "MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"],
    [new nn.MaxPool1d(3, { stride: 1, padding: 1, dilation: 2 }), "MaxPool1d(kernel_size=3, stride=1, padding=1, dilation=2, ceil_mode=False)"], // prettier-ignore
    [new nn.AdaptiveAvgPool2d(1), "AdaptiveAvgPool2d(output_size=1)"],
    [new nn.AdaptiveAvgPool2d([null, 3]), "AdaptiveAvgPool2d(output_size=(None, 3))"],
    [new nn.BatchNorm1d(4), "BatchNorm1d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"], // prettier-ignore
    [new nn.LayerNorm(4), "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)"],
    [new nn.LayerNorm(4, { bias: false }), "LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=False)"],
    [new nn.LayerNorm([4, 3], { eps: 1e-3, elementwiseAffine: false }), "LayerNorm((4, 3), eps=0.001, elementwise_affine=False, bias=False)"], // prettier-ignore
    [new nn.Embedding(10, 3), "Embedding(10, 3)"],
    [new nn.Embedding(10, 3, { paddingIdx: -1 }), "Embedding(10, 3, padding_idx=9)"],
    [new nn.Upsample({ scaleFactor: 2 }), "Upsample(scale_factor=2.0, mode='nearest')"],
    [new nn.Upsample({ scaleFactor: [2, 1.5], mode: "bilinear" }), "Upsample(scale_factor=(2.0, 1.5), mode='bilinear')"], // prettier-ignore
    [new nn.Upsample({ size: [4, 5], mode: "bilinear", alignCorners: true }), "Upsample(size=(4, 5), mode='bilinear')"], // prettier-ignore
    [new nn.Upsample({ size: 7 }), "Upsample(size=7, mode='nearest')"],
  ])("%s", (module, text) => expect(module.print()).toBe(text));

  test("or, where PyTorch has none, in its manner", () => {
    expect(nn.input(1, 28, 28).print()).toBe("Input(1, 28, 28)");
    expect(new nn.Bias2d([19, 19]).print()).toBe("Bias2d(19, 19)");
    const local = new nn.LocallyConnected2d(2, 3, [5, 4], 3, {
      stride: 2,
      padding: 1,
      dilation: 1,
      bias: false,
    });
    expect(local.print()).toBe("LocallyConnected2d(2, 3, input_size=(5, 4), kernel_size=(3, 3), stride=2, padding=1, bias=False)"); // prettier-ignore
    expect(new nn.SpatialTransformer(new nn.Flatten()).print()).toBe("SpatialTransformer(\n  (localisation): Flatten(start_dim=1, end_dim=-1)\n)"); // prettier-ignore
  });
});

describe("layers pass their options on", () => {
  test.each<[nn.Module, Tensor, number[]]>([
    [new nn.Conv1d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }), zeros(3, 4, 9), [3, 6, 5]],
    [new nn.ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }), zeros(1, 4, 5, 7), [1, 6, 10, 14]], // prettier-ignore
    [new nn.MaxPool1d(3, { stride: 1, padding: 1 }), zeros(1, 2, 5), [1, 2, 5]],
    [new nn.AdaptiveAvgPool2d([2, null]), zeros(1, 2, 5, 3), [1, 2, 2, 3]],
    [new nn.LayerNorm([4, 3]), zeros(2, 4, 3), [2, 4, 3]],
    [new nn.Embedding(5, 3), words(0, 4), [2, 3]],
    [new nn.Upsample({ size: [4, 5], mode: "bilinear" }), zeros(1, 1, 2, 2), [1, 1, 4, 5]],
  ])("%s", (layer, x, shape) => expect(layer.forward(x).shape).toEqual(shape));
});

describe("a locally connected layer", () => {
  const options = { stride: [1, 2], padding: [1, 0], dilation: [1, 2], ...float64 } as const;
  const x = randn(2, 2, 4, 6, { ...float64, generator: new Generator(1) });

  test("with the same weights at every stop is a convolution", () => {
    const conv = new nn.Conv2d(2, 3, [3, 2], { ...options, generator: new Generator(2) });
    const local = new nn.LocallyConnected2d(2, 3, [4, 6], [3, 2], options);
    const expected = conv.forward(x);
    local.weight.copy_(conv.weight.detach().expand(...local.weight.shape));
    local.bias!.copy_(
      conv
        .bias!.detach()
        .reshape(3, 1, 1)
        .expand(...local.bias!.shape),
    );
    expectClose(local.forward(x), expected);
  });

  test("hears at each stop what that stop alone did", () => {
    const local = new nn.LocallyConnected2d(1, 1, [1, 3], [1, 2], { ...float64 });
    local.weight.copy_(f64([1, 10, 100, 1000]).reshape(1, 2, 1, 1, 1, 2));
    local.bias!.copy_(f64([[[0, 5]]]));
    const image = single([[1, 2, 3]]).requiresGrad_();
    const out = local.forward(image);
    expect(out.toArray()).toEqual([[[[21, 3205]]]]);
    out.backward(single([[1, 2]]));
    expect(local.weight.grad!.reshape(-1).toArray()).toEqual([1, 2, 4, 6]);
    expect(local.bias!.grad!.toArray()).toEqual([[[1, 2]]]);
    expect(image.grad!.toArray()).toEqual([[[[1, 210, 2000]]]]);
  });

  test("has gradients that agree with central differences", () => {
    const local = new nn.LocallyConnected2d(2, 2, [4, 6], [3, 2], {
      ...options,
      generator: new Generator(3),
    });
    const image = x.clone().requiresGrad_();
    const loss = (): Tensor => local.forward(image).tanh().sum();
    expect(gradError(loss, [image, ...local.parameters()])).toBeLessThan(1e-7);
  });

  test("has the lecture's 17 280 000 weights and 640 000 biases (W-18)", () => {
    const local = new nn.LocallyConnected2d(3, 64, 100, 3, { padding: 1 });
    expect(local.parameters().map((parameter) => parameter.numel)).toEqual([17_280_000, 640_000]);
    const bound = Math.fround(1 / Math.sqrt(27)); // as float32 holds it
    expect(local.weight.storage.every((value) => Math.abs(value) <= bound)).toBe(true);
  });
});

describe("a bias of positions", () => {
  test("is the same for all samples and channels, and sums what they hear", () => {
    const layer = new nn.Bias2d([1, 2], float64);
    layer.bias.copy_(f64([[1, 2]]));
    const out = layer.forward(zeros(2, 3, 1, 2).to("float64"));
    expect(out.at(1, 2).toArray()).toEqual([[1, 2]]);
    out.sum().backward();
    expect(layer.bias.grad!.toArray()).toEqual([[6, 6]]);
  });
});

describe("normalising layers", () => {
  test("of vectors and sequences follow the batch in training only", () => {
    const norm = new nn.BatchNorm1d(1, { momentum: 0.5, ...float64 });
    expectClose(norm.forward(f64([[1], [3]])), [[-1], [1]], 1e-5);
    expect([norm.runningMean!.item(), norm.runningVar!.item()]).toEqual([1, 1.5]);
    norm.eval().forward(f64([[[5, 7]]]));
    expect([norm.runningMean!.item(), norm.runningVar!.item()]).toEqual([1, 1.5]);
    expectClose(norm.forward(f64([[[1, 2]]])), [[[0, 1 / Math.sqrt(1.50001)]]]);
  });

  test("average all batches alike with momentum null, and go on with that after a save", () => {
    const norm = new nn.BatchNorm1d(1, { momentum: null, ...float64 });
    for (const mean of [1, 2]) norm.forward(f64([[mean - 1], [mean + 1]]));
    expect([norm.runningMean!.item(), norm.runningVar!.item()]).toEqual([1.5, 2]);
    const again = new nn.BatchNorm1d(1, { momentum: null, ...float64 });
    again.loadStateDict(norm.stateDict());
    again.forward(f64([[5], [7]]));
    expect(again.runningMean!.item()).toBe(3);
    expect(String(nn.BatchNorm1d.prototype.print.call(again))).toBe(
      "BatchNorm1d(1, eps=1e-05, momentum=None, affine=True, bias=True, track_running_stats=True)",
    );
  });

  test("learn nothing without affine, and keep nothing without trackRunningStats", () => {
    const plain = new nn.BatchNorm2d(3, { affine: false });
    expect(Object.keys(plain.stateDict())).toEqual(["runningMean", "runningVar"]);
    const forgetful = new nn.BatchNorm1d(1, { trackRunningStats: false, affine: false, eps: 0 });
    expect(Object.keys(forgetful.stateDict())).toEqual([]);
    expect(
      forgetful
        .eval()
        .forward(tensor([[1], [3]]))
        .toArray(),
    ).toEqual([[-1], [1]]);
  });

  test("of single samples never look at the others", () => {
    const norm = new nn.LayerNorm(2, { eps: 3, ...float64 });
    norm.weight!.copy_(f64([1, 10]));
    norm.bias!.copy_(f64([0, 1]));
    expect(norm.forward(f64([[1, 3], [7, 7]])).toArray()).toEqual([[-0.5, 6], [0, 1]]); // prettier-ignore
    expect(new nn.LayerNorm(2, { bias: false }).namedParameters().map(([path]) => path)).toEqual(["weight"]);
    expect(new nn.LayerNorm(2, { elementwiseAffine: false }).parameters()).toEqual([]);
  });
});

describe("an embedding", () => {
  test("starts with normal numbers, and with 0 for the padding", () => {
    const layer = new nn.Embedding(200, 50, { paddingIdx: -1, generator: new Generator(4) });
    expect(layer.weight.at(199).abs().max().item()).toBe(0);
    const rest = layer.weight.narrow(0, 0, 199);
    expect(Math.abs(rest.mean().item())).toBeLessThan(0.03);
    expect(Math.abs(rest.std().item() - 1)).toBeLessThan(0.03);
    layer.forward(words(199, 0)).sum().backward();
    expect(layer.weight.grad!.sum(1).narrow(0, 198, 2).toArray()).toEqual([0, 0]);
    expect(layer.weight.grad!.at(0, 0).item()).toBe(1);
  });
});

describe("a spatial transformer", () => {
  /** Looks nowhere in particular: the same map for every image. */
  class Fixed extends nn.Module {
    readonly theta: nn.Parameter;
    constructor(...numbers: number[]) {
      super();
      this.theta = new nn.Parameter(f64(numbers));
    }
    forward(x: Tensor): Tensor {
      return this.theta.expand(x.shape[0], 6);
    }
  }

  test("looks again where its localisation says", () => {
    const image = single([[1, 2], [3, 4]]); // prettier-ignore
    const through = (...theta: number[]): number[][] =>
      new nn.SpatialTransformer(new Fixed(...theta)).forward(image).at(0, 0).toArray();
    expect(through(1, 0, 0, 0, 1, 0)).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    expect(through(-1, 0, 0, 0, 1, 0)).toEqual([[2, 1], [4, 3]]); // prettier-ignore
    expect(through(1, 0, 1, 0, 1, 0)).toEqual([[2, 0], [4, 0]]); // prettier-ignore
  });

  test("passes its options on", () => {
    const image = single([[1, 2], [3, 4]]); // prettier-ignore
    const layer = new nn.SpatialTransformer(new Fixed(1, 0, 1, 0, 1, 0), {
      paddingMode: "border",
      alignCorners: true,
    });
    expect(layer.forward(image).at(0, 0).toArray()).toEqual([[1.5, 2], [3.5, 4]]); // prettier-ignore
  });

  test("has gradients that agree with central differences, for image and localisation", () => {
    const localisation = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 6, { ...float64, generator: new Generator(5) })); // prettier-ignore
    const layer = new nn.SpatialTransformer(localisation);
    const x = rand(2, 2, 3, 4, { ...float64, requiresGrad: true, generator: new Generator(6) });
    const loss = (): Tensor => layer.forward(x).tanh().sum();
    expect(gradError(loss, [x, ...layer.parameters()])).toBeLessThan(1e-7);
  });
});

describe("nn.input", () => {
  test("lets fitting batches pass as they are", () => {
    const x = ones(2, 1, 4, 4);
    expect(nn.input(1, 4, 4).forward(x)).toBe(x);
    const net = new nn.Sequential(nn.input(3), new nn.Linear(3, 2));
    expect(net.forward(leaf([[1, 2, 3]]).to("float32")).shape).toEqual([1, 2]);
    expect(Object.keys(net.stateDict())).toEqual(["1.weight", "1.bias"]);
  });
});

describe("layers with weights", () => {
  test("start as PyTorch's do, within ±1/√fanIn", () => {
    const generator = (): Generator => new Generator(7);
    for (const [layer, fanIn] of [
      [new nn.Conv1d(4, 50, 5, { generator: generator() }), 20],
      [new nn.ConvTranspose2d(8, 20, 5, { generator: generator() }), 500], // its fanIn counts output channels
    ] as const) {
      const bound = 1 / Math.sqrt(fanIn);
      const largest = Math.max(...layer.weight.data.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.98 * bound);
      expect(Math.max(...layer.bias!.data.map(Math.abs))).toBeLessThanOrEqual(bound);
    }
  });

  test("compute what their ops compute", () => {
    const x = randn(2, 4, 6, { ...float64, generator: new Generator(8) });
    const conv = new nn.Conv1d(4, 3, 2, { dilation: 2, paddingMode: "circular", padding: 1, ...float64 });
    expectClose(conv.forward(x), F.conv1d(x, conv.weight, conv.bias, { dilation: 2, paddingMode: "circular", padding: 1 })); // prettier-ignore
    const up = new nn.ConvTranspose2d(4, 2, 2, { stride: 3, outputPadding: 1, ...float64 });
    const map = x.reshape(2, 4, 2, 3);
    expectClose(up.forward(map), F.convTranspose2d(map, up.weight, up.bias, { stride: 3, outputPadding: 1 }));
  });
});
