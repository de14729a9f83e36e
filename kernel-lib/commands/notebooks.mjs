/**
 * `npm run notebooks`: build notebooks/en and notebooks/zh from notebooks/src.
 *
 *   --check         change nothing; say what is out of date and end with status 1 if anything is
 *   --solved <dir>  write the solved form to <dir>/en and <dir>/zh instead
 */
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compareNotebooks, notebookFiles, readLessons, writeNotebooks } from "./notebook/build.mjs";
import { parseOptions, runCommand } from "./notebook/command.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

runCommand(import.meta.url, () => {
  const { values } = parseOptions({
    usage: "npm run notebooks [-- --check | --solved <dir>]",
    options: { check: { type: "boolean" }, solved: { type: "string" } },
  });
  const lessons = readLessons(root);
  const solved = typeof values.solved === "string";
  const folder = solved ? resolve(String(values.solved)) : join(root, "notebooks");
  const files = notebookFiles(lessons, solved ? "solved" : "student");
  const shown = (/** @type {string} */ path) => relative(process.cwd(), join(folder, path));

  if (values.check) {
    const differences = compareNotebooks(folder, files);
    for (const { path, problem } of differences) console.error(`${shown(path)}: ${problem}`);
    if (differences.length === 0) console.log(`${files.size} notebooks are up to date`);
    else console.error("type: npm run notebooks");
    return differences.length === 0 ? 0 : 1;
  }
  const changed = writeNotebooks(folder, files);
  for (const { path } of changed) console.log(`${files.has(path) ? "wrote" : "removed"} ${shown(path)}`);
  console.log(`${files.size} notebooks from ${lessons.length} sources, ${changed.length} changed`);
  return 0;
});
