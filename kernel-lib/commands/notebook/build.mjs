/**
 * From sources to notebooks: which files there are, and what stands in each.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { formatNotebook, typescriptMetadata } from "./nbformat.mjs";
import { checkRules } from "./rules.mjs";
import { solvedForm, studentForm } from "./solution.mjs";
import { languages, parseSource, SourceError } from "./source.mjs";

/** @typedef {import("./source.mjs").Language} Language */
/** @typedef {import("./source.mjs").Source} Source */
/** @typedef {"student" | "solved"} Form */
/** @typedef {{ name: string, source: Source }} Lesson `name` is that of its files: "04-filters" */

/**
 * Read and check every source of notebooks/src, in the order of the course.
 * @param {string} root the repository
 * @returns {Lesson[]}
 * @throws {SourceError} with the problems of all of them
 */
export function readLessons(root) {
  const folder = join(root, "notebooks", "src");
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  /** @type {string[]} */
  const problems = [];
  /** @type {Lesson[]} */
  const lessons = [];
  for (const file of files) {
    const path = join(folder, file);
    const shown = relative(root, path).replaceAll("\\", "/");
    if (!/^\d\d-[a-z0-9-]+\.ts$/.test(file)) {
      problems.push(`${shown}: expected a name like 04-filters.ts, got ${file}; rename it or move it away`);
      continue;
    }
    try {
      lessons.push({ name: file.slice(0, -3), source: readSource(readFileSync(path, "utf8"), shown) });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new SourceError(problems);
  return lessons;
}

/**
 * Read one source and check the rules of its code.
 * @param {string} text
 * @param {string} file what to call it in a problem
 * @returns {Source}
 * @throws {SourceError}
 */
export function readSource(text, file) {
  const source = parseSource(text, file);
  checkRules(source);
  return source;
}

/**
 * A line break inside a Chinese paragraph is shown as a space, which Chinese does not have: join such lines.
 * Code fences and lines that begin a list, a quotation, a table or a heading stay as they are.
 * @param {string} text
 * @returns {string}
 */
export function joinChinese(text) {
  const chinese = "[\\u2e80-\\u9fff\\uf900-\\uffef“”‘’…—]";
  const broken = new RegExp(
    `(?<=${chinese}\\**|${chinese}[\`)])\\n(?:> )?(?=(?:\\*{1,2}|\`)?${chinese}|\`|\\*\\*)`,
    "gu",
  );
  return text
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(broken, "")))
    .join("");
}

/**
 * One lesson in one language, without outputs.
 * @param {Source} source
 * @param {Language} language
 * @param {Form} [form]
 * @returns {import("./nbformat.mjs").Notebook}
 */
export function buildNotebook(source, language, form = "student") {
  const formOf = form === "student" ? studentForm : solvedForm;
  return {
    cells: source.cells.map((cell) => {
      const metadata = cell.tags.length > 0 ? { tags: cell.tags } : {};
      return cell.kind === "text"
        ? {
            cell_type: "markdown",
            id: cell.id,
            metadata,
            source: language === "zh" ? joinChinese(cell.text.zh) : cell.text.en,
          }
        : {
            cell_type: "code",
            execution_count: null,
            id: cell.id,
            metadata,
            outputs: [],
            source: formOf(cell.code),
          };
    }),
    metadata: typescriptMetadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/**
 * The files that belong into a folder of notebooks, by path relative to it ("en/04-filters.ipynb").
 * @param {Lesson[]} lessons
 * @param {Form} [form]
 * @returns {Map<string, string>}
 */
export function notebookFiles(lessons, form = "student") {
  return new Map(
    lessons.flatMap(({ name, source }) =>
      languages.map((language) => [
        `${language}/${name}.ipynb`,
        formatNotebook(buildNotebook(source, language, form)),
      ]),
    ),
  );
}

/**
 * Where a folder of notebooks differs from what belongs into it.
 * @param {string} folder
 * @param {Map<string, string>} files
 * @returns {{ path: string, problem: "missing" | "out of date" | "without a source" }[]}
 */
export function compareNotebooks(folder, files) {
  /** @type {ReturnType<typeof compareNotebooks>} */
  const differences = [];
  for (const [path, text] of files) {
    const full = join(folder, path);
    if (!existsSync(full)) differences.push({ path, problem: "missing" });
    else if (readFileSync(full, "utf8") !== text) differences.push({ path, problem: "out of date" });
  }
  for (const language of languages) {
    const own = join(folder, language);
    for (const file of existsSync(own) ? readdirSync(own).sort() : []) {
      const path = `${language}/${file}`;
      if (file.endsWith(".ipynb") && !files.has(path))
        differences.push({ path, problem: "without a source" });
    }
  }
  return differences;
}

/**
 * Make a folder of notebooks hold what belongs into it, and say what changed.
 * @param {string} folder
 * @param {Map<string, string>} files
 * @returns {ReturnType<typeof compareNotebooks>} what was different before
 */
export function writeNotebooks(folder, files) {
  const differences = compareNotebooks(folder, files);
  for (const language of languages) mkdirSync(join(folder, language), { recursive: true });
  for (const { path } of differences) {
    const text = files.get(path);
    if (text === undefined) rmSync(join(folder, path));
    else writeFileSync(join(folder, path), text);
  }
  return differences;
}
