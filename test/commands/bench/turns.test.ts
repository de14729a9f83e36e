// Contenders of the bench take turns. Nothing here is timed: a contender of a few lines stands for a library.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { startAgain, stepsInTurn, takeTurns } from "../../../kernel-lib/commands/bench/rounds.mjs";
import type { Job } from "../../../kernel-lib/commands/bench/contenders/serve.mjs";
import { put, scratchFolder } from "../scratch.js";

const job: Job = { kind: "sum", threads: 1, size: 3 };

/** Says 2000 ms for each step, and writes down whose turn it was. */
function contender(folder: string, name: string) {
  put(
    folder,
    `${name}.mjs`,
    `import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
console.log("a library's greeting");
for await (const line of createInterface({ input: process.stdin })) {
  const { job, steps } = JSON.parse(line);
  appendFileSync(${JSON.stringify(join(folder, "turns"))}, job ? "" : "${name}");
  const facts = { check: job?.size, firstMs: Number(process.env.KERNEL_LIB_THREADS) };
  console.log(JSON.stringify(job ? facts : { ms: Array(steps).fill(2000), memoryMB: 12 }));
}`,
  );
  return { name, program: process.execPath, args: [join(folder, `${name}.mjs`)] };
}

describe("takeTurns()", () => {
  test("lets another one go first in each round", async () => {
    const folder = scratchFolder();
    const contenders = [contender(folder, "a"), contender(folder, "b")];
    const [{ entries, failed }] = await takeTurns([{ contenders, job }], 3);
    expect(readFileSync(join(folder, "turns"), "utf8")).toBe("ab" + "ab" + "ba" + "ab"); // the first pair: to be warm
    expect(failed).toEqual([]);
    expect(entries[1]).toEqual({
      name: "b",
      rounds: [[2000], [2000], [2000]],
      facts: { check: 3, firstMs: 1, memoryMB: 12 },
    });
  });

  test("lets experiments that are compared take turns with each other", async () => {
    const folder = scratchFolder();
    const experiments = ["a", "b", "c"].map((name, i) => ({
      contenders: [contender(folder, name)],
      job: { ...job, size: i },
    }));
    const found = await takeTurns(experiments, 2);
    expect(readFileSync(join(folder, "turns"), "utf8")).toBe("abc" + "abc" + "bca");
    const checks = found.map(({ entries }) => entries.map(({ name, facts }) => [name, facts.check]));
    expect(checks).toEqual([[["a", 0]], [["b", 1]], [["c", 2]]]);
  });

  test("goes on without one that fails, and keeps its reason", async () => {
    const broken = {
      name: "broken",
      program: process.execPath,
      args: ["-e", "throw new Error('no such thing')"],
    };
    const absent = { name: "absent", program: "no-such-program", args: [] };
    const contenders = [broken, contender(scratchFolder(), "a"), absent];
    const [{ entries, failed }] = await takeTurns([{ contenders, job }], 1);
    expect(entries.map(({ name }) => name)).toEqual(["a"]);
    expect(failed.map(({ name }) => name)).toEqual(["broken", "absent"]);
    expect(failed[0].why).toContain("no such thing");
    expect(failed[1].why).toContain("ENOENT");
  });
});

test("takeTurns() goes on without one that breaks down on the way", async () => {
  const folder = scratchFolder();
  const weak = contender(folder, "weak");
  const script = readFileSync(weak.args[0], "utf8");
  put(folder, "weak.mjs", script.replace("const facts", "if (!job && ++turns > 3) throw new RangeError('too far');\n  const facts").replace("console.log", "let turns = 0;\nconsole.log")); // prettier-ignore
  const experiments = [
    { contenders: [weak, contender(folder, "a")], job },
    { contenders: [contender(folder, "b")], job },
  ];
  const [one, other] = await takeTurns(experiments, 4);
  expect(one.entries.map(({ name, rounds }) => [name, rounds.length])).toEqual([["a", 4]]);
  expect(one.failed).toEqual([{ name: "weak", why: "RangeError: too far" }]);
  expect([other.entries.length, other.failed]).toEqual([1, []]);
});

test("startAgain() starts each contender anew in each round", async () => {
  const absent = { name: "absent", program: "no-such-program", args: [] };
  const both = [contender(scratchFolder(), "a"), absent];
  const { starts, failed } = await startAgain(both, { ...job, threads: 2 }, 2);
  const facts = { check: 3, firstMs: 2 }; // as many milliseconds as threads
  expect(starts).toEqual([{ name: "a", starts: [facts, facts] }]);
  expect(failed.map(({ name }) => name)).toEqual(["absent"]);
});

test("stepsInTurn() makes turns of about the same length", () => {
  expect([0.001, 1, 100, 5000].map(stepsInTurn)).toEqual([500, 400, 4, 1]);
});
