/** Modules of Node that the library asks for. */
interface Modules {
  "node:fs": typeof import("node:fs");
  "node:module": typeof import("node:module");
  "node:os": typeof import("node:os");
  "node:path": typeof import("node:path");
  "node:url": typeof import("node:url");
  "node:worker_threads": typeof import("node:worker_threads");
  "node:zlib": typeof import("node:zlib");
}

/** Packages that are loaded on their first use: a lesson that reads no picture does without them. */
interface Packages {
  "jpeg-js": typeof import("jpeg-js");
  pngjs: typeof import("pngjs");
}

/** A module of Node's, and `undefined` in a browser, where an import of it would stop the whole library from loading. */
export function node<Name extends keyof Modules>(name: Name): Modules[Name] | undefined {
  return globalThis.process?.getBuiltinModule?.(name);
}

/**
 * A module of Node's for what only Node can do.
 *
 * @param op     what was asked for: "figure.save"
 * @param wayOut what a page does instead
 * @throws {Error} in a browser
 */
export function needNode<Name extends keyof Modules>(
  op: string,
  name: Name,
  wayOut: string = "hand bytes over and take bytes back, without a path",
): Modules[Name] {
  const found = node(name);
  if (!found) throw new Error(`${op}: expected Node and its files, got a page in a browser;\n${wayOut}`);
  return found;
}

/** A package, loaded when it is asked for. */
export function packageOf<Name extends keyof Packages>(op: string, name: Name): Packages[Name] {
  return needNode(op, "node:module").createRequire(import.meta.url)(name) as Packages[Name];
}
