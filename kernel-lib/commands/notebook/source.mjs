/**
 * What a notebook source says. `notebooks/src/NN-name.ts` is one lesson in both languages, in jupytext's percent
 * form, so that one `tsc` run checks every cell of the course:
 *
 * ```ts
 * // Comments before the first cell are for the authors; no notebook shows them.
 *
 * // %% [markdown] id="window" lang="en"
 * // # The window
 * //
 * // A text cell is commented Markdown.
 *
 * // %% [markdown] id="window" lang="zh"
 * // # 窗口
 *
 * // %% id="imports"
 * import { tensor, todo } from "kernel-lib";
 *
 * // %% id="area" tags=["exercise"]
 * function area(width: number, height: number): number {
 *   // BEGIN SOLUTION
 *   return width * height;
 *   // END SOLUTION
 * }
 * ```
 *
 * - A cell starts at a line `// %%` and has an `id` (a–z, 0–9, -), unique in the file; a notebook keeps it.
 * - A text cell comes as a pair: `lang="en"`, directly followed by the same id with `lang="zh"`. Each line is
 *   `// text`, an empty line `//`. The first pair holds the lesson's title, `# …`.
 * - Tags: `exercise` (a stub to fill), `check` (calls `check`), `training` (takes a while), `raises-exception` (an
 *   error may or must come, and the run goes on).
 * - `solution.mjs` says what becomes of a solution, `rules.mjs` what the code of a cell may not do.
 */

export const languages = /** @type {const} */ (["en", "zh"]);
export const knownTags = ["exercise", "check", "training", "raises-exception"];

/** @typedef {(typeof languages)[number]} Language */

/**
 * @typedef {{ kind: "text", id: string, tags: string[], line: number, text: Record<Language, string> }} SourceText
 * @typedef {{ kind: "code", id: string, tags: string[], line: number, codeLine: number, code: string }} SourceCode
 *   `line` is that of the header, `codeLine` that of the first line of code
 * @typedef {SourceText | SourceCode} SourceCell
 * @typedef {{ file: string, cells: SourceCell[] }} Source
 */

/** Everything that is wrong with a source: one line a problem, each with file, line and way out. */
export class SourceError extends SyntaxError {
  /** @param {string[]} problems */
  constructor(problems) {
    super(problems.join("\n"));
    this.name = "SourceError";
    this.problems = problems;
  }
}

/**
 * Read a source.
 * @param {string} text
 * @param {string} file what to call it in a problem
 * @returns {Source}
 * @throws {SourceError}
 */
export function parseSource(text, file) {
  /** @type {string[]} */
  const problems = [];
  const report = (/** @type {number} */ line, /** @type {string} */ problem) =>
    problems.push(`${file}:${line}: ${problem}`);
  const blocks = splitAtHeaders(text, report);

  /** @type {SourceCell[]} */
  const cells = [];
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i];
    const header = parseHeader(block.header, block.line, report);
    if (!header) continue;
    const { id, tags, markdown, lang } = header;
    const { line } = block;
    if (seen.has(id)) {
      report(line, `cell "${id}": expected an id of its own, got the id of line ${seen.get(id)}; rename one`);
    }
    seen.set(id, line);

    if (!markdown) {
      if (lang)
        report(line, `cell "${id}": expected lang on a text cell only, got lang="${lang}" on code; drop it`);
      const { code, first } = trimBlankLines(block.lines);
      if (code === "") report(line, `cell "${id}": expected code, got an empty cell; fill it or remove it`);
      cells.push({ kind: "code", id, tags, line, codeLine: line + 1 + first, code });
      continue;
    }
    if (lang !== "en") {
      const got = lang ? `lang="${lang}"` : "no lang";
      report(
        line,
        `cell "${id}": expected lang="en" here and lang="zh" right after it, got ${got}; ` +
          `write the text as a pair, English first`,
      );
      continue;
    }
    const twin = blocks[i + 1] && parseHeader(blocks[i + 1].header, blocks[i + 1].line, () => {});
    if (!twin?.markdown || twin.id !== id || twin.lang !== "zh") {
      report(
        line,
        `cell "${id}": expected its twin // %% [markdown] id="${id}" lang="zh" to follow, ` +
          `got ${blocks[i + 1]?.header.trim() ?? "the end of the file"}; write the Chinese text next`,
      );
      continue;
    }
    if (twin.tags.join() !== tags.join()) {
      report(
        blocks[i + 1].line,
        `cell "${id}": expected the same tags in both languages, got ${JSON.stringify(tags)} and ` +
          `${JSON.stringify(twin.tags)}; make them equal`,
      );
    }
    i++;
    const en = uncomment(block, id, report);
    const zh = uncomment(blocks[i], id, report);
    cells.push({ kind: "text", id, tags, line, text: { en, zh } });
  }

  const opening = cells[0];
  if (
    problems.length === 0 &&
    !(opening?.kind === "text" && languages.every((l) => /^# \S/.test(opening.text[l])))
  ) {
    report(
      opening?.line ?? 1,
      `expected the first cell to open with the title, "# …" in both languages; add it`,
    );
  }
  if (problems.length > 0) throw new SourceError(problems);
  return { file, cells };
}

/** @typedef {(line: number, problem: string) => void} Report */
/** @typedef {{ header: string, line: number, lines: string[] }} Block `line` counts from 1 */

/** @param {string} text @param {Report} report @returns {Block[]} */
function splitAtHeaders(text, report) {
  /** @type {Block[]} */
  const blocks = [];
  text.split(/\r?\n/).forEach((content, index) => {
    if (/^\/\/ ?%%/.test(content)) blocks.push({ header: content, line: index + 1, lines: [] });
    else if (blocks.length > 0) blocks[blocks.length - 1].lines.push(content);
    else if (content.trim() !== "" && !content.startsWith("//")) {
      report(
        index + 1,
        `expected comments before the first cell, got ${quote(content)}; start a cell with // %%`,
      );
    }
  });
  return blocks;
}

/**
 * @param {string} header @param {number} line @param {Report} report
 * @returns {{ id: string, tags: string[], markdown: boolean, lang?: string } | undefined}
 */
function parseHeader(header, line, report) {
  const rest = header.replace(/^\/\/ ?%%/, "");
  const part = /\s*(?:(\[markdown\])|(id|lang|tags)=("[^"]*"|\[[^\]]*\]))/y;
  let markdown = false;
  /** @type {Record<string, any>} */
  const values = {};
  while (part.lastIndex < rest.trimEnd().length) {
    const start = part.lastIndex;
    const match = part.exec(rest);
    const value = match?.[3] && parseJson(match[3]);
    if (!match || (match[3] && value === undefined)) {
      report(
        line,
        `expected a header such as // %% [markdown] id="window" lang="en" or // %% id="sum" tags=["check"], ` +
          `got ${quote(rest.slice(start).trim())}`,
      );
      return undefined;
    }
    if (match[1]) markdown = true;
    else values[match[2]] = value;
  }
  const { id, lang, tags = [] } = values;
  if (typeof id !== "string" || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) {
    report(
      line,
      `expected a cell with an id of a–z, 0–9 and -, got ${id === undefined ? "none" : JSON.stringify(id)}; ` +
        `write id="some-name" after // %%`,
    );
    return undefined;
  }
  for (const tag of tags) {
    if (!knownTags.includes(tag)) {
      report(line, `cell "${id}": expected a tag of ${knownTags.join(", ")}, got ${JSON.stringify(tag)}`);
    }
  }
  return { id, lang, tags, markdown };
}

/** @param {Block} block @param {string} id @param {Report} report @returns {string} */
function uncomment(block, id, report) {
  const text = withoutBlankEnd(block.lines).map((content, index) => {
    if (content === "//") return "";
    if (content.startsWith("// ")) return content.slice(3);
    report(
      block.line + 1 + index,
      `cell "${id}": expected commented text, got ${content.trim() === "" ? "an empty line" : quote(content)}; ` +
        `start the line with // (an empty one too)`,
    );
    return "";
  });
  const joined = text.join("\n").trim();
  if (joined === "")
    report(block.line, `cell "${id}": expected text, got an empty cell; fill it or remove it`);
  return joined;
}

/** @param {string[]} lines */
function trimBlankLines(lines) {
  const kept = withoutBlankEnd(lines);
  const first = kept.findIndex((content) => content.trim() !== "");
  return first < 0 ? { code: "", first: 0 } : { code: kept.slice(first).join("\n"), first };
}

/** @param {string[]} lines */
function withoutBlankEnd(lines) {
  let end = lines.length;
  while (end > 0 && lines[end - 1].trim() === "") end--;
  return lines.slice(0, end);
}

/** @param {string} text @returns {unknown} */
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function quote(text) {
  return text.length > 60 ? `"${text.slice(0, 57)}…"` : `"${text}"`;
}
