// Starting another program.

import { spawn, spawnSync } from "node:child_process";
import { ROOT } from "./paths.mjs";

/**
 * Run a program to its end.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, onLine?: (line: string) => void }} [options]
 *        `quiet` keeps its output back, for the caller to show if it failed; `onLine` then hears each line
 * @returns {Promise<{ ok: boolean, code: number | null, output: string }>} `output` only if quiet; a program that does
 *          not exist ends with ok = false and the system's words as its output
 */
export function run(program, args, { cwd = ROOT, env = process.env, quiet = false, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32" && program === "npm", // npm.cmd runs in no other way
    });
    let output = "";
    let line = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (!onLine) return;
        const lines = (line + text).split(/\r?\n/);
        line = lines.pop() ?? "";
        lines.forEach(onLine);
      });
    }
    child.once("error", (error) => resolve({ ok: false, code: null, output: error.message }));
    child.once("close", (code) => resolve({ ok: code === 0, code, output }));
  });
}

/**
 * What a program prints; undefined if it does not exist or fails.
 * @param {string} program
 * @param {string[]} args
 */
export function answerOf(program, args) {
  const { status, stdout } = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 60_000,
    windowsHide: true,
  });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * The end of a long output, which is where programs say why they gave up.
 * @param {string} output
 * @param {number} [lines]
 */
export function lastLines(output, lines = 12) {
  return output.trimEnd().split(/\r?\n/).slice(-lines).join("\n");
}
