/**
 * A notebook as one page that opens from disk, asks no other machine for anything, and can be read without scripts:
 * only Plotly's figures come alive with one, and stand as pictures until then.
 */
import { escapeHtml, scriptJson } from "./html.mjs";
import { highlightTypeScript } from "./highlight.mjs";
import { renderFormula, renderMarkdown } from "./markdown.mjs";
import { tagsOf } from "./nbformat.mjs";
import { terminalHtml } from "./terminal.mjs";

/** @typedef {import("./nbformat.mjs").Notebook} Notebook */
/** @typedef {import("./nbformat.mjs").CodeCell} CodeCell */
/** @typedef {import("./nbformat.mjs").Output} Output */
/** @typedef {import("./source.mjs").Language} Language */
/** @typedef {{ href: string, title: string }} Link */

/**
 * @typedef {object} PageOptions
 * @property {Language} language
 * @property {string} [title] the notebook's own title if not given
 * @property {string} assetsUrl where `copyAssets` put its files, relative to the page
 * @property {string} [indexUrl] the list of lessons
 * @property {string} [siblingUrl] the same page in the other language
 * @property {Link} [previous]
 * @property {Link} [next]
 * @property {string} [folder] where relative images lie
 * @property {Map<string, string>} [stubs] for a solved notebook: by cell id, what a learner starts from
 * @property {string} [status] HTML above the text
 * @property {number} [refreshSeconds] load the page again after so long
 * @property {(problem: string) => void} [onProblem] hears of a formula that does not parse
 */

/** The few words that are the page's own. */
export const words = {
  en: {
    lang: "en",
    site: "CNN workbook",
    lessons: "Lessons",
    skip: "Skip to the text",
    contents: "On this page",
    theme: "Light or dark",
    exercise: "Exercise",
    solution: "Solution",
    error: "Error",
    expected: "An error that is meant to come",
    figure: "Figure",
    previous: "Previous",
    next: "Next",
  },
  zh: {
    lang: "zh-CN",
    site: "卷积网络工作簿",
    lessons: "课程目录",
    skip: "跳到正文",
    contents: "本页目录",
    theme: "浅色或深色",
    exercise: "练习",
    solution: "参考答案",
    error: "错误",
    expected: "这里的错误是有意的",
    figure: "图",
    previous: "上一课",
    next: "下一课",
  },
};

/**
 * @param {Notebook} notebook
 * @param {PageOptions} options
 * @returns {string} HTML
 */
export function renderPage(notebook, options) {
  const { language, folder, onProblem, stubs } = options;
  /** @type {import("./markdown.mjs").Heading[]} */
  const headings = [];
  const body = notebook.cells.map((cell) => {
    if (cell.cell_type === "raw") return "";
    if (cell.cell_type === "code") return codeCell(cell, options, stubs?.get(cell.id));
    const report =
      onProblem && ((/** @type {string} */ problem) => onProblem(`cell "${cell.id}": ${problem}`));
    const text = renderMarkdown(cell.source, { id: cell.id, folder, onProblem: report });
    headings.push(...text.headings);
    const anchor = text.headings.length > 0 ? "" : ` id="${escapeHtml(cell.id)}"`;
    return `<div class="cell text"${anchor}>\n${text.html}</div>`;
  });
  const contents = headings.filter(({ level }) => level === 2);
  const w = words[language];
  return frame({
    ...options,
    title: options.title ?? titleOf(notebook) ?? w.site,
    contents:
      contents.length === 0
        ? ""
        : `<nav class="contents" aria-labelledby="contents-title">
<details open><summary id="contents-title">${w.contents}</summary>
<ol>
${contents.map(({ id, html }) => `<li><a href="#${escapeHtml(id)}">${html}</a></li>`).join("\n")}
</ol></details></nav>`,
    body: body.join("\n"),
  });
}

/**
 * The list of lessons.
 * @param {Link[]} lessons
 * @param {Omit<PageOptions, "title">} options
 */
export function renderIndex(lessons, options) {
  const w = words[options.language];
  const items = lessons.map(
    ({ href, title }) => `<li><a href="${escapeHtml(href)}">${escapeHtml(title)}</a></li>`,
  );
  return frame({
    ...options,
    title: w.lessons,
    contents: "",
    body: `<h1>${w.lessons}</h1>\n<ul class="lessons">\n${items.join("\n")}\n</ul>`,
  });
}

/** The text of a notebook's first heading. @param {Notebook} notebook @returns {string | undefined} */
export function titleOf(notebook) {
  for (const cell of notebook.cells) {
    const match = cell.cell_type === "markdown" && /^# (.+)$/m.exec(cell.source);
    if (match) return match[1].replace(/[`*$]/g, "").trim();
  }
  return undefined;
}

/** @param {PageOptions & { title: string, contents: string, body: string }} page */
function frame({
  language,
  title,
  assetsUrl,
  indexUrl,
  siblingUrl,
  previous,
  next,
  status,
  refreshSeconds,
  contents,
  body,
}) {
  const w = words[language];
  const other = language === "en" ? { lang: "zh-CN", name: "中文" } : { lang: "en", name: "English" };
  const site = indexUrl ? `<a href="${escapeHtml(indexUrl)}">${w.site}</a>` : w.site;
  const around = [previous && turn(w.previous, "prev", previous), next && turn(w.next, "next", next)].filter(
    Boolean,
  );
  // The policy makes "no request leaves the machine" the browser's business too, whatever a notebook holds.
  return `<!doctype html>
<html lang="${w.lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'self' file: data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'self'">
<meta name="viewport" content="width=device-width, initial-scale=1">${refreshSeconds ? `\n<meta http-equiv="refresh" content="${refreshSeconds}">` : ""}
<title>${escapeHtml(title)} · ${w.site}</title>
<link rel="icon" href="data:,">
${body.includes('class="katex') || contents.includes('class="katex') ? `<link rel="stylesheet" href="${assetsUrl}/katex.min.css">\n` : ""}<link rel="stylesheet" href="${assetsUrl}/page.css">
<script src="${assetsUrl}/page.js"></script>
</head>
<body data-assets="${assetsUrl}">
<a class="skip" href="#text">${w.skip}</a>
<header class="site">
<p>${site}</p>
<nav aria-label="${w.site}">${siblingUrl ? `<a href="${escapeHtml(siblingUrl)}" lang="${other.lang}" hreflang="${other.lang}" data-keep-hash>${other.name}</a>` : ""}<button type="button" class="theme" hidden aria-label="${w.theme}" title="${w.theme}">◐</button></nav>
</header>
${contents}
<main id="text" tabindex="-1">
${status ?? ""}${body}
</main>
${around.length > 0 ? `<footer><nav aria-label="${w.lessons}">${around.join("")}</nav></footer>\n` : ""}</body>
</html>
`;
}

/** @param {string} word @param {string} rel @param {Link} link */
function turn(word, rel, { href, title }) {
  return `<a rel="${rel}" href="${escapeHtml(href)}"><small>${word}</small> ${escapeHtml(title)}</a>`;
}

/** @param {CodeCell} cell @param {PageOptions} options @param {string | undefined} stub */
function codeCell(cell, options, stub) {
  const w = words[options.language];
  const tags = tagsOf(cell);
  const label = tags.includes("exercise") ? `<p class="label">${w.exercise}</p>\n` : "";
  const shown = cell.outputs.map((output) => outputHtml(output, options, tags.includes("raises-exception")));
  const outputs = shown.length > 0 ? `\n<div class="outputs">\n${shown.join("\n")}\n</div>` : "";
  const own = `${codeBlock(cell.source)}${outputs}`;
  const folded = stub !== undefined && stub !== cell.source;
  // What a solution shows, the marks of a quiz say, would give it away as well.
  const content = folded
    ? `${codeBlock(stub)}\n<details class="solution"><summary>${w.solution}</summary>\n${own}\n</details>`
    : own;
  return `<div class="cell code${tags.includes("exercise") ? " exercise" : ""}" id="${escapeHtml(cell.id)}">
${label}${content}
</div>`;
}

/** @param {string} code */
function codeBlock(code) {
  return `<pre class="source"><code>${highlightTypeScript(code)}</code></pre>`;
}

/** @param {Output} output @param {PageOptions} options @param {boolean} meant whether an error may come here */
function outputHtml(output, options, meant) {
  const w = words[options.language];
  if (output.output_type === "stream") {
    return `<pre class="stream ${output.name}">${terminalHtml(output.text.replace(/\n$/, ""))}</pre>`;
  }
  if (output.output_type === "error") {
    const text = output.traceback.join("\n") || `${output.ename}: ${output.evalue}`;
    return `<div class="error${meant ? " meant" : ""}"><p class="label">${meant ? w.expected : w.error}</p><pre>${terminalHtml(text)}</pre></div>`;
  }
  return bundleHtml(output.data, output.metadata, options);
}

/**
 * The richest form that a page can show.
 * @param {import("./nbformat.mjs").MimeBundle} data
 * @param {Record<string, unknown>} metadata with the figure's caption and alt text, if it has them
 * @param {PageOptions} options
 */
function bundleHtml(data, metadata, options) {
  const w = words[options.language];
  const text = (/** @type {string} */ mime) =>
    typeof data[mime] === "string" ? /** @type {string} */ (data[mime]) : undefined;
  const plain = text("text/plain");
  const caption = typeof metadata.caption === "string" ? metadata.caption : "";
  const alt = typeof metadata.alt === "string" ? metadata.alt : caption || plain || w.figure;
  const figure = (/** @type {string} */ content) =>
    `<figure>\n${content}\n${caption ? `<figcaption>${inline(caption)}</figcaption>\n` : ""}</figure>`;

  const svg = text("image/svg+xml");
  const bytes = ["image/png", "image/jpeg", "image/gif"].find((mime) => text(mime));
  const source = svg
    ? `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`
    : bytes && `data:${bytes};base64,${text(bytes)?.replace(/\s/g, "")}`;
  const picture = source && `<img src="${source}" alt="${escapeHtml(alt)}">`;

  const plotly = data["application/vnd.plotly.v1+json"];
  if (plotly) {
    const spec = typeof plotly === "string" ? JSON.parse(plotly) : plotly;
    const height = Number(spec.layout?.height) || 450; // Plotly's own height
    const still = picture ?? `<noscript><pre>${escapeHtml(plain ?? alt)}</pre></noscript>`;
    return figure(
      `<div class="plotly-figure" role="img" aria-label="${escapeHtml(alt)}" style="min-height:${picture ? 0 : height}px" data-height="${height}">${still}` +
        `<script type="application/json">${scriptJson(spec)}</script></div>`,
    );
  }
  const html = text("text/html");
  if (html) return figure(`<div class="scroll html">${html}</div>`);
  if (picture) return figure(picture);
  const markdown = text("text/markdown");
  if (markdown)
    return renderMarkdown(markdown, { folder: options.folder, onProblem: options.onProblem }).html;
  const latex = text("text/latex");
  if (latex) return renderFormula(latex.replace(/^\s*\$+|\$+\s*$/g, ""), true, options.onProblem);
  if (data["application/json"] !== undefined && !plain) {
    return `<pre class="stream">${escapeHtml(JSON.stringify(data["application/json"], null, 2))}</pre>`;
  }
  return `<pre class="stream">${terminalHtml(plain ?? Object.keys(data).join(", "))}</pre>`;
}

/** A caption may hold a formula. @param {string} text */
function inline(text) {
  return renderMarkdown(text).html.replace(/^<p>|<\/p>\s*$/g, "");
}
