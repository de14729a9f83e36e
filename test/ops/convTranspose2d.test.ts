import fc from "fast-check";
import { backend, F, Generator, randint, type Tensor } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { f64, leaf, single } from "../support/tensors";

type Options = Parameters<typeof F.convTranspose2d>[3];

const spread = (map: number[][], kernel: number[][], options?: Options): number[][] =>
  F.convTranspose2d(single(map), single(kernel), undefined, options).at(0, 0).toArray();

const whole = (shape: readonly number[], seed: number): Tensor =>
  randint(-9, 10, shape, { generator: new Generator(seed) }).to("float64");

const kernel = [[1, 2], [3, 4]]; // prettier-ignore

describe.each(backend.list())("convTranspose2d() on %s", (name) => {
  beforeEach(() => backend.use(name));

  test("puts the kernel down at every pixel, and adds where they overlap", () => {
    expect(spread([[1, 10]], kernel)).toEqual([[1, 12, 20], [3, 34, 40]]); // prettier-ignore
    expect(spread([[1, 10]], kernel, { stride: 2 })).toEqual([[1, 2, 10, 20], [3, 4, 30, 40]]); // prettier-ignore
    expect(spread([[1, 10]], kernel, { dilation: [1, 2] })).toEqual([[1, 10, 2, 20], [3, 30, 4, 40]]); // prettier-ignore
  });

  test("cuts off its padding, and adds outputPadding at the bottom and right", () => {
    expect(spread([[1, 10]], kernel, { padding: [0, 1] })).toEqual([[12], [34]]);
    expect(spread([[5]], [[1]], { stride: 2, outputPadding: 1 })).toEqual([[5, 0], [0, 0]]); // prettier-ignore
    expect(spread([[5]], [[1]], { stride: [1, 3], outputPadding: [0, 2] })).toEqual([[5, 0, 0]]);
  });

  test("adds up input channels within a group, and the bias to each output channel", () => {
    const x = f64([[[[1]], [[10]]]]);
    const weight = f64([[[[1]], [[2]]], [[[3]], [[4]]]]); // prettier-ignore
    expect(F.convTranspose2d(x, weight, f64([0.5, 0])).toArray()).toEqual([[[[31.5]], [[42]]]]);
    const apart = F.convTranspose2d(x, weight, undefined, { groups: 2 });
    expect(apart.toArray()).toEqual([[[[1]], [[2]], [[30]], [[40]]]]);
  });

  test("sends gradients to map, kernel and bias, worked by hand", () => {
    const [x, weight, bias] = [leaf([[[[1, 10]]]]), leaf([[kernel]]), leaf([0])];
    F.convTranspose2d(x, weight, bias).backward(single([[1, 2, 3], [4, 5, 6]])); // prettier-ignore
    expect(x.grad!.toArray()).toEqual([[[[37, 47]]]]);
    expect(weight.grad!.at(0, 0).toArray()).toEqual([[21, 32], [54, 65]]); // prettier-ignore
    expect(bias.grad!.toArray()).toEqual([21]);
  });

  test("is the way back of conv2d: ⟨conv(x), y⟩ = ⟨x, convTranspose(y)⟩", () => {
    const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
    const cases = fc.record({
      stride: fc.tuple(size(3), size(3)),
      dilation: fc.tuple(size(2), size(2)),
      kernel: fc.tuple(size(3), size(3)),
      map: fc.tuple(size(3), size(3)),
      groups: size(2),
      seed: fc.nat(1_000_000),
    });
    fc.assert(
      fc.property(cases, ({ stride, dilation, kernel, map, groups, seed }) => {
        const options = { stride, dilation, groups };
        const y = whole([2, 2 * groups, ...map], seed);
        const weight = whole([2 * groups, 3, ...kernel], seed + 1);
        const back = F.convTranspose2d(y, weight, undefined, options);
        const x = whole(back.shape, seed + 2);
        expect(x.mul(back).sum().item()).toBe(F.conv2d(x, weight, undefined, options).mul(y).sum().item());
      }),
      { seed: 2021, numRuns: 60 },
    );
  });
});
