// The compiled modules joined into few files: Node loads one file much sooner than 250, and a page asks for few.

import { readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join, posix } from "node:path";

/**
 * Join what tsc has compiled, in place; declarations stay as they are.
 *
 * `index.js` becomes the library for Node, with its code in `node/`, and `browser.js` the one for a page, in `browser/`.
 * The kernel's modules, and those that they share with the library, stay apart: `index.js` imports them, so nothing is
 * there twice.
 * @param {string} dist
 */
export async function bundle(dist) {
  const modules = modulesIn(dist);
  const apart = withImports(
    dist,
    modules.filter((file) => file.startsWith("jupyter/")),
  );
  const forPages = await joinForPages(dist, modules); // first, for exercises import from index.js as tsc wrote it
  const joined = [...forPages, ...(await joinForNode(dist, apart))];
  const stays = new Set([...apart, ...joined]);
  for (const file of modules) if (!stays.has(file)) rmSync(join(dist, file));
}

/** Everything that is loaded at once goes into one file. @type {import("rolldown").CodeSplittingGroup} */
const AT_ONCE = { name: "library", tags: ["$initial"] };

/**
 * @param {string} dist
 * @param {ReadonlySet<string>} apart
 * @returns {Promise<string[]>} the files that were written
 */
async function joinForNode(dist, apart) {
  const { rolldown } = await import("rolldown");
  const folder = realpathSync(dist); // as the bundler names files
  const paths = new Set([...apart].map((file) => join(folder, file)));
  const build = await rolldown({
    cwd: dist,
    input: "./index.js",
    platform: "node",
    external: (id) => paths.has(id),
  });
  const { output } = await build.write({
    dir: dist,
    chunkFileNames: "node/[name].js",
    codeSplitting: { groups: [AT_ONCE] },
  });
  await build.close();
  return output.map(({ fileName }) => fileName);
}

/**
 * The entry waits for wasm.js, which imports from library.js; if the entry were in there, each would wait for the other.
 * @param {string} dist
 * @param {readonly string[]} modules
 * @returns {Promise<string[]>} the files that were written
 */
async function joinForPages(dist, modules) {
  if (!modules.includes("browser.js")) return [];
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    cwd: dist,
    input: "./browser.js",
    platform: "browser",
    plugins: [withoutNode()],
    transform: { define: { "globalThis.process": "undefined" } }, // only Node has it
    // A module only defines things: one that nobody uses can go, and so can a read that nobody uses.
    treeshake: { moduleSideEffects: false, propertyReadSideEffects: false, unknownGlobalSideEffects: false },
  });
  const { output } = await build.write({
    dir: dist,
    chunkFileNames: "browser/[name].js",
    comments: false, // what is left of them tells bundlers what has no effects
    codeSplitting: { groups: [{ ...AT_ONCE, test: (id) => !id.endsWith("browser.js") }] },
    minify: { mangle: { toplevel: true, keepNames: { class: true, function: false } } }, // a class prints its name
  });
  await build.close();
  return output.map(({ fileName }) => fileName);
}

/**
 * A page has no module of Node's: what asks for one is told so while the library is joined, and what only Node would do
 * falls away.
 * @returns {import("rolldown").Plugin}
 */
function withoutNode() {
  return {
    name: "without-node",
    transform: (code) =>
      code
        .replace(/\bnode\("node:\w+"\)/g, "undefined")
        .replace(/(?<=\bneedNode\([^()]*)"node:\w+"/g, "undefined"),
  };
}

/**
 * Modules and all that they import, but for packages.
 * @param {string} dist
 * @param {readonly string[]} modules
 */
function withImports(dist, modules) {
  const found = new Set(modules);
  for (const file of found) {
    const text = readFileSync(join(dist, file), "utf8");
    for (const [, name] of text.matchAll(/\bfrom "(\.[^"]+)"/g)) {
      found.add(posix.join(posix.dirname(file), name)); // a set is walked to its end, also while it grows
    }
  }
  return found;
}

/** @param {string} dist */
function modulesIn(dist) {
  const files = /** @type {string[]} */ (readdirSync(dist, { recursive: true }));
  return files.map((file) => file.replaceAll("\\", "/")).filter((file) => file.endsWith(".js"));
}
