/**
 * A text cell as HTML: Markdown, formulas set here (so a page needs no script for them), code coloured here, and
 * headings gathered for the table of contents.
 */
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import katex from "katex";
import MarkdownIt from "markdown-it";
import { highlightTypeScript } from "./highlight.mjs";
import { escapeHtml } from "./html.mjs";

/**
 * @typedef {object} MarkdownOptions
 * @property {string} [id] the first heading's anchor; further ones get -2, -3
 * @property {string} [folder] where the images of relative links lie; each is put into the page
 * @property {(problem: string) => void} [onProblem] hears of a formula that does not parse
 */

/** @typedef {{ level: number, id: string, html: string }} Heading */

/**
 * @param {string} text
 * @param {MarkdownOptions} [options]
 * @returns {{ html: string, headings: Heading[] }}
 */
export function renderMarkdown(text, { id = "section", folder, onProblem } = {}) {
  const environment = { onProblem };
  const tokens = parser.parse(text, environment);
  /** @type {Heading[]} */
  const headings = [];
  tokens.forEach((token, index) => {
    if (token.type === "heading_open") {
      const heading = {
        level: Number(token.tag.slice(1)),
        id: headings.length === 0 ? id : `${id}-${headings.length + 1}`,
        html: parser.renderer.renderInline(tokens[index + 1].children ?? [], parser.options, environment),
      };
      token.attrSet("id", heading.id);
      headings.push(heading);
    }
    for (const child of token.children ?? []) {
      if (child.type === "image")
        child.attrSet("src", inlineImage(String(child.attrGet("src") ?? ""), folder));
      if (child.type === "link_open") child.attrSet("href", pageLink(String(child.attrGet("href") ?? "")));
    }
  });
  return { html: parser.renderer.render(tokens, parser.options, environment), headings };
}

const parser = new MarkdownIt({
  html: true,
  highlight: (code, language) =>
    /^(ts|typescript|js|javascript)$/.test(language) ? highlightTypeScript(code) : escapeHtml(code),
});
parser.renderer.rules.table_open = () => '<div class="scroll"><table>\n';
parser.renderer.rules.table_close = () => "</table></div>\n";

parser.inline.ruler.after("escape", "math", (state, silent) => {
  if (state.src[state.pos] !== "$") return false;
  const display = state.src.startsWith("$$", state.pos);
  const fence = display ? "$$" : "$";
  const start = state.pos + fence.length;
  let end = state.src.indexOf(fence, start);
  while (end > 0 && state.src[end - 1] === "\\") end = state.src.indexOf(fence, end + 1);
  if (end <= start || end >= state.posMax) return false;
  const tex = state.src.slice(start, end);
  // "$5 and $6" is money: a formula touches its dollars, and no digit follows.
  if (!display && (/^\s|\s$/.test(tex) || /\d/.test(state.src[end + 1] ?? ""))) return false;
  if (!silent) Object.assign(state.push("math", "", 0), { content: tex, markup: fence });
  state.pos = end + fence.length;
  return true;
});

parser.block.ruler.before(
  "fence",
  "math_block",
  (state, startLine, endLine, silent) => {
    const lineAt = (/** @type {number} */ line) =>
      state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]).trim();
    if (!lineAt(startLine).startsWith("$$")) return false;
    let text = lineAt(startLine).slice(2);
    let line = startLine;
    while (!text.endsWith("$$") && ++line < endLine) text += "\n" + lineAt(line);
    if (!text.endsWith("$$")) return false;
    if (text.slice(0, -2).includes("$$")) return false; // two formulas: a paragraph's business
    if (silent) return true;
    Object.assign(state.push("math", "", 0), { content: text.slice(0, -2), markup: "$$", block: true });
    state.line = line + 1;
    return true;
  },
  { alt: ["paragraph", "reference", "blockquote", "list"] },
);

/** @type {import("markdown-it").RendererRule} */
const mathRule = (tokens, index, _options, environment) => {
  const { onProblem } = /** @type {MarkdownOptions} */ (environment);
  return renderFormula(tokens[index].content, tokens[index].markup === "$$", onProblem);
};
parser.renderer.rules.math = mathRule;

/**
 * A formula as HTML for the eye and MathML for a screen reader.
 * @param {string} tex @param {boolean} display @param {((problem: string) => void) | undefined} onProblem
 */
export function renderFormula(tex, display, onProblem) {
  try {
    return katex.renderToString(tex.trim(), {
      displayMode: display,
      strict: "ignore",
      output: "htmlAndMathml",
    });
  } catch (error) {
    onProblem?.(`formula ${JSON.stringify(tex)}: ${/** @type {Error} */ (error).message}`);
    return `<code class="bad-formula">${escapeHtml(tex)}</code>`;
  }
}

/** @type {Record<string, string>} */
const imageTypes = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
};

/** @param {string} src @param {string | undefined} folder */
function inlineImage(src, folder) {
  const type = imageTypes[extname(src).toLowerCase()];
  if (!folder || !type || /^[a-z][a-z0-9+.-]*:/i.test(src)) return src;
  const path = join(folder, decodeURI(src));
  return existsSync(path) ? `data:${type};base64,${readFileSync(path).toString("base64")}` : src;
}

/** A link to another notebook leads to its page. @param {string} href */
function pageLink(href) {
  return /^[a-z][a-z0-9+.-]*:/i.test(href) ? href : href.replace(/\.ipynb(#.*)?$/, ".html$1");
}
