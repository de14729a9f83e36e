// Is .venv the Python environment of the lock? If not, make it.

import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hashOf, readIfThere, writeWhole } from "./files.mjs";
import { PYTHON_LOCK, PYTHON_TEST_LOCK, VENV, inVenv } from "./paths.mjs";
import { findPython } from "./python.mjs";
import { lastLines, run } from "./run.mjs";
import { Missing, say } from "./say.mjs";

/**
 * @param {{ venv?: string, lock?: string }} [places]
 * @throws {Missing} if there is no Python, or the packages cannot be had
 */
export async function environment({ venv = VENV, lock = PYTHON_LOCK } = {}) {
  const toldThereIsNone = process.env.CNN_WORKBOOK_PYTHON === "none";
  if (!toldThereIsNone && environmentFresh(venv, lock)) return;
  const python = findPython();
  if (python instanceof Missing) throw python;
  // Made from nothing each time: an installer that was cut short leaves a package that looks installed and is not.
  rmSync(venv, { recursive: true, force: true });
  if (python.uv) await makeWithUv(python.uv, python.command, venv, lock);
  else await makeWithPip(python.command ?? [], venv, lock);
  // Some JavaScript in here is CommonJS, whatever the project around it says of its own.
  writeWhole(join(venv, "package.json"), '{ "type": "commonjs" }\n');
  writeWhole(join(venv, STAMP), keyOf(venv, lock));
}

/**
 * What only tests need, laid into the same environment: a learner's .venv stays without it.
 * @param {{ venv?: string, lock?: string }} [places]
 * @throws {Missing} if the packages cannot be had
 */
export async function testEnvironment({ venv = VENV, lock = PYTHON_TEST_LOCK } = {}) {
  await environment({ venv });
  if (testEnvironmentFresh(venv, lock) || process.env.CNN_WORKBOOK_PYTHON === "none") return;
  say("Adding what the tests need to .venv …", "正在把测试所需的包加入 .venv……");
  const args = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes"];
  const python = findPython();
  const installed =
    !(python instanceof Missing) && python.uv
      ? await run(python.uv, uvInstall(venv, lock), { quiet: true })
      : await run(inVenv("python", venv), [...args, "-r", lock], { quiet: true, env: pythonEnv() });
  if (!installed.ok) throw notInstalled(installed.output);
  writeWhole(join(venv, TEST_STAMP), keyOf(venv, lock));
}

/**
 * @param {string} [venv]
 * @param {string} [lock]
 */
export function testEnvironmentFresh(venv = VENV, lock = PYTHON_TEST_LOCK) {
  return environmentFresh(venv) && readIfThere(join(venv, TEST_STAMP)) === keyOf(venv, lock);
}

/**
 * @param {string} [venv]
 * @param {string} [lock]
 */
export function environmentFresh(venv = VENV, lock = PYTHON_LOCK) {
  // The interpreter is a link to the system's: an upgrade of Python may have taken it away.
  return existsSync(inVenv("python", venv)) && readIfThere(join(venv, STAMP)) === keyOf(venv, lock);
}

const STAMP = ".made-from";
const TEST_STAMP = ".tests-made-from";

/**
 * The lock and the place, since the scripts inside name the folder they were made in.
 * @param {string} venv
 * @param {string} lock
 */
function keyOf(venv, lock) {
  return hashOf(readFileSync(lock), realpathSync(venv));
}

/**
 * @param {string} uv
 * @param {string[] | undefined} command
 * @param {string} venv
 * @param {string} lock
 */
async function makeWithUv(uv, command, venv, lock) {
  say(
    "Making .venv with JupyterLab (uv, under a minute) …",
    "正在用 uv 建立带有 JupyterLab 的 .venv（不到一分钟）……",
  );
  const interpreter = command ? await realInterpreter(command) : ">=3.10";
  const made = await run(uv, ["venv", "--quiet", "--python", interpreter, venv], { quiet: true });
  if (!made.ok) throw notInstalled(made.output);
  const installed = await run(uv, uvInstall(venv, lock), { quiet: true });
  if (!installed.ok) throw notInstalled(installed.output);
}

/**
 * @param {string} venv
 * @param {string} lock
 */
function uvInstall(venv, lock) {
  return ["pip", "install", "--quiet", "--python", inVenv("python", venv), "--require-hashes", "-r", lock];
}

/**
 * @param {string[]} command
 * @param {string} venv
 * @param {string} lock
 */
async function makeWithPip([program, ...first], venv, lock) {
  say(
    "Making .venv with JupyterLab (pip, about a minute) …",
    "正在用 pip 建立带有 JupyterLab 的 .venv（约一分钟）……",
  );
  const made = await run(program, [...first, "-m", "venv", venv], { quiet: true });
  if (!made.ok) throw notInstalled(made.output);
  const args = [
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    "--no-input",
    "--require-hashes",
    "-r",
    lock,
  ];
  let collected = 0;
  const installed = await run(inVenv("python", venv), args, {
    quiet: true,
    env: pythonEnv(),
    onLine: (line) => {
      if (/^(Collecting|Processing) /.test(line) && ++collected % 25 === 0) {
        say(`  ${collected} packages fetched …`, `  已下载 ${collected} 个包……`);
      }
      if (line.startsWith("Installing collected packages")) say("  installing them …", "  正在安装……");
    },
  });
  if (!installed.ok) throw notInstalled(installed.output);
}

/**
 * uv wants a path, not a launcher with arguments ("py -3").
 * @param {string[]} command
 */
async function realInterpreter([program, ...first]) {
  const { ok, output } = await run(program, [...first, "-c", "import sys; print(sys.executable)"], {
    quiet: true,
  });
  return ok ? output.trim() : program;
}

/**
 * The user's own Python settings must not reach into .venv.
 * @returns {NodeJS.ProcessEnv}
 */
export function pythonEnv() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PYTHONNOUSERSITE: "1" };
  delete env.PYTHONPATH;
  delete env.PYTHONHOME;
  return env;
}

/** @param {string} output */
function notInstalled(output) {
  return new Missing(
    "The Python packages could not be installed: check that this machine is online, then type the same command again.",
    "Python 包没有装上：请检查网络，然后再输入同一条命令。",
    lastLines(output.replace(/^Ignoring .*\n/gm, "")), // pip names each package that is for another system
  );
}
