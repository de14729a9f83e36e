import { data, full, Generator, rand, randint, tensor, zeros, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { expectClose } from "../support/tensors";

const { transforms } = data;
const generator = (seed = 1): Generator => new Generator(seed);

/** (1, 5, 7), every value different from its neighbours. What PyTorch makes of it stands below, from torch 2.13. */
const x = tensor(
  Array.from({ length: 35 }, (_, i) => (i * 37) % 101),
  { dtype: "float64" },
).reshape(1, 5, 7);
const small = tensor([[[1, 2, 3], [4, 5, 6]]]); // prettier-ignore

describe("compose() and toTensor()", () => {
  test("go from whole numbers to numbers from 0 to 1, one step after the other", () => {
    const steps = transforms.compose([transforms.toTensor(), transforms.normalize(0.5, 0.25)]);
    const out = steps(tensor([[[0, 255]]], { dtype: "uint8" }));
    expect([out.dtype, out.toArray()]).toEqual(["float32", [[[-2, 2]]]]);
    expect(transforms.compose([])(small)).toBe(small);
  });

  test("leave floats as they are, and scale bytes only", () => {
    expect(
      transforms
        .toTensor()(tensor([[[300]]], { dtype: "int32" }))
        .toArray(),
    ).toEqual([[[300]]]);
    expect(transforms.toTensor()(small).toArray()).toEqual(small.toArray());
  });
});

describe("normalize()", () => {
  test("takes a mean and a deviation for each channel, in batches too", () => {
    const image = tensor([[[1, 2]], [[10, 20]]]); // (2, 1, 2)
    const out = transforms.normalize([1, 10], [1, 5])(image);
    expect(out.toArray()).toEqual([[[0, 1]], [[0, 2]]]); // prettier-ignore
    const batch = transforms.normalize([1, 10], [1, 5])(image.unsqueeze(0).expand(3, 2, 1, 2));
    expect(batch.at(2).toArray()).toEqual(out.toArray());
    expect(image.toArray()).toEqual([[[1, 2]], [[10, 20]]]); // prettier-ignore
  });
});

describe("resize()", () => {
  test.each<[[number, number], number[][]]>([
    [[3, 4], [[41.748299, 50.6, 37.302857, 52.530612], [43.068783, 56.293333, 47.164444, 62.783069], [43.62585, 62.371429, 46.188571, 48.22449]]],
    [[2, 7], [[29.454545, 61.863636, 57.545455, 39.454545, 30.545455, 67.545455, 49.454545], [42.454545, 38.136364, 70.545455, 52.454545, 43.545455, 48.409091, 62.454545]]],
    [[8, 3], [[31.714286, 39.705882, 53.214286], [47.183036, 41.25, 49.745536], [65.674107, 43.827206, 46.59375], [51.700893, 49.746324, 59.674107], [42.236607, 51.952206, 63.736607], [37.28125, 50.444853, 58.78125], [48.558036, 55.621324, 45.709821], [57.714286, 59.764706, 35.928571]]],
  ])("to %j does what PyTorch does with antialias", (size, expected) => {
    expectClose(transforms.resize(size)(x), [expected], 1e-5);
  }); // prettier-ignore

  test("without antialias looks at two pixels each way only, as PyTorch does", () => {
    const expected = [[32.875, 55.541667, 31.916667, 50.375], [26.875, 79.0, 55.375, 57.0], [41.916667, 77.208333, 53.583333, 46.791667]]; // prettier-ignore
    expectClose(transforms.resize([3, 4], { antialias: false })(x), [expected], 1e-5);
  });

  test("by one number sets the shorter side", () => {
    expect(transforms.resize(3)(zeros(1, 5, 7)).shape).toEqual([1, 3, 4]); // 3 · 7 / 5 = 4.2
    expect(transforms.resize(10)(zeros(2, 3, 7, 5)).shape).toEqual([2, 3, 14, 10]);
    expect(transforms.resize(5)(x)).toBe(x);
  });

  test("keeps bytes bytes, rounded, and one colour one colour", () => {
    const bytes = transforms.resize([2, 3])(full([3, 9, 9], 201, { dtype: "uint8" }));
    expect([bytes.dtype, [...new Set(bytes.data)]]).toEqual(["uint8", [201]]);
    const rounded = transforms.resize([1, 1])(tensor([[[1, 2]]], { dtype: "uint8" }));
    expect(rounded.toArray()).toEqual([[[2]]]);
  });
});

describe("centerCrop()", () => {
  test("takes the middle, the upper left one of two", () => {
    expect(transforms.centerCrop([1, 1])(small).toArray()).toEqual([[[2]]]);
    expect(transforms.centerCrop([5, 3])(x).toArray()).toEqual(x.narrow(2, 2, 3).toArray());
    const row = tensor([[[0, 1, 2, 3, 4, 5]]]);
    expect(transforms.centerCrop([1, 3])(row).toArray()).toEqual([[[2, 3, 4]]]); // 1.5 goes to 2, as in Python
  });

  test("puts zeros round a picture that is smaller", () => {
    expect(transforms.centerCrop([4, 3])(small).toArray()).toEqual([[[0, 0, 0], [1, 2, 3], [4, 5, 6], [0, 0, 0]]]); // prettier-ignore
  });
});

describe("randomCrop()", () => {
  test("takes every place, each about as often as the others", () => {
    const crop = transforms.randomCrop([1, 2], { generator: generator() });
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const key = String(crop(small).reshape(-1).toArray());
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["1,2", "2,3", "4,5", "5,6"]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120); // 4 deviations
  });

  test("can begin in a border of any value", () => {
    const crop = transforms.randomCrop([2, 3], { padding: [0, 1], fill: 9, generator: generator() });
    const seen = new Set(Array.from({ length: 60 }, () => String(crop(small).at(0, 0).toArray())));
    expect([...seen].sort()).toEqual(["1,2,3", "2,3,9", "9,1,2"]);
  });
});

describe("randomHorizontalFlip()", () => {
  test("mirrors left and right as often as p says", () => {
    expect(transforms.randomHorizontalFlip(1)(small).toArray()).toEqual([[[3, 2, 1], [6, 5, 4]]]); // prettier-ignore
    expect(transforms.randomHorizontalFlip(0)(small)).toBe(small);
    const flip = transforms.randomHorizontalFlip(0.3, { generator: generator() });
    const flipped = Array.from({ length: 2000 }, () => flip(small) !== small).filter(Boolean).length;
    expect(Math.abs(flipped - 600)).toBeLessThan(82); // 4 deviations
  });
});

describe("randomRotation()", () => {
  test("turns counter-clockwise, without loss by quarters", () => {
    const square = tensor([[[1, 2], [3, 4]]]); // prettier-ignore
    expect(transforms.randomRotation([90, 90])(square).toArray()).toEqual([[[2, 4], [1, 3]]]); // prettier-ignore
    expect(transforms.randomRotation([-90, -90])(square).toArray()).toEqual([[[3, 1], [4, 2]]]); // prettier-ignore
    expect(transforms.randomRotation([180, 180])(small).toArray()).toEqual([[[6, 5, 4], [3, 2, 1]]]); // prettier-ignore
    expect(transforms.randomRotation(0)(small).toArray()).toEqual(small.toArray());
  });

  test("by 30 degrees does what PyTorch's grid sampling does", () => {
    const expected = [[0.0, 15.233247, 11.486262, 35.210236, 45.253175, 62.547589, 17.367222], [21.15648, 62.659218, 46.125046, 35.870835, 52.679492, 79.393846, 62.355901], [43.37118, 76.851252, 56.691343, 23.0, 39.808657, 43.08588, 53.12882], [36.884067, 47.309002, 57.351942, 60.629165, 54.000691, 53.652177, 8.006351], [10.541213, 44.829621, 24.183956, 84.726896, 34.230855, 16.903811, 0.0]]; // prettier-ignore
    expectClose(transforms.randomRotation([30, 30], { interpolation: "bilinear" })(x), [expected], 1e-5);
  });

  test("fills the corners with the given value", () => {
    const turned = transforms.randomRotation([45, 45], { fill: 7 })(full([1, 9, 9], 1));
    expect([turned.at(0, 0, 0).item(), turned.at(0, 4, 4).item()]).toEqual([7, 1]);
  });
});

describe("randomAffine()", () => {
  const fixed = { scale: [1.3, 1.3], shear: [15, 15] } as const;

  test.each([
    ["bilinear", [[46.669966, 82.3828, 63.815436, 48.917202, 35.634114, 24.964257, 37.187771], [34.542459, 62.740773, 61.823878, 50.690842, 54.142545, 19.865449, 44.042737], [16.861497, 52.574332, 62.412021, 23.0, 41.378503, 41.281, 50.4215], [53.681154, 58.996435, 72.240013, 47.754791, 43.8086, 79.521434, 69.505852], [75.273372, 61.159191, 50.79553, 43.0451, 36.909815, 62.842681, 70.117783]]],
    ["nearest", [[57.0, 94.0, 94.0, 30.0, 10.0, 10.0, 47.0], [50.0, 50.0, 87.0, 67.0, 67.0, 3.0, 84.0], [6.0, 43.0, 87.0, 23.0, 60.0, 3.0, 40.0], [63.0, 43.0, 80.0, 80.0, 60.0, 97.0, 97.0], [100.0, 36.0, 36.0, 16.0, 53.0, 53.0, 90.0]]],
  ] as const)("turns, scales and slants as torchvision does (%s)", (interpolation, expected) => {
    expectClose(transforms.randomAffine([20, 20], { ...fixed, interpolation })(x), [expected], 1e-5);
  }); // prettier-ignore

  test("moves by whole pixels, as far as its shares say", () => {
    const dot = tensor([[[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]]); // prettier-ignore
    const move = transforms.randomAffine(0, { translate: [0, 0.4], generator: generator() });
    const places = Array.from({ length: 200 }, () => move(dot).reshape(-1).argmax().item());
    expect([...new Set(places)].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14]);
  });
});

describe("colorJitter()", () => {
  const jitter = (options: data.transforms.ColorJitterOptions, image: Tensor): Tensor =>
    transforms.colorJitter(options)(image);
  const pixel = (...rgb: number[]): Tensor => tensor(rgb, { dtype: "float64" }).reshape(3, 1, 1);

  test("multiplies by the brightness, and cuts off", () => {
    expectClose(jitter({ brightness: [2, 2] }, pixel(0.1, 0.4, 0.8)), pixel(0.2, 0.8, 1));
    expect(jitter({ brightness: [0.5, 0.5] }, tensor([[[101]]], { dtype: "uint8" })).toArray()).toEqual([
      [[51]],
    ]);
  });

  test("stretches contrast about the mean grey of the picture", () => {
    const grey = tensor([[[0.2, 0.6]]], { dtype: "float64" });
    expectClose(jitter({ contrast: [0.5, 0.5] }, grey), tensor([[[0.3, 0.5]]], { dtype: "float64" }));
    expectClose(jitter({ contrast: [0, 0] }, pixel(1, 0, 0)), pixel(0.2989, 0.2989, 0.2989));
  });

  test("moves colours to grey and away from it", () => {
    expectClose(jitter({ saturation: [0, 0] }, pixel(0, 1, 0)), pixel(0.587, 0.587, 0.587));
    expectClose(jitter({ saturation: [0.5, 0.5] }, pixel(0, 0, 1)), pixel(0.057, 0.057, 0.557));
    const grey = tensor([[[0.2, 0.6]]]);
    expect(jitter({ saturation: 0.9, hue: 0.5 }, grey).toArray()).toEqual(grey.toArray());
  });

  test("turns hues round the wheel as Python's colorsys does", () => {
    expectClose(jitter({ hue: [0.25, 0.25] }, pixel(0.8, 0.2, 0.4)), pixel(0.7, 0.8, 0.2));
    expectClose(jitter({ hue: [-0.4, -0.4] }, pixel(0.1, 0.5, 0.3)), pixel(0.5, 0.14, 0.1));
    expectClose(jitter({ hue: [0.3, 0.3] }, pixel(0.5, 0.5, 0.5)), pixel(0.5, 0.5, 0.5));
  });

  test("does nothing unless asked, and stays within 0 and 255", () => {
    const image = randint(0, 256, [2, 3, 4, 4], { generator: generator() }).to("uint8");
    expect(jitter({}, image).toArray()).toEqual(image.toArray());
    const all = { brightness: 0.9, contrast: 0.9, saturation: 0.9, hue: 0.5, generator: generator(2) };
    const [first, second] = [jitter(all, image), jitter(all, image)];
    expect([first.dtype, first.shape]).toEqual(["uint8", image.shape]);
    expect(first.toArray()).not.toEqual(second.toArray());
  });
});

describe("every random transform", () => {
  test.each<[string, (generator: Generator) => data.transforms.Transform]>([
    ["randomCrop", (generator) => transforms.randomCrop(5, { padding: 2, generator })],
    ["randomHorizontalFlip", (generator) => transforms.randomHorizontalFlip(0.5, { generator })],
    ["randomRotation", (generator) => transforms.randomRotation(90, { generator })],
    ["randomAffine", (generator) => transforms.randomAffine(20, { translate: [0.2, 0.2], scale: [0.5, 2], shear: 10, generator })],
    ["colorJitter", (generator) => transforms.colorJitter({ brightness: 0.5, contrast: 0.5, saturation: 0.5, hue: 0.2, generator })],
  ])("%s gives the same pictures for the same seed, and leaves its input alone", (_, make) => {
    const image = rand(3, 8, 8, { generator: generator() });
    const before = image.toArray();
    const run = (seed: number): unknown[] => {
      const transform = make(generator(seed));
      return Array.from({ length: 6 }, () => transform(image).toArray());
    };
    expect(run(3)).toEqual(run(3));
    expect(run(3)).not.toEqual(run(4));
    expect(image.toArray()).toEqual(before);
  }); // prettier-ignore
});
