// Run by `npm run test:torch`, which makes the cases first. Not part of `npm test`, hence no name in .test.ts.
import { describe, expect, test } from "vitest";
import { WAYS } from "../support/backends";
import { disagreements, exported, readCases, title } from "./compare";
import { notYet } from "./notYet";

const path = process.env.CNN_WORKBOOK_TORCH_CASES;
if (!path) throw new Error("CNN_WORKBOOK_TORCH_CASES names no file of cases; type: npm run test:torch");
const { cases, seed, torch } = readCases(path);
const ops = [...new Set(cases.map((each) => each.op))];

describe(`against PyTorch ${torch}, seed ${seed}`, () => {
  test("there are at least 600 cases", () => {
    expect(cases.length).toBeGreaterThanOrEqual(600);
  });

  test("the list of what kernel-lib lacks is exact", () => {
    expect(ops.filter((op) => exported(op) === undefined)).toEqual(notYet);
  });

  test("the stored cases are of the same ops", () => {
    const stored = readCases(new URL("stored.jsonl", import.meta.url));
    expect([...new Set(stored.cases.map((each) => each.op))]).toEqual(ops);
  });

  describe.each(WAYS)("on $name", ({ use }) => {
    for (const op of ops) {
      if (notYet.includes(op)) continue; // named by the test above
      describe(op, () => {
        for (const each of cases.filter((candidate) => candidate.op === op)) {
          test(title(each), () => {
            use();
            expect(disagreements(each)).toEqual([]);
          });
        }
      });
    }
  });
});
