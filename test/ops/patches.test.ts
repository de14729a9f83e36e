import fc from "fast-check";
import { backend, F, Generator, randint, type Tensor } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { FILTER_1, IMAGE, MAP_1 } from "../support/lecture";
import { f64, single } from "../support/tensors";

const whole = (shape: readonly number[], seed: number): Tensor =>
  randint(-9, 10, shape, { generator: new Generator(seed) }).to("float64");

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const windows = fc.record({
  shape: fc.tuple(size(2), size(3), fc.integer({ min: 3, max: 6 }), fc.integer({ min: 3, max: 6 })),
  kernel: fc.tuple(size(2), size(2)),
  stride: fc.tuple(size(3), size(3)),
  padding: fc.tuple(fc.nat(2), fc.nat(2)),
  dilation: fc.tuple(size(2), size(2)),
  seed: fc.nat(1_000_000),
});
const holds = (body: (window: typeof windows extends fc.Arbitrary<infer T> ? T : never) => void): void =>
  fc.assert(fc.property(windows, body), { seed: 2021, numRuns: 60 });

describe.each(backend.list())("unfold() and fold() on %s", (name) => {
  beforeEach(() => backend.use(name));
  const image = [[1, 2, 3], [4, 5, 6]]; // prettier-ignore

  test("lay patches side by side, one column a stop", () => {
    expect(F.unfold(single(image), 2).toArray()).toEqual([[[1, 2], [2, 3], [4, 5], [5, 6]]]); // prettier-ignore
    expect(F.unfold(single(image), [1, 2], { dilation: 2 }).toArray()).toEqual([[[1, 4], [3, 6]]]); // prettier-ignore
    expect(F.unfold(single(image), 2, { stride: 2, padding: [0, 1] }).toArray()).toEqual([[[0, 2], [1, 3], [0, 5], [4, 6]]]); // prettier-ignore
    expect(F.unfold(f64([[[[1]], [[2]]]]), 1).toArray()).toEqual([[[1], [2]]]);
  });

  test("put patches back and add where they overlap", () => {
    const ones = F.unfold(single(image), 2).mul(0).add(1);
    expect(F.fold(ones, [2, 3], 2).at(0, 0).toArray()).toEqual([[1, 2, 1], [1, 2, 1]]); // prettier-ignore
    const apart = F.unfold(single(image), [1, 3], { stride: [1, 3] });
    expect(
      F.fold(apart, [2, 3], [1, 3], { stride: [1, 3] })
        .at(0, 0)
        .toArray(),
    ).toEqual(image);
  });

  test("make a convolution of a matrix product (W-01)", () => {
    const out = single(FILTER_1)
      .reshape(1, 9)
      .matmul(F.unfold(single(IMAGE), 3));
    expect(out.reshape(4, 4).toArray()).toEqual(MAP_1);
  });

  test("are each other's way back: ⟨unfold(x), y⟩ = ⟨x, fold(y)⟩", () => {
    holds(({ shape, kernel, seed, ...options }) => {
      const x = whole(shape, seed);
      const patches = F.unfold(x, kernel, options);
      const y = whole(patches.shape, seed + 1);
      const images = F.fold(y, [shape[2], shape[3]], kernel, options);
      expect(images.shape).toEqual(x.shape);
      expect(images.mul(x).sum().item()).toBe(patches.mul(y).sum().item());
    });
  });

  test("send back what the other sends forth", () => {
    holds(({ shape, kernel, seed, ...options }) => {
      const x = whole(shape, seed).requiresGrad_();
      const patches = F.unfold(x, kernel, options);
      const y = whole(patches.shape, seed + 1).requiresGrad_();
      const images = F.fold(y, [shape[2], shape[3]], kernel, options);
      patches.backward(y.detach());
      expect(x.grad!.toArray()).toEqual(images.toArray());
      images.backward(x.detach());
      expect(y.grad!.toArray()).toEqual(F.unfold(x, kernel, options).toArray());
    });
  });
});
