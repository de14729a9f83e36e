// A reporter for vitest that counts, for the last line of `npm test`. It is loaded by vitest, not by a command.

import { writeFileSync } from "node:fs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

export default class CountTests {
  /**
   * @param {readonly import("vitest/node").TestModule[]} files
   * @param {readonly unknown[]} errors those outside any test
   */
  onTestRunEnd(files, errors) {
    /** @type {Counts} */
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const file of files) {
      const before = counts.failed;
      for (const test of file.children.allTests()) {
        const { state } = test.result();
        counts[state === "pending" ? "skipped" : state]++;
      }
      // A file that cannot be loaded has no test to fail, and must not pass for none.
      if (file.state() === "failed" && counts.failed === before) counts.failed++;
    }
    const report = process.env.CNN_WORKBOOK_COUNTS;
    if (report) writeFileSync(report, JSON.stringify(counts));
  }
}
