// Reads figures ({ data, layout }[]) as JSON from standard input and prints what Plotly has against each of them.
// Plotly wants a browser to load, but not to validate: everything it touches while loading is stood in for.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** @returns {any} something that can be called, constructed, read and written */
function anything() {
  return new Proxy(function () {}, {
    get(target, key) {
      if (key === Symbol.toPrimitive) return () => "";
      const kept = /** @type {any} */ (target);
      if (!(key in kept) || key === "prototype") kept[key] = anything();
      return kept[key];
    },
    apply: anything,
    construct: anything,
  });
}

const names = "document DOMParser XMLSerializer HTMLElement Element Image getComputedStyle".split(" ");
Object.assign(globalThis, { self: globalThis, window: globalThis });
Object.defineProperty(globalThis, "navigator", { value: { userAgent: "Node" } });
Object.assign(globalThis, Object.fromEntries(names.map((name) => [name, anything()])));
const Plotly = createRequire(import.meta.url)("plotly.js-dist");
const figures = JSON.parse(readFileSync(0, "utf8"));
/** What an axis that is not drawn has no use for is no fault. */
const idle = (/** @type {any} */ { code, path }, /** @type {any} */ layout) =>
  code === "unused" && layout[path[0]]?.visible === false;
const complaints = figures.map((/** @type {any} */ { data, layout }) =>
  (Plotly.validate(data, layout) ?? [])
    .filter((/** @type {any} */ complaint) => !idle(complaint, layout))
    .map((/** @type {any} */ complaint) => complaint.msg),
);
console.log(JSON.stringify({ version: Plotly.version, complaints }));
