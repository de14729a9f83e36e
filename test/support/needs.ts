// Tests that need something a machine may lack are left out there, and `npm test` says so at its end. In CI nothing may
// be lacking, so there they fail.

import { appendFileSync } from "node:fs";
import { describe, test } from "vitest";
import { findChromium } from "../../kernel-lib/commands/steps/chromium.mjs";
import { environmentFresh, testEnvironmentFresh } from "../../kernel-lib/commands/steps/environment.mjs";
import { findPython } from "../../kernel-lib/commands/steps/python.mjs";
import { Missing } from "../../kernel-lib/commands/steps/say.mjs";

const LOOK = {
  /** A Python that can make a virtual environment. */
  python: { isThere: () => !(findPython() instanceof Missing), lack: "no Python 3.10 or newer" },
  /** .venv as the lock wants it: `npm test` makes it where there is a Python. */
  venv: {
    isThere: () => process.env.CNN_WORKBOOK_PYTHON !== "none" && environmentFresh(),
    lack: "no .venv with JupyterLab",
  },
  /** The same with what `npm test` adds. */
  testVenv: {
    isThere: () => process.env.CNN_WORKBOOK_PYTHON !== "none" && testEnvironmentFresh(),
    lack: "no .venv with the tests' packages",
  },
  chromium: { isThere: () => findChromium() !== undefined, lack: "no Chromium" },
};

export type Need = keyof typeof LOOK;

/**
 * Use in place of `describe`: `needs("chromium")("a lesson in JupyterLab", () => { … })`.
 * Several needs: `needs("venv", "chromium")`.
 */
export function needs(...things: Need[]): (name: string, body: () => void) => void {
  const lacking = things.filter((thing) => !LOOK[thing].isThere()).map((thing) => LOOK[thing].lack);
  if (lacking.length === 0) return describe;
  const why = lacking.join(", ");
  return (name, body) => {
    if (process.env.CI) {
      describe(name, () => {
        test("has what it needs", () => {
          throw new Error(`${why}: in CI nothing may be left out`);
        });
      });
      return;
    }
    const report = process.env.CNN_WORKBOOK_LEFT_OUT; // where `npm test` looks
    if (report) appendFileSync(report, `${name} (${why})\n`);
    describe.skip(name, body);
  };
}
