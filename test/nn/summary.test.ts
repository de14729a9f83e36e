import { F, Generator, nn, ones, type Tensor } from "kernel-lib";
import { describe, expect, test, vi } from "vitest";
import { f64 } from "../support/tensors";

const seen = (model: nn.Module, ...shape: number[]): nn.ReceptiveField =>
  nn.summary(model, shape).receptiveField;
const conv = (kernel: number, options: object = {}): nn.Conv2d => new nn.Conv2d(1, 1, kernel, options);
const stack = (...layers: nn.Module[]): nn.Sequential => new nn.Sequential(...layers);

/** AlphaGo's policy network with k kernels a layer, as the lecture quotes it. */
function alphaGo(k: number): nn.Sequential {
  const hidden = Array.from({ length: 11 }, () => [new nn.Conv2d(k, k, 3, { padding: 1 }), new nn.ReLU()]);
  const first = [new nn.Conv2d(48, k, 5, { padding: 2 }), new nn.ReLU()];
  return stack(
    ...first,
    ...hidden.flat(),
    new nn.Conv2d(k, 1, 1, { bias: false }),
    new nn.Bias2d(19),
    new nn.Flatten(),
  );
}

describe("summary() gives the lecture's numbers:", () => {
  test("output sizes, dropped borders included (W-13, W-14)", () => {
    const cases = [[7, 3, 0, 1, 5], [7, 3, 0, 2, 3], [7, 3, 0, 3, 2], [5, 3, 1, 2, 3], [32, 5, 0, 1, 28], [19, 5, 2, 1, 19], [6, 3, 0, 1, 4], [4, 3, 0, 1, 2], [5, 3, 0, 2, 2], [5, 3, 1, 1, 5]]; // prettier-ignore
    for (const [size, kernel, padding, stride, expected] of cases) {
      const { layers } = nn.summary(conv(kernel, { padding, stride }), [1, 1, size, size]);
      expect(layers[0].outputShape).toEqual([1, 1, expected, expected]);
    }
  });

  test("75 products and 76 parameters of a 5 × 5 × 3 filter (W-15)", () => {
    const { layers } = nn.summary(new nn.Conv2d(3, 1, 5), [1, 3, 5, 5]);
    expect(layers).toEqual([{ name: "Conv2d", type: "Conv2d", outputShape: [1, 1, 1, 1], parameters: 76, multiplyAdds: 75, receptiveField: { start: 0, jump: 1, size: 5 } }]); // prettier-ignore
  });

  test("a flattened 32 × 32 picture, and a thousand neurons on 100 × 100 (W-16, W-17)", () => {
    expect(nn.summary(new nn.Flatten(), [1, 3, 32, 32]).layers[0].outputShape).toEqual([1, 3072]);
    const dense = nn.summary(stack(new nn.Flatten(), new nn.Linear(30_000, 1000)), [1, 3, 100, 100]);
    expect([dense.parameters, dense.multiplyAdds]).toEqual([30_001_000, 30_000_000]);
    expect(dense.receptiveField).toEqual({ start: 0, jump: 0, size: 100 });
  });

  test("receptive fields alone, and shared (W-18)", () => {
    const local = nn.summary(new nn.LocallyConnected2d(3, 64, 100, 3, { padding: 1 }), [1, 3, 100, 100]);
    const shared = nn.summary(new nn.Conv2d(3, 64, 3, { padding: 1 }), [1, 3, 100, 100]);
    expect(local.parameters).toBe(17_920_000);
    expect(shared.parameters).toBe(1792);
    expect(shared.layers[0].outputShape).toEqual([1, 64, 100, 100]);
    expect(local.multiplyAdds).toBe(17_280_000);
    expect(shared.multiplyAdds).toBe(17_280_000); // sharing saves weights, not work
    expect(local.receptiveField).toEqual(shared.receptiveField);
  });

  test("a filter as a matrix: 576 entries against 9 weights (W-19)", () => {
    const dense = nn.summary(stack(new nn.Flatten(), new nn.Linear(36, 16, { bias: false })), [1, 1, 6, 6]);
    const filter = nn.summary(new nn.Conv2d(1, 1, 3, { bias: false }), [1, 1, 6, 6]);
    expect([dense.parameters, filter.parameters, filter.multiplyAdds]).toEqual([576, 9, 144]);
    expect(nn.summary(new nn.Conv2d(1, 2, 3, { bias: false }), [1, 1, 6, 6]).parameters).toBe(18);
  });

  test("deeper layers see more (W-20)", () => {
    expect(seen(stack(conv(3), conv(3)), 1, 1, 9, 9).size).toBe(5);
    for (const depth of [1, 2, 3, 7]) {
      const layers = Array.from({ length: depth }, () => conv(3));
      expect(seen(stack(...layers), 1, 1, 20, 20)).toEqual({ start: 0, jump: 1, size: 1 + 2 * depth });
    }
    expect(seen(stack(conv(3), new nn.MaxPool2d(2), conv(3)), 1, 1, 20, 20)).toEqual({ start: 0, jump: 2, size: 8 }); // prettier-ignore
  });

  test("577 parameters of a filter after 64 others (W-21)", () => {
    expect(nn.summary(new nn.Conv2d(64, 1, 3), [1, 64, 4, 4]).parameters).toBe(577);
  });

  test("AlphaGo's policy network (W-22, W-24)", () => {
    const { layers, parameters, multiplyAdds, receptiveField } = nn.summary(alphaGo(192), [1, 48, 19, 19]);
    expect(parameters).toBe(3_882_793);
    expect(multiplyAdds).toBe(361 * 3_880_128);
    expect((multiplyAdds / 1e9).toFixed(2)).toBe("1.40");
    expect(receptiveField).toEqual({ start: -13, jump: 1, size: 27 });
    expect(layers.filter((layer) => layer.type === "Conv2d").every((layer) => layer.outputShape[3] === 19)).toBe(true); // prettier-ignore
    expect(layers[0]).toMatchObject({ name: "0", parameters: 230_400 + 192, outputShape: [1, 192, 19, 19] });
  });

  test.each([[128, 1_777_641], [256, 6_798_953], [384, 15_064_297]])("AlphaGo's other widths, k = %i (W-23)", (k, parameters) => {
    expect(alphaGo(k).parameters().reduce((sum, each) => sum + each.numel, 0)).toBe(parameters); // prettier-ignore
  }); // prettier-ignore

  test("a fully connected player (W-25)", () => {
    const one = stack(new nn.Flatten(), new nn.Linear(19 * 19 * 48, 361));
    const two = stack(
      new nn.Flatten(),
      new nn.Linear(19 * 19 * 48, 1000),
      new nn.ReLU(),
      new nn.Linear(1000, 361),
    );
    expect(nn.summary(one, [1, 48, 19, 19]).parameters).toBe(6_255_769);
    expect(nn.summary(two, [1, 48, 19, 19]).parameters).toBe(17_690_361);
  });
});

describe("the receptive field", () => {
  test("is a pair where height and width differ", () => {
    const wide = new nn.Conv2d(1, 1, [1, 5], { stride: [1, 2], padding: [0, 2] });
    expect(seen(wide, 1, 1, 4, 9)).toEqual({ start: [0, -2], jump: [1, 2], size: [1, 5] });
  });

  test.each<[string, nn.Module, number[], nn.ReceptiveField]>([
    ["of dilation spreads", conv(3, { dilation: 4 }), [1, 1, 9, 9], { start: 0, jump: 1, size: 9 }],
    ["of padding same begins before the image", conv(4, { padding: "same" }), [1, 1, 9, 9], { start: -1, jump: 1, size: 4 }], // prettier-ignore
    [
      "of padding valid does not",
      conv(4, { padding: "valid" }),
      [1, 1, 9, 9],
      { start: 0, jump: 1, size: 4 },
    ],
    ["of strides multiplies", stack(conv(3, { stride: 2 }), conv(3, { stride: 2 })), [1, 1, 15, 15], { start: 0, jump: 4, size: 7 }], // prettier-ignore
    ["of an average of whole maps is all of it", stack(conv(3), new nn.AdaptiveAvgPool2d(1)), [1, 1, 8, 8], { start: 0, jump: 6, size: 8 }], // prettier-ignore
    ["of uneven windows is the largest", new nn.AdaptiveAvgPool2d([2, 2]), [1, 1, 5, 5], { start: 0, jump: 2.5, size: 3 }], // prettier-ignore
    ["of a fully connected layer is all that is left", stack(conv(3, { stride: 2 }), new nn.Flatten(), new nn.Linear(9, 2)), [1, 1, 8, 8], { start: 0, jump: 0, size: 7 }], // prettier-ignore
    ["of sequences has one dimension", stack(new nn.Conv1d(4, 1, 5), new nn.MaxPool1d(2)), [1, 4, 20], { start: 0, jump: 2, size: 6 }], // prettier-ignore
    ["of overlapping pools", new nn.MaxPool2d(3, { stride: 2, padding: 1 }), [1, 1, 8, 8], { start: -1, jump: 2, size: 3 }], // prettier-ignore
    ["of repeated pixels is theirs", stack(conv(3), new nn.Upsample({ scaleFactor: 2 })), [1, 1, 8, 8], { start: 0, jump: 0.5, size: 3 }], // prettier-ignore
    ["of mixed pixels is that of two", stack(conv(3), new nn.Upsample({ scaleFactor: 2, mode: "bilinear" })), [1, 1, 8, 8], { start: 0, jump: 0.5, size: 4 }], // prettier-ignore
    ["of a residual is the wider way", new nn.Residual(conv(5, { padding: 2 }), conv(1)), [1, 1, 8, 8], { start: -2, jump: 1, size: 5 }], // prettier-ignore
    ["of a residual round nothing", new nn.Residual(conv(3, { padding: 1 })), [1, 1, 8, 8], { start: -1, jump: 1, size: 3 }], // prettier-ignore
  ])("%s", (_, model, shape, field) => expect(seen(model, ...shape)).toEqual(field));

  /** How far the gradient of one output reaches along the columns, measured. */
  function measured(model: nn.Module, size: number, column: number): [first: number, last: number] {
    const x = ones(1, 1, size, size, { requiresGrad: true });
    const out = model.forward(x);
    out.at(0, 0, Math.floor(out.shape[2] / 2), column).backward();
    const hears = (x.grad!.abs().sum([0, 1, 2]).toArray() as number[]).map((value) => value > 0);
    return [hears.indexOf(true), hears.lastIndexOf(true)];
  }

  test.each<[string, nn.Module]>([
    ["convolutions and pools", stack(conv(3), new nn.AvgPool2d(2), conv(3, { padding: 1, stride: 2 }))],
    ["convolutions with dilation", stack(conv(3, { dilation: 2, padding: 1 }), conv(2, { stride: 2 }))],
    ["a residual", stack(new nn.Residual(conv(5, { padding: 2 })), conv(3, { stride: 3 }))],
  ])("of %s is where gradients come from", (_, model) => {
    for (const [i, weight] of model.parameters().entries())
      nn.init.uniform_(weight, 0.1, 1, new Generator(i));
    const { start, jump, size } = seen(model, 1, 1, 30, 30) as { start: number; jump: number; size: number };
    for (const column of [0, 2, 3]) {
      const first = start + column * jump;
      expect(measured(model, 30, column)).toEqual([Math.max(first, 0), first + size - 1]);
    }
  });

  test("of a transposed convolution covers where gradients come from", () => {
    const up = new nn.ConvTranspose2d(1, 1, 3, { stride: 2, padding: 1 });
    nn.init.constant_(up.weight, 1);
    expect(seen(up, 1, 1, 9, 9)).toEqual({ start: 0, jump: 0.5, size: 2 });
    expect([0, 1, 2, 3].map((column) => measured(up, 9, column))).toEqual([[0, 0], [0, 1], [1, 1], [1, 2]]); // prettier-ignore
  });
});

describe("summary()", () => {
  class Shared extends nn.Module {
    scale = new nn.Parameter(f64([2]));
    layer = new nn.Linear(3, 3, { dtype: "float64" });
    drop = new nn.Dropout();
    forward(x: Tensor): Tensor {
      return this.drop.forward(this.layer.forward(F.relu(this.layer.forward(x)))).mul(this.scale);
    }
  }

  test("meets layers in the order in which forward calls them, and counts shared weights once", () => {
    const { layers, parameters, multiplyAdds } = nn.summary(new Shared(), [2, 3]);
    expect(layers.map((layer) => [layer.name, layer.parameters])).toEqual([["layer", 12], ["layer", 0], ["drop", 0], ["Shared", 1]]); // prettier-ignore
    expect(parameters).toBe(13);
    expect(multiplyAdds).toBe(18); // for one of the two samples
  });

  test("leaves the model as it was, also when it fails", () => {
    const model = stack(new Shared(), new nn.BatchNorm1d(3, { dtype: "float64" }));
    model.layers[0].children()[1].eval();
    const modes = (module: nn.Module): boolean[] => [module.training, ...module.children().flatMap(modes)];
    const before = { modes: modes(model), state: model.stateDict() };
    nn.summary(model, [2, 3]);
    expect(() => nn.summary(model, [2, 4])).toThrow(
      /^Shared expects 3 features, got 4 \(layer 1 of 2\);\nlinear: expected x with 3 features/,
    );
    expect({ modes: modes(model), state: model.stateDict() }).toEqual(before);
    expect(Object.hasOwn(model, "forward")).toBe(false);
    expect(model.parameters().every((parameter) => parameter.grad === null)).toBe(true);
  });

  test("leaves a forward that is a field where it was", () => {
    class Field extends nn.Module {
      override forward = (x: Tensor): Tensor => x.mul(2);
    }
    const model = new Field();
    const { forward } = model;
    expect(nn.summary(model, [1, 4]).layers).toHaveLength(1);
    expect(model.forward).toBe(forward);
  });

  test("reads words where an embedding comes first, and other dtypes where told", () => {
    const model = stack(new nn.Embedding(10, 4), new nn.Flatten(), new nn.Linear(20, 2));
    expect(nn.summary(model, [1, 5]).layers.map((layer) => layer.outputShape)).toEqual([[1, 5, 4], [1, 20], [1, 2]]); // prettier-ignore
    const told = nn.summary(new nn.Flatten(), [1, 5], { dtype: "uint8" });
    expect(told.parameters).toBe(0);
  });

  test("lets a spatial transformer look everywhere", () => {
    const local = stack(new nn.Flatten(), new nn.Linear(64, 6));
    const { layers, receptiveField } = nn.summary(
      stack(new nn.SpatialTransformer(local), conv(3)),
      [1, 1, 8, 8],
    );
    expect(layers.map((layer) => layer.name)).toEqual(["0.localisation.0", "0.localisation.1", "1"]);
    expect(receptiveField).toEqual({ start: 0, jump: 0, size: 8 });
  });

  test("counts a transposed convolution's products by its inputs", () => {
    const { multiplyAdds } = nn.summary(
      new nn.ConvTranspose2d(4, 6, 3, { stride: 2, groups: 2 }),
      [3, 4, 5, 5],
    );
    expect(multiplyAdds).toBe(4 * 25 * 3 * 9);
  });

  test("shows itself as a table", () => {
    const table = nn.summary(
      stack(conv(3), new nn.ReLU(), new nn.Flatten(), new nn.Linear(676, 10)),
      [1, 1, 28, 28],
    );
    expect(String(table)).toBe(
      [
        "layer              output  parameters  multiply-adds  sees",
        "──────────────────────────────────────────────────────────",
        "0 Conv2d   (1, 1, 26, 26)          10          6,084     3",
        "1 ReLU     (1, 1, 26, 26)           0              0     3",
        "2 Flatten        (1, 676)           0              0     3",
        "3 Linear          (1, 10)       6,770          6,760    28",
        "──────────────────────────────────────────────────────────",
        "all                             6,780         12,844    28",
      ].join("\n"),
    );
    const show = (table as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ];
    const bundle = show.call(table);
    expect(bundle["text/plain"]).toBe(String(table));
    expect(bundle["text/html"]).toContain('<td style="text-align:left">0 Conv2d</td>');
    expect(bundle["text/html"].match(/<tr>/g)).toHaveLength(6);
  });

  test("speaks Chinese in a Chinese lesson, its columns aligned for characters of double width", () => {
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    const table = String(nn.summary(stack(conv(3), new nn.Flatten()), [1, 1, 5, 5]));
    vi.unstubAllEnvs();
    expect(table).toBe(
      [
        "层                 输出  参数  乘加次数  感受野",
        "───────────────────────────────────────────────",
        "0 Conv2d   (1, 1, 3, 3)    10        81       3",
        "1 Flatten        (1, 9)     0         0       3",
        "───────────────────────────────────────────────",
        "合计                       10        81       3",
      ].join("\n"),
    );
  });

  test("writes two sizes where height and width differ, and names a lone layer once", () => {
    expect(String(nn.summary(new nn.Conv2d(1, 1, [1, 3]), [1, 1, 4, 4]))).toMatch(/^Conv2d .* 1 × 3$/m);
  });
});
