import { expect, test } from "vitest";
import { solvedForm, studentForm } from "../../kernel-lib/commands/notebook/solution.mjs";

const lines = (...all: string[]): string => all.join("\n");

test("a solution that returns becomes a stub that returns, at its indentation", () => {
  const cell = lines(
    "function f(x: number): number {",
    "  const half = x / 2;",
    "  // BEGIN SOLUTION",
    "  for (const y of [half]) {",
    "    if (y > 1) return y;",
    "  }",
    "  return half;",
    "  // END SOLUTION",
    "}",
  );
  expect(studentForm(cell)).toBe(
    lines(
      "function f(x: number): number {",
      "  const half = x / 2;",
      "  // YOUR CODE HERE",
      "  return todo();",
      "}",
    ),
  );
  expect(solvedForm(cell)).toBe(
    lines(
      "function f(x: number): number {",
      "  const half = x / 2;",
      "  for (const y of [half]) {",
      "    if (y > 1) return y;",
      "  }",
      "  return half;",
      "}",
    ),
  );
});

test("a return of a function inside the solution is not the stub's", () => {
  const cell = lines(
    "function f(out: number[]): void {",
    "  // BEGIN SOLUTION",
    "  const one = () => { return 1; };",
    "  out.push(one());",
    "  // END SOLUTION",
    "}",
  );
  expect(studentForm(cell)).toBe(
    lines("function f(out: number[]): void {", "  // YOUR CODE HERE", "  todo();", "}"),
  );
});

test("STUB lines become the stub, and leave the solved form", () => {
  const cell = lines(
    "// STUB: const weight = [0, 0];",
    "// STUB: const bias = 0;",
    "// BEGIN SOLUTION",
    "const weight = [1, 2];",
    "const bias = 3;",
    "// END SOLUTION",
    "weight;",
  );
  expect(studentForm(cell)).toBe(
    lines("// YOUR CODE HERE", "const weight = [0, 0];", "const bias = 0;", "weight;"),
  );
  expect(solvedForm(cell)).toBe(lines("const weight = [1, 2];", "const bias = 3;", "weight;"));
});

test("a cell can hold two solutions", () => {
  const region = lines("  // BEGIN SOLUTION", "  return 1;", "  // END SOLUTION");
  const cell = lines("function f() {", region, "}", "function g() {", region, "}");
  expect(studentForm(cell).match(/return todo\(\);/g)).toHaveLength(2);
  expect(studentForm(cell)).not.toContain("SOLUTION");
});

test("a cell without a solution is the same in both forms", () => {
  expect([studentForm("const a = 1;"), solvedForm("const a = 1;")]).toEqual(["const a = 1;", "const a = 1;"]);
});
