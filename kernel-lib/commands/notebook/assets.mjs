/**
 * The files that pages share: styles, fonts of formulas, the page's script and Plotly. A page finds them by a
 * relative link, so a folder of pages can be opened from disk or moved.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where each shared file comes from, by its name below the assets folder.
 * @returns {Map<string, string>}
 */
export function assetFiles() {
  const require = createRequire(import.meta.url);
  const own = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
  const katex = dirname(require.resolve("katex/dist/katex.min.css"));
  // The style sheet names older formats too; a browser takes the first that it knows, and all know woff2.
  const fonts = readdirSync(join(katex, "fonts")).filter((name) => name.endsWith(".woff2"));
  return new Map([
    ["page.css", own("page.css")],
    ["page.js", own("page.js")],
    ["plotly.min.js", require.resolve("plotly.js-dist-min/plotly.min.js")],
    ["katex.min.css", join(katex, "katex.min.css")],
    ...fonts.map((name) => /** @type {[string, string]} */ ([`fonts/${name}`, join(katex, "fonts", name)])),
  ]);
}

/** @param {string} folder */
export function copyAssets(folder) {
  for (const [name, from] of assetFiles()) {
    const to = join(folder, name);
    mkdirSync(dirname(to), { recursive: true });
    const fresh =
      existsSync(to) &&
      statSync(to).size === statSync(from).size &&
      statSync(to).mtimeMs >= statSync(from).mtimeMs;
    if (!fresh) copyFileSync(from, to);
  }
}
