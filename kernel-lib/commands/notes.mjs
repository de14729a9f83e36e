/**
 * `npm run notes`: run the lessons with their solutions and write them as web pages into work/notes, to be opened
 * from disk. A lesson runs again only if it, the library or the data has changed.
 *
 *   --out <dir>  write somewhere else
 *   --only 04    this lesson alone
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseOptions } from "./notebook/command.mjs";
import { formatNotebook, readNotebook, writeNotebook } from "./notebook/nbformat.mjs";
import { engineFlags } from "./steps/engineFlags.mjs";
import { hashOf } from "./steps/files.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT, WORK } from "./steps/paths.mjs";
import { Missing, command, say } from "./steps/say.mjs";

/** @typedef {import("./notebook/nbformat.mjs").Notebook} Notebook */
/** @typedef {import("./notebook/source.mjs").Language} Language */

await command(async () => {
  const { values } = parseOptions({
    usage: "npm run notes [-- --out <dir>] [-- --only 04]",
    options: { out: { type: "string" }, only: { type: "string" } },
  });
  await npmPackages();
  await library();
  const { copyAssets } = await import("./notebook/assets.mjs");
  const { buildNotebook, readLessons } = await import("./notebook/build.mjs");
  const { renderIndex, renderPage, titleOf } = await import("./notebook/page.mjs");
  const { languages } = await import("./notebook/source.mjs");

  const out = typeof values.out === "string" ? resolve(values.out) : join(WORK, "notes");
  const lessons = readLessons(ROOT);
  const chosen = lessons.filter(
    ({ name }) => !values.only || name.startsWith(`${values.only}-`) || name === values.only,
  );
  if (chosen.length === 0) {
    throw new Missing(
      `expected a lesson of notebooks/src, got ${values.only ? `none that starts with ${values.only}` : "none"}`,
      "notebooks/src 里没有这一课",
    );
  }
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, () => stop.abort(new Missing(`stopped by ${signal}`, `被 ${signal} 中止`)));
  }

  copyAssets(join(out, "assets"));
  const flags = await engineFlags();
  const inputs = inputsKey(flags);
  /** @type {string[]} */
  const problems = [];
  for (const language of languages) {
    mkdirSync(join(out, language), { recursive: true });
    const links = lessons.map(({ name, source }) => ({
      href: `${name}.html`,
      title: titleOf(buildNotebook(source, language)) ?? name,
    }));
    for (const { name, source } of chosen) {
      const student = buildNotebook(source, language);
      const solved = buildNotebook(source, language, "solved");
      const executed = await execute(solved, {
        name,
        language,
        inputs,
        flags,
        signal: stop.signal,
        problems,
      });
      const place = lessons.findIndex((lesson) => lesson.name === name);
      const page = renderPage(executed, {
        language,
        assetsUrl: "../assets",
        indexUrl: "index.html",
        siblingUrl: `../${language === "en" ? "zh" : "en"}/${name}.html`,
        previous: links[place - 1],
        next: links[place + 1],
        folder: join(ROOT, "notebooks", language),
        stubs: new Map(student.cells.map((cell) => [cell.id, cell.source])),
        onProblem: (problem) => problems.push(`${language}/${name}: ${problem}`),
      });
      writeFileSync(join(out, language, `${name}.html`), page);
    }
    const siblingUrl = `../${language === "en" ? "zh" : "en"}/index.html`;
    writeFileSync(
      join(out, language, "index.html"),
      renderIndex(links, { language, assetsUrl: "../assets", siblingUrl }),
    );
  }
  writeFileSync(
    join(out, "index.html"),
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>CNN workbook</title>' +
      '<p><a href="en/index.html">English</a> · <a lang="zh-CN" href="zh/index.html">中文</a></p></html>\n',
  );
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  const at = relative(process.cwd(), join(out, "index.html"));
  say(`The notes are in ${at}`, `笔记在 ${at}`);
});

/**
 * The lesson with its outputs, from the last run if nothing that it depends on has changed since.
 * @param {Notebook} solved
 * @param {{ name: string, language: Language, inputs: string, flags: string[], signal: AbortSignal, problems: string[] }} context
 * @returns {Promise<Notebook>}
 */
async function execute(solved, { name, language, inputs, flags, signal, problems }) {
  const { runNotebook } = await import("./notebook/run.mjs");
  const folder = join(WORK, "notes", ".run", language);
  mkdirSync(folder, { recursive: true });
  const key = hashOf(inputs, formatNotebook(solved));
  const kept = join(folder, `${name}.ipynb`);
  const keptKey = join(folder, `${name}.key`);
  if (existsSync(keptKey) && readFileSync(keptKey, "utf8") === key) {
    say(`${language}/${name}: unchanged`, `${language}/${name}：没有变化`);
    return readNotebook(kept);
  }
  const startedMs = Date.now();
  const { notebook, failures } = await runNotebook(solved, {
    cwd: folder,
    env: { KERNEL_LIB_LANG: language, KERNEL_LIB_PROGRESS: "none" }, // the solutions are ours, not the learner's
    flags,
    signal,
  });
  for (const { cellId, name: error, message } of failures) {
    problems.push(`${language}/${name}: cell "${cellId}": ${error}: ${message}`);
  }
  if (failures.length === 0) {
    writeNotebook(kept, notebook);
    writeFileSync(keptKey, key);
  }
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  say(`${language}/${name}: ran in ${seconds} s`, `${language}/${name}：用时 ${seconds} 秒`);
  return notebook;
}

/** A hash of what the lessons' outputs depend on besides their own text. @param {string[]} flags of Node */
function inputsKey(flags) {
  const filesBelow = (/** @type {string} */ folder) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
          .sort()
      : [];
  const runner = ["child.mjs", "outputs.mjs", "run.mjs"].map((name) =>
    join(ROOT, "kernel-lib", "commands", "notebook", name),
  );
  const read = [...filesBelow(join(ROOT, "kernel-lib", "dist")), ...runner, join(ROOT, "package-lock.json")];
  const data = filesBelow(join(ROOT, "data")).map(
    (path) => `${relative(ROOT, path)} ${statSync(path).size} ${statSync(path).mtimeMs}`,
  );
  return hashOf(process.version, flags.join(" "), data.join("\n"), ...read.map((path) => readFileSync(path)));
}
