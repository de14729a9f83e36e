/**
 * What was typed after the name of a notebook command.
 */
import { parseArgs } from "node:util";
import { Missing } from "../steps/say.mjs";

/** @typedef {Record<string, string | boolean | undefined>} Values */

/**
 * @param {{ usage: string, options: import("node:util").ParseArgsConfig["options"], positionals?: number }} config
 * @returns {{ values: Values, positionals: string[] }}
 * @throws {Missing} with the usage, if it is something else
 */
export function parseOptions({ usage, options, positionals = 0 }) {
  if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    const parsed = parseArgs({ options, allowPositionals: true });
    if (parsed.positionals.length !== positionals) {
      const files = positionals === 1 ? "one file" : "no file";
      throw new RangeError(`expected ${files}, got ${parsed.positionals.length}`);
    }
    return { values: /** @type {Values} */ ({ ...parsed.values }), positionals: parsed.positionals };
  } catch (error) {
    const what = /** @type {Error} */ (error).message.split(". ")[0];
    throw new Missing(`${what}; type: ${usage}`, `${what}；请输入：${usage}`);
  }
}
