import { backend, F, manualSeed, randn, tensor, type Tensor } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { ASYMMETRIC, FILTER_1, FILTER_2, IMAGE, MAP_1, MAP_2 } from "../support/lecture";
import { expectClose, f64, single } from "../support/tensors";

type Options = Parameters<typeof F.conv2d>[3];

/** One image of one channel with one kernel. */
function convolve(image: number[][], kernel: number[][], options?: Options): number[][] {
  return F.conv2d(single(image), single(kernel), undefined, options).at(0, 0).toArray();
}

/** 1, 2, 3, … row by row. */
const counting = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, c) => row * columns + c + 1));

describe.each(backend.list())("conv2d() on %s", (name) => {
  beforeEach(() => {
    backend.use(name);
    manualSeed(4);
  });

  test("gives the lecture's map of Filter 1 (W-01)", () => {
    expect(convolve(IMAGE, FILTER_1)).toEqual(MAP_1);
    expect(MAP_1.flat().reduce((sum, value) => sum + value)).toBe(-14);
  });

  test("gives the lecture's map of Filter 2 (W-02)", () => {
    expect(convolve(IMAGE, FILTER_2)).toEqual(MAP_2);
    expect(MAP_2.flat().reduce((sum, value) => sum + value)).toBe(-12);
  });

  test("gives both maps at once for two kernels", () => {
    const out = F.conv2d(single(IMAGE), f64([[FILTER_1], [FILTER_2]]));
    expect(out.toArray()).toEqual([[MAP_1, MAP_2]]);
  });

  test("moves by the stride (W-03)", () => {
    expect(convolve(IMAGE, FILTER_1, { stride: 2 })).toEqual([[3, -3], [-3, 0]]); // prettier-ignore
    expect(convolve(IMAGE, FILTER_2, { stride: 2 })).toEqual([[-1, -1], [-1, -2]]); // prettier-ignore
  });

  test("puts zeros round the image (W-04)", () => {
    expect(convolve(IMAGE, FILTER_1, { padding: 1 })).toEqual([
      [2, -2, -1, 1, -2, 0],
      [-2, 3, -1, -3, -1, -2],
      [-2, -3, 1, 0, -3, 0],
      [2, -3, -3, 0, 1, -2],
      [-2, 3, -2, -2, -1, -1],
      [-1, -2, 2, -3, 0, 0],
    ]);
  });

  test("does not turn the kernel round (W-07)", () => {
    expect(convolve(IMAGE, ASYMMETRIC)).toEqual([[1, -1, 0, 1], [2, 2, 0, 2], [0, 2, 2, 2], [1, 0, -1, 3]]); // prettier-ignore
    const turned = tensor(ASYMMETRIC).flip(0, 1).toArray() as number[][];
    expect(convolve(IMAGE, turned)).toEqual([[1, 3, 2, 1], [0, 0, 2, 2], [2, 0, 0, 2], [1, 2, 1, 3]]); // prettier-ignore
  });

  test("gives the 5 × 5 example at three geometries (W-08)", () => {
    const image = ["11100", "01110", "00111", "00110", "01100"].map((row) => [...row].map(Number));
    const kernel = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]; // prettier-ignore
    expect(convolve(image, kernel)).toEqual([[4, 3, 4], [2, 4, 3], [2, 3, 4]]); // prettier-ignore
    expect(convolve(image, kernel, { stride: 2 })).toEqual([[4, 4], [2, 4]]); // prettier-ignore
    expect(convolve(image, kernel, { padding: 1 })).toEqual([
      [2, 2, 3, 1, 1],
      [1, 4, 3, 4, 1],
      [1, 2, 4, 3, 3],
      [1, 2, 3, 4, 1],
      [0, 2, 2, 1, 1],
    ]);
  });

  test("adds up the channels of a second layer (W-09)", () => {
    const maps = f64([[MAP_1, MAP_2]]);
    const weight = f64([[FILTER_1, FILTER_2]]);
    expect(F.conv2d(maps, weight).toArray()).toEqual([[[[22, 6], [2, -2]]]]); // prettier-ignore
    const perChannel = F.conv2d(maps, weight.reshape(2, 1, 3, 3), undefined, { groups: 2 });
    expect(perChannel.toArray()).toEqual([[[[17, 9], [-7, 9]], [[5, -3], [9, -11]]]]); // prettier-ignore
  });

  test("gives the three-channel demo with padding, stride and bias (W-12)", () => {
    const x = f64([
      [
        [[0, 0, 1, 0, 2], [1, 0, 2, 0, 1], [1, 0, 2, 2, 0], [2, 0, 0, 2, 0], [2, 1, 2, 2, 0]],
        [[2, 1, 2, 1, 1], [2, 1, 2, 0, 1], [0, 2, 1, 0, 1], [1, 2, 2, 2, 2], [0, 1, 2, 0, 1]],
        [[2, 1, 1, 2, 0], [1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [1, 0, 2, 1, 0], [2, 2, 1, 1, 1]],
      ],
    ]); // prettier-ignore
    const weight = f64([
      [
        [[-1, 0, 1], [0, 0, 1], [1, -1, 1]],
        [[-1, 0, 1], [1, -1, 1], [0, 1, 0]],
        [[-1, 1, 1], [1, 1, 0], [0, -1, 0]],
      ],
      [
        [[0, 1, -1], [0, -1, 0], [0, -1, 1]],
        [[-1, 0, 0], [1, -1, 0], [1, -1, 0]],
        [[-1, 1, -1], [0, -1, -1], [1, 0, 0]],
      ],
    ]); // prettier-ignore
    const out = F.conv2d(x, weight, f64([1, 0]), { stride: 2, padding: 1 });
    expect(out.toArray()).toEqual([
      [
        [[2, 3, 3], [3, 7, 3], [8, 10, -3]],
        [[-8, -8, -3], [-3, 1, 0], [-3, -8, -5]],
      ],
    ]); // prettier-ignore
  });

  test("keeps rows and columns apart in kernel, stride, padding and dilation", () => {
    const image = counting(4, 5);
    // Upper and lower pixel two rows apart, every second column.
    expect(convolve(image, [[1], [10]], { dilation: [2, 1], stride: [1, 2] })).toEqual([
      [1 + 110, 3 + 130, 5 + 150],
      [6 + 160, 8 + 180, 10 + 200],
    ]);
    expect(convolve(image, [[1, 10]], { dilation: [1, 3], stride: [3, 1] })).toEqual([
      [1 + 40, 2 + 50],
      [16 + 190, 17 + 200],
    ]);
    expect(convolve([[1, 2]], [[1]], { padding: [0, 1] })).toEqual([[0, 1, 2, 0]]);
    expect(convolve([[1, 2]], [[1]], { padding: [1, 0] })).toEqual([[0, 0], [1, 2], [0, 0]]); // prettier-ignore
  });

  test("drops the pixels that a last incomplete stop would need (W-13)", () => {
    const sizes = [
      [7, 3, 0, 1, 5],
      [7, 3, 0, 2, 3],
      [7, 3, 0, 3, 2],
      [5, 3, 1, 2, 3],
      [32, 5, 0, 1, 28],
      [19, 5, 2, 1, 19],
      [6, 3, 0, 1, 4],
    ];
    for (const [side, kernel, padding, stride, expected] of sizes) {
      const out = convolve(counting(side, side), counting(kernel, kernel), { padding, stride });
      expect([out.length, out[0].length]).toEqual([expected, expected]);
    }
  });

  test("lets each kernel of a group see its own channels only", () => {
    const x = f64([[[[1]], [[10]], [[100]], [[1000]]]]);
    const weight = f64([[[[1]], [[2]]], [[[3]], [[4]]]]); // prettier-ignore
    expect(F.conv2d(x, weight, undefined, { groups: 2 }).toArray()).toEqual([[[[21]], [[4300]]]]);
  });

  test("keeps the size with padding same, the odd column at the right and the bottom", () => {
    expect(convolve([[1, 2, 3]], [[1, 10]], { padding: "same" })).toEqual([[21, 32, 3]]);
    expect(convolve([[1], [2], [3]], [[1], [10]], { padding: "same" })).toEqual([[21], [32], [3]]);
    expect(convolve([[1, 2, 3]], [[1, 10, 100]], { padding: "same" })).toEqual([[210, 321, 32]]);
    expect(convolve([[1, 2, 3, 4]], [[1, 10]], { padding: "same", dilation: [1, 2] })).toEqual([[20, 31, 42, 3]]); // prettier-ignore
    expect(convolve([[1, 2, 3]], [[1, 10]], { padding: "valid" })).toEqual([[21, 32]]);
  });

  test("fills the border in four ways", () => {
    const onBorder = (paddingMode: "zeros" | "reflect" | "replicate" | "circular"): number[] =>
      convolve([[1, 2, 3]], [[1]], { padding: [0, 2], paddingMode })[0];
    expect(onBorder("zeros")).toEqual([0, 0, 1, 2, 3, 0, 0]);
    expect(onBorder("reflect")).toEqual([3, 2, 1, 2, 3, 2, 1]);
    expect(onBorder("replicate")).toEqual([1, 1, 1, 2, 3, 3, 3]);
    expect(onBorder("circular")).toEqual([2, 3, 1, 2, 3, 1, 2]);
  });

  test("treats every image of a batch alike", () => {
    const options = { dtype: "float64" } as const;
    const [x, weight, bias] = [randn(3, 2, 5, 4, options), randn(4, 2, 3, 2, options), randn(4, options)];
    const together = F.conv2d(x, weight, bias, { padding: 1, stride: [1, 2] });
    for (let n = 0; n < 3; n++) {
      const alone = F.conv2d(x.narrow(0, n, 1), weight, bias, { padding: 1, stride: [1, 2] });
      expectClose(alone.squeeze(0), together.at(n));
    }
  });

  test("gives no maps for no images", () => {
    expect(F.conv2d(tensor([]).reshape(0, 1, 4, 4), tensor(FILTER_1).reshape(1, 1, 3, 3)).shape).toEqual([0, 1, 2, 2]); // prettier-ignore
  });

  test("sends gradients to image, kernel and bias, worked by hand", () => {
    const x = single([[1, 2, 3], [4, 5, 6], [7, 8, 9]]).requiresGrad_(); // prettier-ignore
    const weight = single([[1, 10], [100, 1000]]).requiresGrad_(); // prettier-ignore
    const bias = f64([0]).requiresGrad_();
    const gradOut = single([[1, 2], [3, 4]]); // prettier-ignore
    F.conv2d(x, weight, bias).backward(gradOut);
    expect(x.grad!.at(0, 0).toArray()).toEqual([[1, 12, 20], [103, 1234, 2040], [300, 3400, 4000]]); // prettier-ignore
    expect(weight.grad!.at(0, 0).toArray()).toEqual([[37, 47], [67, 77]]); // prettier-ignore
    expect(bias.grad!.toArray()).toEqual([10]);
  });

  test("hears on the border's pixels what the border repeats", () => {
    const x = single([[1, 2, 3]]).requiresGrad_();
    F.conv2d(x, single([[1]]), undefined, { padding: [0, 1], paddingMode: "replicate" })
      .sum()
      .backward();
    expect(x.grad!.at(0, 0).toArray()).toEqual([[2, 1, 2]]);
  });

  test("is float32 for float32, and the same number to its precision", () => {
    const [x, weight] = [randn(1, 2, 6, 6), randn(3, 2, 3, 3)];
    const out = F.conv2d(x, weight);
    expect(out.dtype).toBe("float32");
    expectClose(out, F.conv2d(x.to("float64"), weight.to("float64")) as Tensor, 1e-5);
  });
});
