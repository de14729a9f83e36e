// How Jupyter starts the TypeScript kernels.

import { join } from "node:path";
import { writeWhole } from "./files.mjs";
import { ROOT, VENV, WORK } from "./paths.mjs";

/**
 * Tell the Jupyter of one environment, and no other, about our kernel, and about stock tslab for who wants to compare.
 * Ours has the name that stock installations give to theirs, so that a lesson opens in both. Written at every start,
 * since it names this Node and this folder by their full paths: a kernel must not depend on what PATH happens to hold.
 *
 * @param {string} [prefix] the environment
 * @param {string[]} [flags] of Node, for ours: those that engineFlags() has tried
 * @param {string} [root]
 * @returns {string} the file of our kernel
 */
export function kernelspec(prefix = VENV, flags = [], root = ROOT) {
  write(prefix, "tslab-stock", {
    argv: [
      process.execPath,
      join(root, "node_modules", "tslab", "bin", "tslab"),
      ...["kernel", "--config-path", "{connection_file}"], // Jupyter fills this in
    ],
    display_name: "TypeScript (stock tslab)",
    language: "typescript",
  });
  return write(prefix, "tslab", {
    argv: [
      process.execPath,
      ...flags, // the front hands them on to the process that runs cells
      join(root, "kernel-lib", "dist", "jupyter", "main.js"),
      "{connection_file}",
      ...["--history", join(WORK, ".jupyter", "history.jsonl")],
    ],
    display_name: "TypeScript",
    language: "typescript",
    interrupt_mode: "message", // a signal would not do on Windows
    metadata: { debugger: false },
  });
}

/**
 * @param {string} prefix
 * @param {string} name
 * @param {object} spec
 */
function write(prefix, name, spec) {
  const file = join(prefix, "share", "jupyter", "kernels", name, "kernel.json");
  writeWhole(file, `${JSON.stringify(spec, null, 2)}\n`);
  return file;
}
