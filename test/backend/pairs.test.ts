import { backend, manualSeed, nn, rand, randn } from "kernel-lib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { pairsAreOne } from "../../kernel-lib/src/backend/wasm/routines/pairs";
import { columnTiles, rowTiles } from "../../kernel-lib/src/backend/wasm/routines/tiling";
import { wasm } from "../../kernel-lib/src/backend/wasm/webassembly";
import { expectAlike, onBoth, WAYS } from "../support/backends";
import { NETS, randomStack, relu, step } from "../support/networks";

// Tiles of the size that pairs of fours are worth, on a machine that computes them as fours: slower, and the same results.

vi.mock("../../kernel-lib/src/backend/wasm/routines/pairs", { spy: true });
vi.mocked(pairsAreOne).mockReturnValue(true);

afterEach(() => backend.use("reference"));

describe("tiles of pairs", () => {
  test("cover every column once", () => {
    for (let columns = 1; columns < 100; columns++) {
      const tiles = columnTiles(columns);
      const starts = tiles.flatMap(({ first, vectors, count }) =>
        Array.from({ length: count }, (_, i) => [first + i * vectors, vectors]),
      );
      let next = 0;
      for (const [start, vectors] of starts) {
        expect(start, `of ${columns}`).toBe(next);
        next = start + vectors;
      }
      expect(next).toBe(Math.ceil(columns / 4));
    }
    expect(columnTiles(92).map(({ vectors, count }) => [vectors, count])).toEqual([[4, 5], [2, 1], [1, 1]]); // prettier-ignore
  });

  test("are 4 × 16, 7 × 8 and 8 × 4", () => {
    expect([4, 2, 1].map((vectors) => rowTiles(5600, vectors)[0].size)).toEqual([4, 7, 8]);
  });

  test.each(NETS)("compute what the reference computes: $name", ({ shape, make }) => {
    manualSeed(1);
    const net = new nn.Sequential(...make());
    const x = randn(shape).requiresGrad_();
    const state = net.stateDict();
    const { expected, got } = onBoth(() => {
      net.loadStateDict(state);
      return step(net, x);
    });
    expectAlike(got, expected);
  });

  test("compute random stacks of layers, few channels and many, as the reference does", () => {
    manualSeed(3);
    for (let trial = 0; trial < 30; trial++) {
      const { shape, layers } = randomStack(trial % 3 ? 14 : 70);
      const net = new nn.Sequential(...layers);
      const x = randn(shape).requiresGrad_();
      const state = net.stateDict();
      const { expected, got } = onBoth(() => {
        net.loadStateDict(state);
        return step(net, x);
      });
      expectAlike(got, expected);
    }
  });

  test("compute convolutions on Winograd's tiles, whatever the channels", () => {
    manualSeed(4);
    for (const [from, to, size] of [
      [32, 34, 3],
      [37, 48, 5],
      [64, 45, 3],
      [33, 92, 3],
    ]) {
      // prettier-ignore
      const net = new nn.Sequential(new nn.Conv2d(from, to, size, { padding: size >> 1 }), relu(), new nn.Conv2d(to, from, 3)); // prettier-ignore
      const x = randn(3, from, 11, 13).requiresGrad_();
      const { expected, got } = onBoth(() => step(net, x));
      expectAlike(got, expected, 2e-5);
    }
  });

  test("compute products of matrices, however they lie", () => {
    manualSeed(5);
    WAYS.at(-1)!.use();
    for (let trial = 0; trial < 30; trial++) {
      const [rows, inner, columns] = Array.from({ length: 3 }, () => 1 + Math.floor(rand(1).item() * 80));
      const [a, b] = [randn(inner, rows), randn(columns, inner)];
      const { expected, got } = onBoth(() => a.transpose(0, 1).matmul(b.transpose(0, 1)));
      expectAlike(new Map([["product", got]]), new Map([["product", expected]]));
    }
  });
});

test("nobody waits for the probe who did not give V8's flag", async () => {
  const real = await vi.importActual<{ pairsAreOne(): boolean }>("../../kernel-lib/src/backend/wasm/routines/pairs"); // prettier-ignore
  const compile = vi.spyOn(wasm!, "Module");
  expect(real.pairsAreOne()).toBe(false);
  expect(compile).not.toHaveBeenCalled();
});
