// How Jupyter starts the TypeScript kernel.

import { join } from "node:path";
import { writeWhole } from "./files.mjs";
import { ROOT, VENV } from "./paths.mjs";

/**
 * Tell the Jupyter of one environment, and no other, about the kernel. Written at every start, since it names this Node
 * and this folder by their full paths: a kernel must not depend on what PATH happens to hold.
 *
 * @param {string} [prefix] the environment
 * @param {string} [root]
 * @returns {string} the file written
 */
export function kernelspec(prefix = VENV, root = ROOT) {
  const file = join(prefix, "share", "jupyter", "kernels", "tslab", "kernel.json");
  const spec = {
    argv: [
      process.execPath,
      join(root, "node_modules", "tslab", "bin", "tslab"),
      "kernel",
      "--config-path",
      "{connection_file}", // Jupyter fills this in
    ],
    display_name: "TypeScript",
    language: "typescript",
  };
  writeWhole(file, `${JSON.stringify(spec, null, 2)}\n`);
  return file;
}
