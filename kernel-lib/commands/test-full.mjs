// npm run test:full: the long tests of test/full, one by one. Stop it when you like; started again, it goes on.

import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { environment } from "./steps/environment.mjs";
import { hashOf, readJson, writeWhole } from "./steps/files.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { answerOf, run } from "./steps/run.mjs";
import { command, say } from "./steps/say.mjs";

const STATE = join(ROOT, "work", "test-full.json");
const TABLE = join(ROOT, "test", "FULL.md");
const TESTS = join(ROOT, "test", "full");

await command(async () => {
  await npmPackages();
  await library();
  await environment();
  const sources = sourcesHash();
  const passed = passedBefore(sources);
  const tests = readdirSync(TESTS).filter((name) => name.endsWith(".test.ts"));
  let failed = 0;
  for (const test of tests.sort()) {
    if (passed.includes(test)) {
      say(`${test}: passed before on these sources`, `${test}：在同样的源文件上已经通过`);
      continue;
    }
    const start = performance.now();
    const { ok } = await run(process.execPath, [
      join(ROOT, "node_modules", "vitest", "vitest.mjs"),
      ...["run", "--config", join(TESTS, "vitest.config.mjs"), join("test", "full", test)],
    ]);
    record(test, ok, (performance.now() - start) / 1000);
    if (ok) passed.push(test);
    else failed++;
    writeWhole(STATE, `${JSON.stringify({ sources, passed }, null, 2)}\n`);
  }
  say(
    `${tests.length - failed} of ${tests.length} long tests have passed.`,
    `共 ${tests.length} 个长测试，通过 ${tests.length - failed} 个。`,
  );
  if (failed > 0) process.exitCode = 1;
});

/**
 * What a result is about: every file of the project as it is now, but for the table of results.
 * @returns {string}
 */
function sourcesHash() {
  const listed =
    answerOf("git", ["-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"]) ?? "";
  const files = listed
    .split("\n")
    .filter((name) => name && name !== "test/FULL.md" && existsSync(join(ROOT, name)));
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
  const changed = answerOf("git", ["-C", ROOT, "status", "--porcelain", "--", ".", ":!test/FULL.md"])
    ? "+"
    : "";
  const machine = `${cpus()[0]?.model.trim() ?? "?"} × ${cpus().length}, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  const cells = [date, head + changed, test, ok ? "passed" : "FAILED", seconds.toFixed(0), machine];
  appendFileSync(TABLE, `| ${cells.join(" | ")} |\n`);
}
