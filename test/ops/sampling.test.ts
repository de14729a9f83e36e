import { arange, backend, F, Generator, randn, tensor } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, f64, leaf, single } from "../support/tensors";

const image = [[1, 2], [3, 4]]; // prettier-ignore
const grown = (options: Parameters<typeof F.interpolate>[1]): number[][] =>
  F.interpolate(single(image), options).at(0, 0).toArray();

/** What stands at one place (x, y) of the image. */
const look = (x: number, y: number, options?: Parameters<typeof F.gridSample>[2]): number =>
  F.gridSample(single(image), f64([[[[x, y]]]]), options).item();

describe.each(backend.list())("reading between pixels on %s", (name) => {
  beforeEach(() => backend.use(name));

  test("repeats or skips pixels for the nearest", () => {
    expect(grown({ scaleFactor: 2 })).toEqual([[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]); // prettier-ignore
    expect(grown({ size: [1, 3] })).toEqual([[1, 1, 2]]);
    expect(grown({ scaleFactor: [1, 0.5] })).toEqual([[1], [3]]);
  });

  test("finds the nearest in float32, and halves where the size doubles, as PyTorch does", () => {
    const line = (length: number, options: object): number[] =>
      F.interpolate(arange(length).to("float64").reshape(1, 1, 1, length), options)
        .reshape(-1)
        .toArray();
    expect(line(2, { size: [1, 82] }).slice(40, 43)).toEqual([0, 0, 1]); // 41 · fround(2/82) stays below 1
    expect(line(2, { size: [1, 98] }).slice(48, 51)).toEqual([0, 1, 1]);
    expect(line(3, { scaleFactor: [1, 2.1] })).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test("mixes neighbours in between", () => {
    expect(grown({ size: [2, 4], mode: "bilinear" })).toEqual([[1, 1.25, 1.75, 2], [3, 3.25, 3.75, 4]]); // prettier-ignore
    expect(grown({ size: 3, mode: "bilinear", alignCorners: true })).toEqual([[1, 1.5, 2], [2, 2.5, 3], [3, 3.5, 4]]); // prettier-ignore
    expect(grown({ size: 1, mode: "bilinear" })).toEqual([[2.5]]);
    expect(grown({ size: 1, mode: "bilinear", alignCorners: true })).toEqual([[1]]);
  });

  test("tells a pixel how often it was read", () => {
    const x = leaf([[image]]);
    F.interpolate(x, { size: [1, 3] })
      .sum()
      .backward();
    expect(x.grad!.at(0, 0).toArray()).toEqual([[2, 1], [0, 0]]); // prettier-ignore
  });

  test("counts places from −1 to 1, edges or centres of the corner pixels", () => {
    const unchanged = f64([[[1, 0, 0], [0, 1, 0]]]); // prettier-ignore
    expect(F.affineGrid(unchanged, [1, 1, 1, 2]).toArray()).toEqual([[[[-0.5, 0], [0.5, 0]]]]); // prettier-ignore
    expect(F.affineGrid(unchanged, [1, 1, 3, 1], { alignCorners: true }).toArray()).toEqual([[[[0, -1]], [[0, 0]], [[0, 1]]]]); // prettier-ignore
  });

  test("sends each place through its map", () => {
    const quarter = f64([[[0, -1, 0], [1, 0, 0.25]]]); // prettier-ignore
    expect(F.affineGrid(quarter, [1, 1, 2, 2]).toArray()).toEqual([[[[0.5, -0.25], [0.5, 0.75]], [[-0.5, -0.25], [-0.5, 0.75]]]]); // prettier-ignore
  });

  test("mixes the four pixels around a place", () => {
    expect(look(0, 0)).toBe(2.5);
    expect(look(-0.5, -0.5)).toBe(1);
    expect(look(0.5, 0)).toBe(3);
    expect(look(-1, -1, { alignCorners: true })).toBe(1);
    expect(look(0.5, 1, { alignCorners: true })).toBe(3.75);
  });

  test("finds zeros outside, or the border", () => {
    expect(look(-1, -0.5)).toBe(0.5); // half of the place lies outside
    expect(look(9, 9)).toBe(0);
    expect(look(-1, -0.5, { paddingMode: "border" })).toBe(1);
    expect(look(9, -9, { paddingMode: "border" })).toBe(2);
  });

  test("tells pixels their share, and places how the image slopes", () => {
    const [x, grid] = [leaf([[image]]), leaf([[[[0, 0.25]]]])];
    F.gridSample(x, grid).backward(single([[8]]));
    // The place is pixel (0.5, 0.75): shares ⅛, ⅛, ⅜, ⅜. One pixel to the right is +1, one down +2; 1 of grid is 1 pixel.
    expect(x.grad!.at(0, 0).toArray()).toEqual([[1, 1], [3, 3]]); // prettier-ignore
    expect(grid.grad!.toArray()).toEqual([[[[8, 16]]]]);
  });

  test("moves a place that the border holds nowhere", () => {
    const grid = leaf([[[[5, 0]]]]);
    F.gridSample(single(image), grid, { paddingMode: "border" }).backward(single([[1]]));
    expectClose(grid.grad, [[[[0, 2]]]]);
  });

  test.each([false, true])(
    "gives the image itself for the map that changes nothing (alignCorners %s)",
    (alignCorners) => {
      const x = randn(2, 3, 4, 5, { dtype: "float64", generator: new Generator(3) });
      const theta = tensor([[1, 0, 0], [0, 1, 0]], { dtype: "float64" }).expand(2, 2, 3); // prettier-ignore
      const grid = F.affineGrid(theta, x.shape, { alignCorners });
      expectClose(F.gridSample(x, grid, { alignCorners, paddingMode: "border" }), x);
      expectClose(F.gridSample(x, grid, { alignCorners }), x, 1e-12);
    },
  );
});
