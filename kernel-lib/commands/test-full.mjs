// npm run test:full: the long tests of test/full, one by one, and what the readers' tests reach. Stop it when you like;
// started again, it goes on.

import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { coverageTable, readerTests } from "./steps/coverage.mjs";
import { testEnvironment } from "./steps/environment.mjs";
import { hashOf, readJson, writeWhole } from "./steps/files.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { answerOf, run } from "./steps/run.mjs";
import { command, say } from "./steps/say.mjs";

const STATE = join(ROOT, "work", "test-full.json");
const TABLE = join(ROOT, "test", "FULL.md");
const TESTS = join(ROOT, "test", "full");
const COVERAGE = join(ROOT, "work", "coverage");
const READERS = join(ROOT, "test", "READERS.md");
/** What this command writes into the project: no source of it. */
const WRITTEN = ["test/FULL.md", "test/READERS.md"];

await command(async () => {
  await npmPackages();
  await library();
  await testEnvironment();
  const sources = sourcesHash();
  const passed = passedBefore(sources);
  const tests = readdirSync(TESTS).filter((name) => name.endsWith(".test.ts"));
  const runs = tests.map((test) => ({ test, args: longTest(test), after: () => {} }));
  runs.push({ test: "coverage of the readers", args: readerTests(COVERAGE), after: writeReaders });
  let failed = 0;
  for (const { test, args, after } of runs.sort((a, b) => (a.test < b.test ? -1 : 1))) {
    if (passed.includes(test)) {
      say(`${test}: passed before on these sources`, `${test}：在同样的源文件上已经通过`);
      continue;
    }
    const start = performance.now();
    const { ok } = await run(process.execPath, [join(ROOT, "node_modules", "vitest", "vitest.mjs"), ...args]);
    if (ok) after();
    record(test, ok, (performance.now() - start) / 1000);
    if (ok) passed.push(test);
    else failed++;
    writeWhole(STATE, `${JSON.stringify({ sources, passed }, null, 2)}\n`);
  }
  say(
    `${runs.length - failed} of ${runs.length} long tests have passed.`,
    `共 ${runs.length} 个长测试，通过 ${runs.length - failed} 个。`,
  );
  if (failed > 0) process.exitCode = 1;
});

/**
 * @param {string} test
 * @returns {string[]} arguments for vitest
 */
function longTest(test) {
  return ["run", "--config", join(TESTS, "vitest.config.mjs"), join("test", "full", test)];
}

/** Put what the readers' tests reached into its table, and show it. */
function writeReaders() {
  const report = readJson(join(COVERAGE, "coverage-final.json"));
  const table = coverageTable(/** @type {Record<string, import("./steps/coverage.mjs").Covered>} */ (report));
  const words =
    "# What the tests of the readers reach\n\nWritten by `npm run test:full`; the walks through spoiled files (test/data/fuzz.ts) are not counted.\n";
  writeWhole(READERS, `${words}\n${table}`);
  console.log(table);
}

/**
 * What a result is about: every file of the project as it is now, but for the tables of results.
 * @returns {string}
 */
function sourcesHash() {
  const listed =
    answerOf("git", ["-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"]) ?? "";
  const files = listed
    .split("\n")
    .filter((name) => name && !WRITTEN.includes(name) && existsSync(join(ROOT, name)));
  return hashOf(...files.flatMap((name) => [name, readFileSync(join(ROOT, name))]));
}

/**
 * @param {string} sources
 * @returns {string[]}
 */
function passedBefore(sources) {
  const state = /** @type {{ sources?: string, passed?: string[] } | undefined} */ (readJson(STATE));
  return state?.sources === sources ? (state.passed ?? []) : [];
}

/**
 * @param {string} test
 * @param {boolean} ok
 * @param {number} seconds
 */
function record(test, ok, seconds) {
  const head = answerOf("git", ["-C", ROOT, "rev-parse", "--short", "HEAD"]) ?? "?";
  const others = WRITTEN.map((name) => `:!${name}`);
  const changed = answerOf("git", ["-C", ROOT, "status", "--porcelain", "--", ".", ...others]) ? "+" : "";
  const machine = `${cpus()[0]?.model.trim() ?? "?"} × ${cpus().length}, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  const cells = [date, head + changed, test, ok ? "passed" : "FAILED", seconds.toFixed(0), machine];
  appendFileSync(TABLE, `| ${cells.join(" | ")} |\n`);
}
