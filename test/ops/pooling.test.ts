import { backend, F } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { MAP_1, MAP_2 } from "../support/lecture";
import { expectClose, f64, single } from "../support/tensors";

const maxOf = (map: number[][], ...rest: [Parameters<typeof F.maxPool2d>[1], Parameters<typeof F.maxPool2d>[2]?]) =>
  F.maxPool2d(single(map), ...rest).at(0, 0).toArray(); // prettier-ignore
const averageOf = (map: number[][], ...rest: [Parameters<typeof F.avgPool2d>[1], Parameters<typeof F.avgPool2d>[2]?]) =>
  F.avgPool2d(single(map), ...rest).at(0, 0).toArray(); // prettier-ignore

describe.each(backend.list())("pooling on %s", (name) => {
  beforeEach(() => backend.use(name));

  test("keeps the largest of each 2 × 2 window (W-05)", () => {
    expect(maxOf(MAP_1, 2)).toEqual([[3, 0], [3, 1]]); // prettier-ignore
    expect(maxOf(MAP_2, 2)).toEqual([[-1, 1], [0, 3]]); // prettier-ignore
  });

  test("averages each 2 × 2 window (W-06)", () => {
    expect(averageOf(MAP_1, 2)).toEqual([[0, -1.75], [-1.25, -0.5]]); // prettier-ignore
    expect(averageOf(MAP_2, 2)).toEqual([[-1, -0.75], [-0.75, -0.5]]); // prettier-ignore
  });

  test("gives the vector of the lecture's flatten, channel first (W-10)", () => {
    const pooled = F.maxPool2d(f64([[MAP_1, MAP_2]]), 2);
    expect(pooled.flatten(1).toArray()).toEqual([[3, 0, 3, 1, -1, 1, 0, 3]]);
  });

  test("may change places with relu, if it takes the largest (W-26)", () => {
    const expected = [[3, 0], [3, 1]]; // prettier-ignore
    expect(F.maxPool2d(single(MAP_1).relu(), 2).at(0, 0).toArray()).toEqual(expected);
    expect(F.maxPool2d(single(MAP_1), 2).relu().at(0, 0).toArray()).toEqual(expected);
  });

  test("overlaps where the stride is smaller than the window, rows and columns apart", () => {
    const map = [[1, 2, 3, 4], [8, 7, 6, 5], [0, 9, 0, 9]]; // prettier-ignore
    expect(maxOf(map, 2, { stride: 1 })).toEqual([[8, 7, 6], [9, 9, 9]]); // prettier-ignore
    expect(maxOf(map, [2, 1], { stride: [1, 3] })).toEqual([[8, 5], [8, 9]]); // prettier-ignore
    expect(maxOf(map, [1, 2], { stride: 1, dilation: [1, 2] })).toEqual([[3, 4], [8, 7], [0, 9]]); // prettier-ignore
    expect(averageOf(map, [1, 2], { stride: [2, 2] })).toEqual([[1.5, 3.5], [4.5, 4.5]]); // prettier-ignore
  });

  test("never lets the padding win a maximum", () => {
    expect(maxOf([[-5, -3], [-4, -9]], 2, { padding: 1 })).toEqual([[-5, -3], [-4, -9]]); // prettier-ignore
  });

  test("counts the padding in an average unless told otherwise", () => {
    const map = [[4, 8], [12, 16]]; // prettier-ignore
    expect(averageOf(map, 2, { padding: 1 })).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    expect(averageOf(map, 2, { padding: 1, countIncludePad: false })).toEqual(map);
  });

  test("passes nan on", () => {
    expect(maxOf([[1, NaN], [3, 2]], 2)).toEqual([[NaN]]); // prettier-ignore
  });

  test("sends the gradient to the winner alone, of equal ones to the first", () => {
    const x = single([[1, 5], [5, 2]]).requiresGrad_(); // prettier-ignore
    F.maxPool2d(x, 2).backward(single([[7]]));
    expect(x.grad!.at(0, 0).toArray()).toEqual([[0, 7], [0, 0]]); // prettier-ignore
  });

  test("adds up what a pixel hears from overlapping windows", () => {
    const x = single([[1, 9, 1]]).requiresGrad_();
    F.maxPool2d(x, [1, 2], { stride: 1 }).backward(single([[2, 3]]));
    expect(x.grad!.at(0, 0).toArray()).toEqual([[0, 5, 0]]);
    const y = single([[1, 9, 1]]).requiresGrad_();
    F.avgPool2d(y, [1, 2], { stride: 1 }).backward(single([[2, 4]]));
    expectClose(y.grad, [[[[1, 3, 2]]]]);
  });

  test("walks along sequences as along images of one row", () => {
    const x = f64([[[1, 5, 2, 4, 9, 0, 7]]]);
    expect(F.maxPool1d(x, 3).toArray()).toEqual([[[5, 9]]]);
    expect(F.maxPool1d(x, 2, { stride: 3, padding: 1 }).toArray()).toEqual([[[1, 4, 7]]]);
    expect(F.maxPool1d(x, 2, { stride: 1, dilation: 3 }).toArray()).toEqual([[[4, 9, 2, 7]]]);
    expect(F.avgPool1d(x, 2).toArray()).toEqual([[[3, 3, 4.5]]]);
    expect(F.avgPool1d(x, 2, { stride: 4, padding: 1 }).toArray()).toEqual([[[0.5, 6.5]]]);
    expect(F.avgPool1d(x, 2, { stride: 4, padding: 1, countIncludePad: false }).toArray()).toEqual([[[1, 6.5]]]); // prettier-ignore
  });

  test("to a given size lets windows overlap where the size does not divide", () => {
    const x = single([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]); // prettier-ignore
    // Columns 0–1, 1–3, 3–4, both rows.
    expect(F.adaptiveAvgPool2d(x, [1, 3]).at(0, 0).toArray()).toEqual([[4, 5.5, 7]]);
    expect(F.adaptiveMaxPool2d(x, [1, 3]).at(0, 0).toArray()).toEqual([[7, 9, 10]]);
    expect(F.adaptiveAvgPool2d(x, [null, 1]).at(0, 0).toArray()).toEqual([[3], [8]]);
    expect(F.adaptiveAvgPool2d(x, 1).item()).toBe(5.5);
    expect(F.adaptiveMaxPool2d(x, [4, 5]).at(0, 0, [], 0).toArray()).toEqual([1, 1, 6, 6]);
  });

  test("to a given size keeps what is no number where it was", () => {
    const x = single([[NaN, 2], [3, 4]]); // prettier-ignore
    expect(F.adaptiveAvgPool2d(x, [2, 1]).at(0, 0).toArray()).toEqual([[NaN], [3.5]]);
  });

  test("to a given size sends the gradient to the first winner in reading order", () => {
    const x = single([[1, 5], [5, 2]]).requiresGrad_(); // prettier-ignore
    F.adaptiveMaxPool2d(x, 1).backward(single([[7]]));
    expect(x.grad!.at(0, 0).toArray()).toEqual([[0, 7], [0, 0]]); // prettier-ignore
  });
});
