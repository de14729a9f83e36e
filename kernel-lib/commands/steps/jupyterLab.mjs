// Run JupyterLab on the learner's folder until it is told to stop.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pythonEnv } from "./environment.mjs";
import { ROOT, WORK, inVenv } from "./paths.mjs";
import { Missing } from "./say.mjs";

/**
 * @param {{ language: import("./language.mjs").Language, port?: number, browser: boolean }} options
 * @returns {Promise<{ url: string, ended: Promise<number | null>, stop: () => void }>} when it answers; `ended` gives
 *          its exit status
 */
export async function jupyterLab({ language, port, browser }) {
  const open = await portToUse(port);
  const token = randomBytes(24).toString("hex");
  const lab = spawn(
    inVenv("python"),
    [
      join(ROOT, "kernel-lib", "commands", "python", "lab.py"),
      "--ServerApp.ip=127.0.0.1",
      `--ServerApp.port=${open}`,
      "--ServerApp.port_retries=0",
      `--ServerApp.root_dir=${WORK}`,
      `--LabApp.default_url=/lab/tree/${language}`,
      // Open tabs and settings belong to this course, not to every JupyterLab of this user.
      `--LabApp.user_settings_dir=${join(WORK, ".jupyter", "settings")}`,
      `--LabApp.workspaces_dir=${join(WORK, ".jupyter", "workspaces")}`,
      `--ServerApp.open_browser=${browser ? "True" : "False"}`,
      "--Application.log_level=WARN",
      // One learner on one machine: nobody to log in as root for, and in a container root is who there is.
      "--ServerApp.allow_root=True",
    ],
    {
      cwd: WORK,
      env: { ...pythonEnv(), JUPYTER_TOKEN: token, JUPYTER_PREFER_ENV_PATH: "1" },
      stdio: ["pipe", "inherit", "inherit"], // closing standard input is what stops it, see lab.py
    },
  );
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => {
    lab.once("exit", resolve);
    lab.once("error", () => resolve(null));
  });
  let over = false;
  ended.then(() => (over = true));
  lab.stdin.on("error", () => {}); // it ended first
  const stop = () => {
    lab.stdin.end();
    setTimeout(() => lab.kill("SIGKILL"), 15_000).unref(); // a server that hangs must not hang the command
  };
  const address = `http://127.0.0.1:${open}`;
  for (const deadline = Date.now() + 120_000; !(await answers(`${address}/api`)); await pause(100)) {
    if (!over && Date.now() < deadline) continue;
    stop();
    throw new Missing(
      "JupyterLab did not start, for the reason above; if .venv is damaged, delete that folder and type: npm start",
      "JupyterLab 没有启动，原因见上；如果 .venv 已损坏，请删除这个文件夹，然后输入：npm start",
    );
  }
  return { url: `${address}/lab/tree/${language}?token=${token}`, ended, stop };
}

/** The first port to try: Jupyter's own. */
const USUAL_PORT = 8888;

/**
 * The port that was asked for, or the first free one.
 * @param {number} [asked]
 * @returns {Promise<number>}
 */
async function portToUse(asked) {
  const ports = asked ? [asked] : Array.from({ length: 50 }, (_, i) => USUAL_PORT + i);
  for (const port of ports) if (await isFree(port)) return port;
  const [first, next] = [ports[0], ports[ports.length - 1] + 1];
  throw new Missing(
    `Port ${first} is in use by another program; type for example: npm start -- --port ${next}`,
    `端口 ${first} 已被另一个程序占用；例如输入：npm start -- --port ${next}`,
  );
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}
