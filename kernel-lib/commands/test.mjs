// npm test: every test that this machine can run, and at the end one line about those it cannot.
//
// Arguments go to vitest: npm test -- test/ops, npm test -- -t "stride".

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testEnvironment } from "./steps/environment.mjs";
import { readIfThere, readJson } from "./steps/files.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { run } from "./steps/run.mjs";
import { Missing, command, say, sayMissing } from "./steps/say.mjs";

await command(async () => {
  await npmPackages();
  await library(); // some tests load the built package, as a notebook does
  try {
    await testEnvironment();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    sayMissing(error); // the tests that need it say so themselves
  }
  const scratch = mkdtempSync(join(tmpdir(), "cnn-workbook-test-"));
  try {
    process.exitCode = await runTests(scratch, process.argv.slice(2));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

/**
 * @param {string} scratch a folder for the reports
 * @param {string[]} args
 * @returns {Promise<number>} the exit status
 */
async function runTests(scratch, args) {
  const counts = join(scratch, "counts.json");
  const leftOut = join(scratch, "left-out");
  const { code } = await run(
    process.execPath,
    [
      join(ROOT, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      `--reporter=${join(ROOT, "kernel-lib", "commands", "steps", "countTests.mjs")}`,
      ...args,
    ],
    { env: { ...process.env, CNN_WORKBOOK_COUNTS: counts, CNN_WORKBOOK_LEFT_OUT: leftOut } },
  );
  const counted = /** @type {import("./steps/countTests.mjs").Counts | undefined} */ (readJson(counts));
  if (counted) {
    const { passed, failed, skipped } = counted;
    say(
      `Tests: ${passed} passed, ${failed} failed, ${skipped} skipped.`,
      `测试：通过 ${passed}，失败 ${failed}，略过 ${skipped}。`,
    );
  }
  const reasons = [...new Set((readIfThere(leftOut) ?? "").split("\n").filter(Boolean))];
  if (reasons.length > 0) say(`Left out: ${reasons.join("; ")}.`, `略过：${reasons.join("；")}。`);
  return code ?? 1;
}
