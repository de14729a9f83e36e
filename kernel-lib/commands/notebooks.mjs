/**
 * `npm run notebooks`: build notebooks/en and notebooks/zh from notebooks/src.
 *
 *   --check         change nothing; say what is out of date and end with status 1 if anything is
 *   --solved <dir>  write the solved form to <dir>/en and <dir>/zh instead
 */
import { join, relative, resolve } from "node:path";
import { parseOptions } from "./notebook/command.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { command } from "./steps/say.mjs";

await command(async () => {
  const { values } = parseOptions({
    usage: "npm run notebooks [-- --check | --solved <dir>]",
    options: { check: { type: "boolean" }, solved: { type: "string" } },
  });
  await npmPackages();
  const { compareNotebooks, notebookFiles, readLessons, writeNotebooks } =
    await import("./notebook/build.mjs");
  const { SourceError } = await import("./notebook/source.mjs");

  /** @type {import("./notebook/build.mjs").Lesson[]} */
  let lessons;
  try {
    lessons = readLessons(ROOT);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
    return;
  }
  const solved = typeof values.solved === "string";
  const folder = solved ? resolve(String(values.solved)) : join(ROOT, "notebooks");
  const files = notebookFiles(lessons, solved ? "solved" : "student");
  const shown = (/** @type {string} */ path) => relative(process.cwd(), join(folder, path));

  if (values.check) {
    const differences = compareNotebooks(folder, files);
    for (const { path, problem } of differences) console.error(`${shown(path)}: ${problem}`);
    if (differences.length === 0) return console.log(`${files.size} notebooks are up to date`);
    console.error("type: npm run notebooks");
    process.exitCode = 1;
    return;
  }
  const changed = writeNotebooks(folder, files);
  for (const { path } of changed) console.log(`${files.has(path) ? "wrote" : "removed"} ${shown(path)}`);
  console.log(`${files.size} notebooks from ${lessons.length} sources, ${changed.length} changed`);
});
