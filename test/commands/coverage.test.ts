import { join } from "node:path";
import { expect, test } from "vitest";
import { coverageTable, readerTests, type Covered } from "../../kernel-lib/commands/steps/coverage.mjs";
import { ROOT } from "../../kernel-lib/commands/steps/paths.mjs";

const at = (line: number, column: number): { start: { line: number; column: number } } => ({
  start: { line, column },
});

test("coverageTable() counts lines and branches, and says where no test came", () => {
  const file: Covered = {
    path: join(ROOT, "kernel-lib", "src", "data", "x.ts"),
    statementMap: { 0: at(1, 0), 1: at(1, 20), 2: at(3, 2) },
    s: { 0: 5, 1: 0, 2: 0 },
    branchMap: {
      0: { type: "cond-expr", loc: at(1, 4), locations: [at(1, 10), at(1, 15)] },
      1: { type: "if", loc: at(3, 2), locations: [at(3, 8), {} as never] },
    },
    b: { 0: [4, 0], 1: [1, 0] },
  };
  const table = coverageTable({ x: file, index: { ...file, s: {} }, y: { ...file, path: join(ROOT, "y.ts"), branchMap: {}, s: { 0: 1, 2: 1 } } }); // prettier-ignore
  expect(table).toBe(
    [
      "| file | lines reached | branches reached |",
      "| --- | --- | --- |",
      "| kernel-lib/src/data/x.ts | 1 of 2 | 2 of 4 |",
      "| y.ts | 2 of 2 | 0 of 0 |",
      "",
      "Reached by no test:",
      "",
      "- kernel-lib/src/data/x.ts:3 (line)",
      "- kernel-lib/src/data/x.ts:1:16 (cond-expr)",
      "- kernel-lib/src/data/x.ts:3:3 (if)",
      "",
    ].join("\n"),
  );
  expect(coverageTable({})).toContain("Every line and branch is reached.");
});

test("readerTests() leaves the walks through spoiled files out, for they reach much and expect little", () => {
  const args = readerTests("somewhere");
  expect(args.slice(args.indexOf("--exclude"), -6)[1]).toBe("test/data/fuzz.test.ts");
  expect(args).toContain("--coverage.include=kernel-lib/src/io/*.ts");
  expect(args).toContain("--coverage.reportsDirectory=somewhere");
});
