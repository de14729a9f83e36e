// What a command tells its user: a line as each step begins, and one sentence when something is missing.

import { systemLanguage } from "./language.mjs";

/** @typedef {import("./language.mjs").Language} Language */

let language = systemLanguage();

/** @param {Language} chosen */
export function speak(chosen) {
  language = chosen;
}

/**
 * The one of two texts that the user reads.
 * @param {string} en
 * @param {string} zh
 */
export function inLanguage(en, zh) {
  return language === "zh" ? zh : en;
}

/**
 * One line of progress.
 * @param {string} en
 * @param {string} zh
 */
export function say(en, zh) {
  console.log(inLanguage(en, zh));
}

/** Something is missing that the user can supply: the message says what, and what to type. Not a bug, so no stack. */
export class Missing extends Error {
  /**
   * @param {string} en
   * @param {string} zh
   * @param {string} [detail] what the program that failed printed last
   */
  constructor(en, zh, detail = "") {
    super(inLanguage(en, zh));
    this.name = "Missing";
    this.detail = detail;
  }
}

/** @param {Missing} missing */
export function sayMissing(missing) {
  if (missing.detail) console.error(missing.detail.trimEnd().replace(/^/gm, "  | "));
  console.error(missing.message);
}

/**
 * Run a command to its end: what is missing becomes a sentence and exit status 1, a bug keeps its stack.
 * @param {() => Promise<void>} main
 */
export async function command(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.exitCode = 1;
    if (error instanceof Missing) return sayMissing(error);
    const { path } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!path) throw error;
    console.error(
      inLanguage(
        `${error.message}: check that ${path} is yours to change and that the disk has room, then type the same command again.`,
        `${error.message}：请检查您能否改动 ${path}、磁盘是否还有空间，然后再输入同一条命令。`,
      ),
    );
  }
}
