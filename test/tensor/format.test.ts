import { inspect } from "node:util";
import { arange, ones, tensor, zeros, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";

const bundleOf = (x: Tensor): Record<string, string> =>
  (x as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();

describe("a tensor in text", () => {
  test.each<[string, Tensor, string]>([
    ["a number", tensor(3), "Tensor () float32\n3"],
    ["a vector", tensor([1, 20, -3]), "Tensor (3,) float32\n[ 1, 20, -3]"],
    ["a matrix", tensor([[1.5, 2], [-3, 4]]), "Tensor (2, 2) float32\n[[ 1.5000,  2.0000],\n [-3.0000,  4.0000]]"], // prettier-ignore
    ["a box", tensor([[[1], [2]], [[3], [4]]]), "Tensor (2, 2, 1) float32\n[[[1],\n  [2]],\n\n [[3],\n  [4]]]"], // prettier-ignore
    ["truths", tensor([true, false]), "Tensor (2,) bool\n[ true, false]"],
    ["whole numbers", tensor([0, -0, 255], { dtype: "int32" }), "Tensor (3,) int32\n[  0,   0, 255]"],
    ["minus zero", tensor([-0, 1]), "Tensor (2,) float32\n[0, 1]"],
    ["nothing", zeros(0, 3), "Tensor (0, 3) float32\n[]"],
    [
      "specials",
      tensor([NaN, Infinity, -Infinity, 0.5]),
      "Tensor (4,) float32\n[   nan,    inf,   -inf, 0.5000]",
    ],
    ["extremes", tensor([1e-9, 2], { dtype: "float64" }), "Tensor (2,) float64\n[1.0000e-9, 2.0000e+0]"],
    ["a weight", ones(1, { requiresGrad: true }), "Tensor (1,) float32 requiresGrad\n[1]"],
    ["many values", arange(1001), "Tensor (1001,) int32\n[   0,    1,    2, …,  998,  999, 1000]"],
  ])("%s", (_, x, text) => {
    expect(String(x)).toBe(text);
    expect(inspect(x)).toBe(text);
    expect(bundleOf(x)["text/plain"]).toBe(text);
  });

  test("shows only the edges of a large matrix, and summarises in every dimension", () => {
    const text = String(arange(100 * 20).reshape(100, 20));
    expect(text.split("\n")).toEqual([
      "Tensor (100, 20) int32",
      "[[   0,    1,    2, …,   17,   18,   19],",
      " [  20,   21,   22, …,   37,   38,   39],",
      " [  40,   41,   42, …,   57,   58,   59],",
      " …,",
      " [1940, 1941, 1942, …, 1957, 1958, 1959],",
      " [1960, 1961, 1962, …, 1977, 1978, 1979],",
      " [1980, 1981, 1982, …, 1997, 1998, 1999]]",
    ]);
  });
});

describe("a tensor in a notebook", () => {
  test("is a table if it is a matrix", () => {
    const html = bundleOf(tensor([[1, 2.5]]))["text/html"].replaceAll(/ style="[^"<>]*"/g, "");
    expect(html).toBe(
      "<table><caption>Tensor (1, 2) float32</caption>" +
        "<tbody><tr><td>1.0000</td><td>2.5000</td></tr></tbody></table>",
    );
  });

  test("is a small table if it is a large matrix", () => {
    const html = bundleOf(zeros(300, 300))["text/html"];
    expect(html.match(/<tr>/g)).toHaveLength(7);
    expect(html.match(/<td>/g)).toHaveLength(6 * 7 + 1);
  });

  test("is text in all other shapes", () => {
    for (const x of [tensor(1), tensor([1]), zeros(1, 1, 1), zeros(0, 2)]) {
      expect(Object.keys(bundleOf(x))).toEqual(["text/plain"]);
    }
  });
});
