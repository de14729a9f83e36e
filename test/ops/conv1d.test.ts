import { backend, F } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, f64, leaf } from "../support/tensors";

type Options = Parameters<typeof F.conv1d>[3];

/** One sequence of one channel with one kernel. */
const convolve = (x: number[], kernel: number[], options?: Options): number[] =>
  F.conv1d(f64([[x]]), f64([[kernel]]), undefined, options)
    .at(0, 0)
    .toArray();

describe.each(backend.list())("conv1d() on %s", (name) => {
  beforeEach(() => backend.use(name));

  test("takes a dot product at every stop, without turning the kernel round", () => {
    expect(convolve([1, 2, 3, 4], [1, 10])).toEqual([21, 32, 43]);
    expect(convolve([1, 2, 3, 4, 5], [1, 0, -1], { stride: 2 })).toEqual([-2, -2]);
    expect(convolve([1, 2, 3, 4, 5], [1, 10], { dilation: 3 })).toEqual([41, 52]);
  });

  test("puts four kinds of border at both ends", () => {
    expect(convolve([1, 2, 3], [1], { padding: 2 })).toEqual([0, 0, 1, 2, 3, 0, 0]);
    expect(convolve([1, 2, 3], [1], { padding: 2, paddingMode: "reflect" })).toEqual([3, 2, 1, 2, 3, 2, 1]);
    expect(convolve([1, 2, 3], [1], { padding: 1, paddingMode: "replicate" })).toEqual([1, 1, 2, 3, 3]);
    expect(convolve([1, 2, 3], [1], { padding: 1, paddingMode: "circular" })).toEqual([3, 1, 2, 3, 1]);
    expect(convolve([1, 2, 3], [1, 10], { padding: "same" })).toEqual([21, 32, 3]);
    expect(convolve([1, 2, 3], [1, 10], { padding: "valid" })).toEqual([21, 32]);
  });

  test("adds up channels, keeps groups apart, adds the bias", () => {
    const x = f64([[[1, 2], [10, 20]]]); // prettier-ignore
    expect(F.conv1d(x, f64([[[1], [2]]]), f64([0.5])).toArray()).toEqual([[[21.5, 42.5]]]);
    expect(F.conv1d(x, f64([[[3]], [[2]]]), undefined, { groups: 2 }).toArray()).toEqual([[[3, 6], [20, 40]]]); // prettier-ignore
  });

  test("sends gradients to sequence, kernel and bias, worked by hand", () => {
    const [x, weight, bias] = [leaf([[[1, 2, 3]]]), leaf([[[1, 10]]]), leaf([0])];
    F.conv1d(x, weight, bias).backward(f64([[[1, 2]]]));
    expect(x.grad!.toArray()).toEqual([[[1, 12, 20]]]);
    expect(weight.grad!.toArray()).toEqual([[[5, 8]]]);
    expectClose(bias.grad, [3]);
  });
});
