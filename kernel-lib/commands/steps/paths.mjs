// Where things are.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** Where the learner works. The variable lets a test, or an image with a separate home folder, choose another place. */
export const WORK = process.env.CNN_WORKBOOK_WORK || join(ROOT, "work");

export const VENV = join(ROOT, ".venv");

/** The hashed list of everything that goes into .venv. */
export const PYTHON_LOCK = join(ROOT, "kernel-lib", "commands", "python", "requirements.txt");

/** What the tests add to it. */
export const PYTHON_TEST_LOCK = join(ROOT, "kernel-lib", "commands", "python", "requirements-test.txt");

/**
 * A program inside a virtual environment.
 * @param {string} name without ".exe"
 * @param {string} [venv]
 * @returns {string}
 */
export function inVenv(name, venv = VENV) {
  return process.platform === "win32" ? join(venv, "Scripts", `${name}.exe`) : join(venv, "bin", name);
}
