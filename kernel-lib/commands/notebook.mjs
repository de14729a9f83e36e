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
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNotebook, readLessons } from "./notebook/build.mjs";
import { parseOptions, runCommand, UsageError } from "./notebook/command.mjs";
import { readNotebook, writeNotebook } from "./notebook/nbformat.mjs";
import { runNotebook } from "./notebook/run.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const usage =
  "npm run notebook -- <file.ipynb> [--out <file>] [--html <file>] [--solved] [--timeout <s>] [--verbose]";

runCommand(import.meta.url, async () => {
  const { values, positionals } = parseOptions({
    usage,
    positionals: true,
    options: {
      out: { type: "string" },
      html: { type: "string" },
      solved: { type: "boolean" },
      timeout: { type: "string", default: "300" },
      verbose: { type: "boolean" },
    },
  });
  if (positionals.length !== 1) {
    throw new UsageError(`expected one notebook, got ${positionals.length}; type: ${usage}`);
  }
  const path = resolve(positionals[0]);
  if (!existsSync(path))
    throw new UsageError(`expected a notebook, got no file at ${path}; npm run notebooks builds them`);
  const timeoutS = Number(values.timeout);
  if (!(timeoutS > 0))
    throw new UsageError(`expected --timeout in seconds, got ${values.timeout}; type: ${usage}`);

  const shown = relative(process.cwd(), path);
  const language = basename(dirname(path)) === "zh" ? "zh" : "en";
  const notebook = values.solved ? solved(path, language) : readNotebook(path);
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, () => stop.abort(new UsageError(`${shown}: stopped by ${signal}`)));
  }
  const startedMs = Date.now();
  const result = await runNotebook(notebook, {
    cwd: dirname(path),
    timeoutMs: timeoutS * 1000,
    signal: stop.signal,
    onCell: ({ state, count, total, cellId, elapsedMs, failed }) => {
      const verdict = failed ? "failed" : `${(elapsedMs / 1000).toFixed(1)} s`;
      if (process.stderr.isTTY && state === "running")
        process.stderr.write(`  ${count}/${total} ${cellId} …`);
      else if (process.stderr.isTTY)
        process.stderr.write(`\r\x1b[K  ${count}/${total} ${cellId} ${verdict}\n`);
      else if (values.verbose && state === "done")
        process.stderr.write(`  ${count}/${total} ${cellId} ${verdict}\n`);
    },
  });

  for (const { cellId, index, name, message } of result.failures) {
    const lines = message.split("\n").slice(0, 6).join("\n  ");
    console.error(`${shown}: cell ${index + 1} "${cellId}": ${name}: ${lines}`);
  }
  if (result.busy)
    console.error(`${shown}: something was still running 5 s after the last cell and was ended`);
  if (typeof values.out === "string") writeNotebook(writable(values.out), result.notebook);
  if (typeof values.html === "string") await writePage(writable(values.html), result.notebook, language);
  const cells = result.notebook.cells.filter((cell) => cell.cell_type === "code").length;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(`${result.failures.length > 0 ? "FAILED" : "ok"} ${shown}: ${cells} code cells, ${seconds} s`);
  return result.failures.length > 0 ? 1 : 0;
});

/** @param {string} path @param {"en" | "zh"} language */
function solved(path, language) {
  const name = basename(path, ".ipynb");
  const lesson = readLessons(root).find((candidate) => candidate.name === name);
  if (!lesson)
    throw new UsageError(`--solved: expected a lesson of notebooks/src, got ${name}; drop --solved`);
  return buildNotebook(lesson.source, language, "solved");
}

/** @param {string} path */
function writable(path) {
  const full = resolve(path);
  mkdirSync(dirname(full), { recursive: true });
  return full;
}

/** @param {string} path @param {import("./notebook/nbformat.mjs").Notebook} notebook @param {"en" | "zh"} language */
async function writePage(path, notebook, language) {
  const { copyAssets } = await import("./notebook/assets.mjs");
  const { renderPage } = await import("./notebook/page.mjs");
  copyAssets(join(dirname(path), "assets"));
  writeFileSync(path, renderPage(notebook, { language, assetsUrl: "assets" }));
}
