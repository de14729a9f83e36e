/**
 * `npm run notebook -- notebooks/en/04-filters.ipynb`: run one notebook without Python, and end with a status
 * other than 0 if a cell fails.
 *
 *   --out <file.ipynb>   write the notebook with its outputs
 *   --html <file.html>   write it as a page, its assets beside it
 *   --solved             run the lesson with its solutions (its source says them)
 *   --timeout <seconds>  for one cell; 300 if not given
 *   --verbose            a line for each cell, also where the output is no terminal
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parseOptions } from "./notebook/command.mjs";
import { readNotebook, writeNotebook } from "./notebook/nbformat.mjs";
import { engineFlags } from "./steps/engineFlags.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { Missing, command } from "./steps/say.mjs";

const usage =
  "npm run notebook -- <file.ipynb> [--out <file>] [--html <file>] [--solved] [--timeout <s>] [--verbose]";

await command(async () => {
  const { values, positionals } = parseOptions({
    usage,
    positionals: 1,
    options: {
      out: { type: "string" },
      html: { type: "string" },
      solved: { type: "boolean" },
      timeout: { type: "string", default: "300" },
      verbose: { type: "boolean" },
    },
  });
  const path = resolve(positionals[0]);
  const shown = relative(process.cwd(), path);
  if (!existsSync(path)) {
    throw new Missing(
      `expected a notebook, got no file ${shown}; npm run notebooks builds the lessons`,
      `没有找到笔记本 ${shown}；npm run notebooks 会生成课程`,
    );
  }
  const timeoutS = Number(values.timeout);
  if (!(timeoutS > 0)) {
    throw new Missing(
      `expected --timeout in seconds, got ${values.timeout}; type: ${usage}`,
      `--timeout 应是秒数，得到的是 ${values.timeout}；请输入：${usage}`,
    );
  }
  await npmPackages();
  await library();
  const { runNotebook } = await import("./notebook/run.mjs");

  const language = basename(dirname(path)) === "zh" ? "zh" : "en";
  const notebook = values.solved ? await solvedLesson(path, language) : openNotebook(path, shown);
  requireLibrary(path, notebook);
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, () =>
      stop.abort(new Missing(`${shown}: stopped by ${signal}`, `${shown}：被 ${signal} 中止`)),
    );
  }
  const startedMs = Date.now();
  const result = await runNotebook(notebook, {
    cwd: dirname(path),
    timeoutMs: timeoutS * 1000,
    flags: await engineFlags(),
    env: values.solved ? { KERNEL_LIB_PROGRESS: "none" } : {}, // the solutions are ours, not the learner's
    signal: stop.signal,
    onCell: ({ state, count, total, cellId, elapsedMs, failed }) => {
      const verdict = failed ? "failed" : `${(elapsedMs / 1000).toFixed(1)} s`;
      const line = `  ${count}/${total} ${cellId}`;
      if (process.stderr.isTTY)
        process.stderr.write(state === "running" ? `${line} …` : `\r\x1b[K${line} ${verdict}\n`);
      else if (values.verbose && state === "done") process.stderr.write(`${line} ${verdict}\n`);
    },
  });

  for (const { cellId, index, name, message } of result.failures) {
    const lines = message.split("\n").slice(0, 6).join("\n  ");
    console.error(`${shown}: cell ${index + 1} "${cellId}": ${name}: ${lines}`);
  }
  if (result.busy) {
    console.error(
      `${shown}: something was still running 5 s after the last cell and was ended before it could fail; ` +
        `wait for it in a cell, or clear its timer`,
    );
  }
  if (typeof values.out === "string") writeNotebook(writable(values.out), result.notebook);
  if (typeof values.html === "string")
    await writePage(writable(values.html), result.notebook, language, dirname(path));
  const cells = result.notebook.cells.filter((cell) => cell.cell_type === "code").length;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  const failed = result.failures.length > 0 || result.busy;
  console.log(`${failed ? "FAILED" : "ok"} ${shown}: ${cells} code cells, ${seconds} s`);
  if (failed) process.exitCode = 1;
});

/** @param {string} path @param {string} shown */
function openNotebook(path, shown) {
  try {
    return readNotebook(path);
  } catch (error) {
    const what = /** @type {Error} */ (error).message;
    throw new Missing(
      `expected ${shown} to be a notebook: ${what}; type: ${usage}`,
      `${shown} 不是笔记本：${what}；请输入：${usage}`,
    );
  }
}

/**
 * A notebook finds the library in a node_modules above it, so it must lie in this project.
 * @param {string} path
 * @param {import("./notebook/nbformat.mjs").Notebook} notebook
 */
function requireLibrary(path, notebook) {
  const wanted = notebook.cells.some((cell) => [cell.source].flat().join("").includes('"kernel-lib"'));
  if (!wanted) return;
  try {
    createRequire(path).resolve("kernel-lib");
  } catch {
    throw new Missing(
      `kernel-lib is not found from ${dirname(path)}; move the notebook into this project, for example into work/`,
      `从 ${dirname(path)} 找不到 kernel-lib；请把笔记本移到本项目里，例如 work/`,
    );
  }
}

/** @param {string} path @param {"en" | "zh"} language */
async function solvedLesson(path, language) {
  const { buildNotebook, readLessons } = await import("./notebook/build.mjs");
  const name = basename(path, ".ipynb");
  const lesson = readLessons(ROOT).find((candidate) => candidate.name === name);
  if (lesson) return buildNotebook(lesson.source, language, "solved");
  throw new Missing(
    `--solved: expected a lesson of notebooks/src, got ${name}; drop --solved`,
    `--solved：notebooks/src 里没有 ${name} 这一课；请去掉 --solved`,
  );
}

/** @param {string} path */
function writable(path) {
  const full = resolve(path);
  mkdirSync(dirname(full), { recursive: true });
  return full;
}

/**
 * @param {string} path
 * @param {import("./notebook/nbformat.mjs").Notebook} notebook
 * @param {"en" | "zh"} language
 * @param {string} folder where relative images lie
 */
async function writePage(path, notebook, language, folder) {
  const { copyAssets } = await import("./notebook/assets.mjs");
  const { renderPage } = await import("./notebook/page.mjs");
  copyAssets(join(dirname(path), "assets"));
  writeFileSync(path, renderPage(notebook, { language, assetsUrl: "assets", folder }));
}
