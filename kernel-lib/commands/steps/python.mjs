// Is there a Python that can make .venv?

import { existsSync } from "node:fs";
import { answerOf } from "./run.mjs";
import { Missing } from "./say.mjs";

/** The oldest Python that the lock is made for. */
const OLDEST_PYTHON = [3, 10];

/**
 * @typedef {object} Python
 * @property {string} [uv]      the program uv, if there is one: it does in seconds what pip does in a minute
 * @property {string[]} [command] the interpreter and its first arguments; with uv it may be absent, uv finds its own
 */

/**
 * Look for uv and for a Python with its venv module. CNN_WORKBOOK_PYTHON names an interpreter to use instead of looking;
 * "none" stands for a machine without any.
 *
 * @param {Record<string, string | undefined>} [env]
 * @returns {Python | Missing} if Missing, what to type to get one
 */
export function findPython(env = process.env) {
  const chosen = env.CNN_WORKBOOK_PYTHON;
  if (chosen === "none") return missing("nothing");
  const uv = answerOf("uv", ["--version"]) === undefined ? undefined : "uv";
  /** @type {Shortfall} */
  let nearest = "nothing";
  for (const command of chosen ? [[chosen]] : candidates()) {
    const found = judge(command, uv !== undefined);
    if (found === "good") return { uv, command };
    if (nearest === "nothing") nearest = found;
  }
  if (uv && !chosen) return { uv };
  return missing(nearest);
}

/** @typedef {"nothing" | "too old" | "no venv"} Shortfall */

/** @returns {string[][]} */
function candidates() {
  if (process.platform === "win32") return [["py", "-3"], ["python"], ["python3"]];
  // A plain python3 first: it is what the user means. A system whose python3 is old often has a newer one by name.
  return [["python3"], ["python"], ...["3.14", "3.13", "3.12", "3.11", "3.10"].map((v) => [`python${v}`])];
}

/**
 * @param {string[]} command
 * @param {boolean} venvByUv
 * @returns {"good" | Shortfall}
 */
function judge([program, ...args], venvByUv) {
  const asked = `import sys
print("%d.%d" % sys.version_info[:2])
try:
    import venv, ensurepip
    print("venv")
except ImportError:
    print("no venv")`;
  const answer = answerOf(program, [...args, "-c", asked]);
  if (!answer) return "nothing";
  const [version, venv] = answer.split(/\r?\n/);
  const [major, minor] = version.split(".").map(Number);
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) return "too old";
  return venv === "venv" || venvByUv ? "good" : "no venv";
}

/**
 * @param {Shortfall} what
 * @returns {Missing}
 */
function missing(what) {
  const how = howToInstall();
  if (what === "no venv") {
    return new Missing(
      `Python is here but its venv module is not; type: ${how}`,
      `找到了 Python，但缺少它的 venv 模块；请输入：${how}`,
    );
  }
  const oldest = OLDEST_PYTHON.join(".");
  return what === "too old"
    ? new Missing(
        `JupyterLab needs Python ${oldest} or newer, and the one here is older; type: ${how}`,
        `JupyterLab 需要 Python ${oldest} 或更新的版本，这台机器上的太旧；请输入：${how}`,
      )
    : new Missing(
        `JupyterLab needs Python ${oldest} or newer, and there is none here; type: ${how}`,
        `JupyterLab 需要 Python ${oldest} 或更新的版本，这台机器上没有；请输入：${how}`,
      );
}

/** What to type on this system. */
function howToInstall() {
  if (process.platform === "win32") return "winget install Python.Python.3.12";
  if (process.platform === "darwin") return "brew install python";
  if (existsSync("/usr/bin/apt-get")) return "sudo apt-get install python3 python3-venv";
  if (existsSync("/usr/bin/dnf")) return "sudo dnf install python3";
  if (existsSync("/usr/bin/pacman")) return "sudo pacman -S python";
  return "open https://www.python.org/downloads";
}
