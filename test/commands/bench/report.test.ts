import { describe, expect, test } from "vitest";
import { goalAgainstPytorch } from "../../../kernel-lib/commands/bench/goals.mjs";
import { NETWORKS } from "../../../kernel-lib/commands/bench/networks.mjs";
import { report } from "../../../kernel-lib/commands/bench/report.mjs";
import type { Group, Results } from "../../../kernel-lib/commands/bench/results.mjs";
import { quantile, ratio, spread } from "../../../kernel-lib/commands/bench/statistics.mjs";
import { digits, table } from "../../../kernel-lib/commands/bench/table.mjs";

const { w1 } = NETWORKS;
const entry = (name: string, rounds: number[][], facts = {}) => ({ name, rounds, facts });
const group = (rest: Partial<Group> & Pick<Group, "table" | "key">): Group => ({
  ...{ what: rest.key.toUpperCase(), threads: 1, network: w1 },
  ...rest,
});
const page = (groups: Group[], rest: Partial<Results> = {}) =>
  report({
    ways: [
      { name: "SIMD128", way: "simd", how: "`node`" },
      { name: "FMA", way: "fma", how: "`node --flag`" },
      { name: "revectorized", way: "revectorized", how: "`node --flag --other`" },
    ],
    facts: ["2026-01-02, a machine"],
    run: { seed: 7, rounds: 3, load: "0.1 before, 0.2 after" },
    groups,
    absent: [],
    ...rest,
  });
/** The line that begins so, in cells. */
const row = (text: string, start: string) =>
  text.split("\n").find((line) => line.startsWith(`| ${start}`))?.slice(2, -2).split(" | "); // prettier-ignore

describe("statistics", () => {
  test("quantile() goes between two values in proportion", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([7], 0.75)).toBe(7);
  });

  test("ratio() compares round by round, so a slow round counts for both", () => {
    const ours = [[10, 10, 10], [100, 100], [20]]; // prettier-ignore
    const other = [[20], [200, 190, 210], [60]];
    expect(ratio(ours, other)).toEqual({ median: 2, low: 2, high: 2.5 });
    expect(spread(ours.flat()).median).toBe(15);
  });

  test("table() and digits() write what a reader needs", () => {
    expect(table(["a", "b"], [[1, undefined]])).toBe("| a | b |\n| --- | --- |\n| 1 | – |");
    expect([12185.4, 126.4, 12.54, 1, 0.03123].map(digits)).toEqual([
      "12,185",
      "126",
      "12.5",
      "1.00",
      "0.0312",
    ]);
  });
});

describe("report()", () => {
  test("sets the goal beside the ratio, and says met or not met", () => {
    const steps = group({
      ...{ table: "steps", key: "w1", what: "W1" },
      entries: [entry("SIMD128", [[10], [10]]), entry("FMA", [[10], [10]]), entry("PyTorch", [[12], [12]])],
    });
    const text = page([steps]);
    expect(row(text, "W1 | 1 | SIMD128")!.slice(3)).toEqual(["10.0 (10.0–10.0)", "12.0 (12.0–12.0)", "1.20× (1.20–1.20)", "≥ 1.10×", "met"]); // prettier-ignore
    expect(row(text, "W1 | 1 | FMA")!.slice(-2)).toEqual(["≥ 1.50×", "**not met**"]);
    expect(text).toContain("**1 met, 1 not met**");
    expect(text).toContain("- W1: 28×28×1, batch 64: Conv2d(1, 8, 5, padding 2) ReLU");
  });

  test("reports revectorized code without judging it", () => {
    const entries = [entry("revectorized", [[10]]), entry("PyTorch", [[12]])];
    const text = page([group({ table: "steps", key: "w1", entries })]);
    expect(row(text, "W1 | 1 | revectorized")!.at(-1)).toBe("not reached, not judged");
    expect(text).toContain("**0 met, 0 not met**");
  });

  test("holds networks drawn at random to the mean of the three known ones", () => {
    const known = ["w1", "w2", "w3"].map((key, i) =>
      group({ table: "steps", key, entries: [entry("FMA", [[10]]), entry("PyTorch", [[[10, 20, 40][i]]])] }),
    );
    const drawn = group({
      table: "random",
      key: "r1",
      entries: [entry("FMA", [[10]]), entry("PyTorch", [[15]])],
    });
    const cells = row(page([...known, drawn]), "R1 | 1 | FMA")!;
    expect(cells.slice(-2)).toEqual(["≥ 1.60×", "**not met**"]); // 0.8 · ∛(1 · 2 · 4)
    expect(row(page([drawn]), "R1 | 1 | FMA")!.slice(-2)).toEqual(["–", "–"]);
  });

  test("holds the position to PyTorch, and three forward passes to onnxruntime-node", () => {
    const entries = [entry("FMA", [[10]]), entry("PyTorch", [[15]]), entry("onnxruntime-node", [[9]])];
    const lines = page(["w3f", "w3i"].map((key) => group({ table: "forward", key, entries }))).split("\n");
    const cells = (start: string) =>
      lines.filter((line) => line.startsWith(start)).map((line) => line.slice(-24));
    expect(cells("| W3I | 1 | FMA")).toEqual([expect.stringContaining("≥ 1.50× | met"), expect.stringContaining("≥ 0.909× | **not met**")]); // prettier-ignore
    expect(cells("| W3F | 1 | FMA")).toEqual([
      expect.stringContaining("– | –"),
      expect.stringContaining("– | –"),
    ]);
  });

  test("names each JavaScript library with its ratio", () => {
    const entries = [entry("FMA", [[10]]), entry("jax-js (wasm)", [[600]])];
    const text = page([group({ table: "peers", key: "w1", entries })]);
    expect(row(text, "jax-js (wasm) | FMA")!.slice(-3)).toEqual(["60.0× (60.0–60.0)", "≥ 50.0×", "met"]);
  });

  test("measures a product of matrices against the peak of the same run", () => {
    const starts = [
      { name: "FMA", starts: [{ gflops: 50 }, { gflops: 60 }] },
      { name: "revectorized", starts: [{ gflops: 60 }] },
    ];
    const entries = [entry("FMA", [[5]]), entry("revectorized", [[5]]), entry("PyTorch", [[1]])];
    const product = group({ table: "ops", key: "matmul", what: "matmul", size: 512, entries });
    const text = page([group({ table: "peak", key: "peak", starts }), product]);
    expect(row(text, "matmul | FMA")!.slice(3)).toEqual(["53.7", "60.0", "89 %", "≥ 75 %", "met"]);
    expect(row(text, "matmul | revectorized")!.slice(4, 6)).toEqual(["120", "45 %"]);
    expect(row(text, "matmul | PyTorch")!.slice(4)).toEqual(["–", "–", "–", "–"]);
  });

  test("judges the import, the first step and the memory", () => {
    const start = group({
      ...{ table: "start", key: "w1" },
      starts: [
        { name: "FMA", starts: [100, 110, 400].map((importMs) => ({ importMs, firstMs: 160 })) },
        { name: "PyTorch", starts: [{ importMs: 2000, firstMs: 30 }] },
      ],
    });
    const entries = [entry("FMA", [[1]], { memoryMB: 90 }), entry("PyTorch", [[1]], { memoryMB: 300 })];
    const text = page([start, group({ table: "steps", key: "w9", entries })]);
    expect(row(text, 'import "kernel-lib" (FMA)')!.slice(1)).toEqual(["110 (105–255)", "≤ 120", "met"]);
    expect(row(text, "W1 | FMA")!.slice(-2)).toEqual(["≤ 150", "**not met**"]);
    expect(row(text, "W9 | 1 | FMA | 90.0")).toEqual(["W9", "1", "FMA", "90.0", "300", "met"]);
  });

  test("calls a curve linear until one size costs more than the smaller ones did", () => {
    const curve = (costs: (number | number[])[]) =>
      costs.map((ms, i) => {
        const network = { ...w1, batch: 2 ** i };
        return group({
          table: "batch",
          key: "batch",
          what: String(2 ** i),
          network,
          entries: [entry("FMA", [ms].flat().map((each) => [each]))], // prettier-ignore
        });
      });
    expect(page(curve([3, 4, 8]))).toContain("It grows no faster than linearly: met.");
    // Slow rounds of the machine are slow for all sizes; one alone decides nothing.
    expect(page(curve([[3, 9, 3], [6, 18, 20]]))).toContain("It grows no faster than linearly: met."); // prettier-ignore
    expect(page(curve([[3, 9, 3], [8, 18, 8]]))).toContain("It grows no faster than linearly: **not met**."); // prettier-ignore
    expect(page(curve([3, 4, 11]))).toContain("It grows no faster than linearly: **not met**.");
    expect(row(page(curve([3, 4, 8])), "1 |")!.slice(1, 3)).toEqual(["3,000", "█".repeat(20)]);
  });

  test("says so if the contenders do not compute the same", () => {
    const of = (check: number) =>
      page([
        group({
          ...{ table: "steps", key: "w1" },
          entries: [entry("FMA", [[1]], { check: 2.3 }), entry("PyTorch", [[1]], { check })],
        }),
      ]);
    expect(of(2.3000001)).toContain("differs by at most 4.3e-8 of its size");
    expect(of(2.4)).toContain("**Not all contenders compute the same**");
  });

  test("names what is missing, and what the run was like", () => {
    const text = page([group({ table: "steps", key: "w1", entries: [], others: 0.25 })], {
      absent: [{ name: "PyTorch", why: "could not be\ninstalled" }],
    });
    expect(text).toContain("- PyTorch: could not be installed");
    expect(text).toContain(
      "load: 0.1 before, 0.2 after; while all contenders waited, other programs kept 25 % of",
    );
    expect(text).toContain("**The machine was not quiet: these numbers are a trial.**");
    expect(page([])).not.toContain("not quiet");
    expect(text).toContain("- 3 rounds; networks drawn from seed 7");
    expect(text).toContain("- FMA: `node --flag`");
  });
});

test("two threads keep nine tenths of a goal", () => {
  expect(goalAgainstPytorch("w2", "fma", 1)).toBe(1.6);
  expect(goalAgainstPytorch("w2", "fma", 2)).toBeCloseTo(1.44);
  expect(goalAgainstPytorch("w1f", "fma", 1)).toBeUndefined();
});
