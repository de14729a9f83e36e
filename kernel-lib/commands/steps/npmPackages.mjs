// Are the npm packages those of the lock? If not, install them.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readJson } from "./files.mjs";
import { ROOT } from "./paths.mjs";
import { lastLines, run } from "./run.mjs";
import { Missing, say } from "./say.mjs";

/** @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockedPackage */

/** The oldest Node that everything here runs on: the first of line 20 that can `require` an ES module. */
const OLDEST_NODE = [20, 19];

/** @param {string} [root] */
export async function npmPackages(root = ROOT) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Missing(
      `Node ${OLDEST_NODE.join(".")} or newer is missing (this is ${process.versions.node}): install it from https://nodejs.org, then type the same command again.`,
      `缺少 Node ${OLDEST_NODE.join(".")} 或更新的版本（现在是 ${process.versions.node}）：请从 https://nodejs.org 安装，然后再输入同一条命令。`,
    );
  }
  if (npmPackagesFresh(root)) return;
  say("Installing the npm packages (about a minute) …", "正在安装 npm 包（约一分钟）……");
  const { program, args } = npmProgram();
  const { ok, output } = await run(program, [...args, "ci", "--no-audit", "--no-fund"], {
    cwd: root,
    quiet: true,
  });
  if (!ok) {
    throw new Missing(
      "The npm packages could not be installed: check that this machine is online, then type: npm ci",
      "npm 包没有装上：请检查网络，然后输入：npm ci",
      lastLines(output),
    );
  }
}

/**
 * npm writes what it installed into a file of the same form as the lock, as its last act. The packages are fresh if the
 * two agree and every folder is there: so an `npm ci` that was cut short, or an older lock, is noticed, and an
 * `npm install` by hand is as good as one from here.
 *
 * @param {string} root
 * @returns {boolean}
 */
export function npmPackagesFresh(root) {
  const locked = packagesOf(join(root, "package-lock.json"));
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!locked || !installed) return false;
  if (Object.keys(installed).some((path) => !(path in locked))) return false;
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === "") return true; // the project itself
    const got = installed[path];
    if (!got) return wanted.optional === true; // made for another system
    const same =
      got.version === wanted.version && got.integrity === wanted.integrity && got.link === wanted.link;
    return same && existsSync(join(root, path));
  });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function packagesOf(file) {
  const lock = /** @type {{ packages?: Record<string, LockedPackage> } | undefined} */ (readJson(file));
  return lock?.packages;
}

/**
 * The npm that belongs to this Node, as a script that Node can run: its name on the path is a batch file on Windows.
 * @returns {{ program: string, args: string[] }}
 */
export function npmProgram() {
  const bin = dirname(process.execPath);
  const scripts = [
    process.env.npm_execpath ?? "", // set where npm itself started this command
    join(bin, "node_modules", "npm", "bin", "npm-cli.js"), // Windows
    join(bin, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const script = scripts.find((path) => path.endsWith("npm-cli.js") && existsSync(path));
  return script ? { program: process.execPath, args: [script] } : { program: "npm", args: [] };
}
