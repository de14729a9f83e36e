import { describe, expect, test } from "vitest";
import { highlightTypeScript } from "../../kernel-lib/commands/notebook/highlight.mjs";
import { renderMarkdown } from "../../kernel-lib/commands/notebook/markdown.mjs";
import type { CodeCell, MimeBundle } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { renderIndex, renderPage, titleOf } from "../../kernel-lib/commands/notebook/page.mjs";
import { terminalHtml } from "../../kernel-lib/commands/notebook/terminal.mjs";
import { code, notebookOf, text } from "./fixtures.js";

const page = (...cells: Parameters<typeof notebookOf>) =>
  renderPage(notebookOf(...cells), { language: "en", assetsUrl: "../assets" });

function shown(data: MimeBundle, metadata: Record<string, unknown> = {}): CodeCell {
  return { ...code("figure"), outputs: [{ output_type: "display_data", data, metadata }] };
}

describe("renderMarkdown()", () => {
  const html = (source: string) => renderMarkdown(source).html;

  test("sets a formula for the eye and for a screen reader", () => {
    const inline = html("A stop costs $k^2$ products.");
    expect(inline).toContain('<annotation encoding="application/x-tex">k^2</annotation>');
    expect(inline).toContain('<span class="katex-html" aria-hidden="true">');
    expect(inline).not.toContain("katex-display");
    expect(html("$$\n\\frac{a}{b}\n$$")).toContain("katex-display");
    expect(html("Inside $$x$$ a line.")).toContain("katex-display");
  });

  test("keeps Markdown's signs inside a formula", () => {
    expect(html("$a_1 * b_2 * c_3$")).toContain(">a_1 * b_2 * c_3</annotation>");
    expect(html("| a |\n|---|\n| $x_1$ |")).toContain(">x_1</annotation>");
  });

  test("leaves money, an escaped dollar and code alone", () => {
    for (const source of ["From $5 to $6.", "\\$x\\$", "`$x$`", "a $ b $ c"]) {
      expect(html(source)).not.toContain("katex");
    }
    expect(html("From $5 to $6.")).toBe("<p>From $5 to $6.</p>\n");
  });

  test("reports a formula that does not parse, and shows its source", () => {
    const problems: string[] = [];
    const broken = renderMarkdown("$\\frac{a}$", { onProblem: (problem) => problems.push(problem) });
    expect(broken.html).toContain('<code class="bad-formula">\\frac{a}</code>');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^formula "\\\\frac\{a\}": KaTeX parse error/);
  });

  test("gives headings anchors that are the same in both languages", () => {
    const { headings } = renderMarkdown("## Stride\n\n## Padding", { id: "stride" });
    expect(headings).toEqual([
      { level: 2, id: "stride", html: "Stride" },
      { level: 2, id: "stride-2", html: "Padding" },
    ]);
  });

  test("leads a link to a notebook to its page, and no other link elsewhere", () => {
    expect(html("[next](05-padding.ipynb#why)")).toContain('href="05-padding.html#why"');
    expect(html("[file](https://example.org/a.ipynb)")).toContain('href="https://example.org/a.ipynb"');
  });
});

describe("highlightTypeScript()", () => {
  test("colours what the parser sees, and keeps every character", () => {
    const source = 'const re = /"/g; // "no"\nconst t = `a ${f("b")} c`;\nlet x: Tensor = new Conv2d(3);';
    const html = highlightTypeScript(source);
    expect(html).toContain('<span class="hl-string">/&#34;/g</span>');
    expect(html).toContain('<span class="hl-comment">// &#34;no&#34;</span>');
    expect(html).toContain('<span class="hl-string">`a ${</span><span class="hl-call">f</span>(');
    expect(html).toContain('<span class="hl-type">Tensor</span>');
    expect(html).toContain('<span class="hl-type">Conv2d</span>(<span class="hl-number">3</span>)');
    expect(plainText(html)).toBe(source);
  });

  test("keeps every character of code that does not parse", () => {
    for (const source of ["const = ;\n/* open", "function f( {\n  return `a", "  \n\n  ", "<b>&\"'</b>"]) {
      expect(plainText(highlightTypeScript(source))).toBe(source);
    }
  });
});

describe("terminalHtml()", () => {
  test("overwrites a line that a carriage return starts again", () => {
    expect(terminalHtml("epoch 1 of 10\repoch 2\nnext\r\n")).toBe("epoch 2 of 10\nnext\n");
    expect(terminalHtml("ab\b\bcd")).toBe("cd");
  });

  test("turns ANSI colours into spans and drops other escapes", () => {
    expect(terminalHtml("\u001b[1;31mred\u001b[0m <b>\u001b[2K")).toBe(
      '<span class="ansi-bold ansi-red">red</span> &#60;b&#62;',
    );
  });
});

describe("renderPage()", () => {
  test("has one title, landmarks, a skip link and a table of contents", () => {
    const html = page(text("# Filters\n\nText."), text("## Stride $s$"), text("## Padding\n\n### Why"));
    expect(html).toContain('<html lang="en">');
    expect(html).toContain("<title>Filters · CNN workbook</title>");
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain('<a class="skip" href="#text">Skip to the text</a>');
    expect(html).toContain('<main id="text"');
    expect(html.match(/<li><a href="#cell-[23]">/g)).toHaveLength(2);
    expect(html).not.toContain('href="#cell-3-2"'); // a third level is not in the table
  });

  test("speaks Chinese and links the other language at the same place", () => {
    const html = renderPage(notebookOf(text("# 滤波器"), text("## 步长")), {
      language: "zh",
      assetsUrl: "../assets",
      siblingUrl: "../en/04-filters.html",
      indexUrl: "index.html",
    });
    expect(html).toContain('<html lang="zh-CN">');
    expect(html).toContain(
      '<a href="../en/04-filters.html" lang="en" hreflang="en" data-keep-hash>English</a>',
    );
    expect(html).toContain('<a href="index.html">卷积网络工作簿</a>');
    expect(html).toContain("本页目录");
  });

  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const figure = { data: [{ y: [1, 2] }], layout: { title: { text: "</script><b>" }, height: 300 } };

  test("holds a Plotly figure as data, with its picture until it is drawn", () => {
    const html = page(
      shown(
        { "application/vnd.plotly.v1+json": figure, "image/svg+xml": svg, "text/plain": "Figure" },
        { alt: 'A loss that "falls"', caption: "The loss $L$ falls." },
      ),
    );
    const data = /<script type="application\/json">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(data)).toEqual(figure);
    expect(html).toContain('role="img" aria-label="A loss that &#34;falls&#34;"');
    const base64 = Buffer.from(svg).toString("base64");
    expect(html).toContain(
      `<img src="data:image/svg+xml;base64,${base64}" alt="A loss that &#34;falls&#34;">`,
    );
    expect(html).toMatch(/<figcaption>The loss <span class="katex">/);
  });

  test("keeps room for a figure without a picture, and says it in words where there is no script", () => {
    const html = page(
      shown({ "application/vnd.plotly.v1+json": JSON.stringify(figure), "text/plain": "Figure: loss" }),
    );
    expect(html).toContain('style="min-height:300px"');
    expect(html).toContain("<noscript><pre>Figure: loss</pre></noscript>");
    expect(JSON.parse(/json">(.*?)<\/script>/s.exec(html)?.[1] ?? "")).toEqual(figure);
  });

  test("takes the richest form of a bundle that it can show", () => {
    const plain = { "text/plain": "plain" };
    expect(page(shown({ ...plain, "image/png": "iVBO\nRw0K" }, { alt: "a cat" }))).toContain(
      '<img src="data:image/png;base64,iVBORw0K" alt="a cat">',
    );
    expect(page(shown({ ...plain, "text/html": "<table id=t></table>" }))).toContain("<table id=t></table>");
    expect(page(shown({ ...plain, "text/markdown": "**bold**" }))).toContain("<strong>bold</strong>");
    expect(page(shown({ ...plain, "text/latex": "$$x^2$$" }))).toContain(">x^2</annotation>");
    expect(page(shown({ "text/plain": "a < b" }))).toContain('<pre class="stream">a &#60; b</pre>');
  });

  test("folds a solution, with what it shows, below the stub it started from", () => {
    const output = { output_type: "stream" as const, name: "stdout" as const, text: "one" };
    const solved = { ...code("return 1;", "exercise"), outputs: [output] };
    const cells = [solved, code("return 2;", "exercise")];
    const html = renderPage(notebookOf(...cells), {
      language: "zh",
      assetsUrl: "a",
      stubs: new Map([
        ["cell-1", "return todo();"],
        ["cell-2", "return 2;"],
      ]),
    });
    expect(html.match(/<details class="solution">/g)).toHaveLength(1);
    expect(plainText(html)).toMatch(/练习\s+return todo\(\);\s+参考答案\s+return 1;\s+one/);
    expect(html.indexOf("one")).toBeLessThan(html.indexOf("</details>"));
  });

  test("tells an error that is meant to come from one that is not", () => {
    const output = { output_type: "error" as const, ename: "E", evalue: "m", traceback: ["E: m"] };
    expect(page({ ...code("f()"), outputs: [output] })).toContain(
      '<div class="error"><p class="label">Error</p>',
    );
    expect(page({ ...code("f()", "raises-exception"), outputs: [output] })).toContain(
      '<div class="error meant"><p class="label">An error that is meant to come</p>',
    );
  });

  test("asks no other machine for anything", () => {
    const html = page(
      text("# Filters\n\n$x$ [paper](https://example.org)"),
      shown({ "application/vnd.plotly.v1+json": figure, "image/svg+xml": svg }),
    );
    const fetched = [...html.matchAll(/<(?:link|script|img|iframe|source)\b[^>]*?\b(?:href|src)="([^"]*)"/g)];
    expect(fetched.map(([, url]) => url.replace(/^data:.*/s, "data:"))).toEqual([
      "data:",
      "../assets/katex.min.css",
      "../assets/page.css",
      "../assets/page.js",
      "data:",
    ]);
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'self' file: data: blob: [^"]*"/);
  });
});

test("renderIndex() lists the lessons", () => {
  const html = renderIndex([{ href: "04-filters.html", title: "Filters & windows" }], {
    language: "en",
    assetsUrl: "../assets",
  });
  expect(html).toContain('<li><a href="04-filters.html">Filters &#38; windows</a></li>');
});

test("titleOf() is the first heading, without its marks", () => {
  expect(titleOf(notebookOf(code("# no"), text("## a\n\n# The `conv2d` op")))).toBe("The conv2d op");
  expect(titleOf(notebookOf(text("none")))).toBeUndefined();
});

function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)));
}
