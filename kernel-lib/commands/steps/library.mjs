// Is kernel-lib/dist the compiled form of the sources as they are now? If not, compile them.

import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { bundle } from "./bundle.mjs";
import { hashOf, readIfThere, readJson, writeWhole } from "./files.mjs";
import { ROOT } from "./paths.mjs";
import { run } from "./run.mjs";
import { Missing, say } from "./say.mjs";

/** @param {string} [root] */
export async function library(root = ROOT) {
  if (libraryFresh(root)) return;
  say("Building kernel-lib …", "正在编译 kernel-lib……");
  await buildLibrary(root);
}

/** @param {string} root */
export function libraryFresh(root) {
  const dist = join(root, "kernel-lib", "dist");
  return existsSync(join(dist, "index.js")) && readIfThere(stampOf(root)) === sourcesKey(root);
}

/**
 * Compile beside the old build and swap the two at the end: a notebook that is running keeps a whole library, and a
 * build that was cut short is never taken for one.
 * @param {string} root
 */
export async function buildLibrary(root) {
  const key = sourcesKey(root); // before compiling, so that an edit meanwhile leaves the build stale
  const dist = join(root, "kernel-lib", "dist");
  const beside = join(root, "kernel-lib", `.build-${process.pid}`);
  try {
    const { ok, output } = await run(
      process.execPath,
      [
        join(root, "node_modules", "typescript", "bin", "tsc"),
        "-p",
        join(root, "kernel-lib", "tsconfig.json"),
        "--outDir",
        join(beside, "dist"),
      ],
      { cwd: root, quiet: true },
    );
    if (!ok) {
      throw new Missing(
        "kernel-lib does not compile: correct the lines above, then type: npm run build",
        "kernel-lib 无法编译：请改正上面列出的地方，然后输入：npm run build",
        output,
      );
    }
    await bundle(join(beside, "dist"));
    writeWhole(join(beside, "dist", STAMP), key);
    if (existsSync(dist)) renameSync(dist, join(beside, "old"));
    renameSync(join(beside, "dist"), dist);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

const STAMP = ".built-from";

/** @param {string} root */
export function stampOf(root) {
  return join(root, "kernel-lib", "dist", STAMP);
}

/**
 * A hash of everything that the compiled files depend on: by content, since a checkout sets the times of files anew.
 * @param {string} root
 */
function sourcesKey(root) {
  const src = join(root, "kernel-lib", "src");
  const files = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const names = files.map((file) => relative(src, file).split(sep).join("/"));
  const version = (/** @type {string} */ name) => {
    const found = /** @type {{ version?: string } | undefined} */ (
      readJson(join(root, "node_modules", name, "package.json"))
    );
    return found?.version ?? "";
  };
  return hashOf(
    version("typescript"),
    version("rolldown"),
    readFileSync(new URL("bundle.mjs", import.meta.url)),
    readFileSync(join(root, "kernel-lib", "tsconfig.json")),
    names.join("\n"),
    ...files.map((file) => readFileSync(file)),
  );
}
