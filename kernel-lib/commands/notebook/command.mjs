/**
 * What the notebook commands share: options with a usage line, and an error as one sentence instead of a stack.
 */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** A mistake of whoever typed the command: said in one sentence. */
export class UsageError extends Error {}

/**
 * @param {{ usage: string, options: import("node:util").ParseArgsConfig["options"], positionals?: boolean }} config
 * @returns {{ values: Record<string, string | boolean | undefined>, positionals: string[] }}
 */
export function parseOptions({ usage, options, positionals = false }) {
  try {
    const parsed = parseArgs({ options, allowPositionals: positionals });
    return {
      values: /** @type {Record<string, string | boolean | undefined>} */ ({ ...parsed.values }),
      positionals: parsed.positionals,
    };
  } catch (error) {
    throw new UsageError(`${/** @type {Error} */ (error).message.split(". ")[0]}; type: ${usage}`);
  }
}

/**
 * Run a command if its file is what Node was started with; its result is the exit status.
 * @param {string} url the `import.meta.url` of the command
 * @param {() => number | Promise<number>} main
 */
export async function runCommand(url, main) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(url)) return;
  try {
    process.exitCode = await main();
  } catch (error) {
    const expected = error instanceof UsageError || error instanceof SyntaxError;
    console.error(expected ? error.message : error);
    process.exitCode = 1;
  }
}
