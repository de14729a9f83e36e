// Bring the lessons to the learner's folder, and never take anything of theirs away.

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, hashOf, readIfThere, writeNew, writeWhole } from "./files.mjs";
import { LANGUAGES } from "./language.mjs";
import { ROOT, WORK } from "./paths.mjs";
import { Missing, inLanguage, say } from "./say.mjs";

/** @typedef {import("./language.mjs").Language} Language */

/**
 * What was laid under a name, so that a later start can tell an untouched copy from one with the learner's work in it.
 * @typedef {object} Laid
 * @property {string} content    the fingerprint of the lesson as it was laid
 * @property {{ name: string, content: string }} [beside] the newer lesson that was last laid beside this copy
 */

/** @typedef {Record<string, Laid>} Manifest the names are paths in the learner's folder: "en/04-filters.ipynb" */

/** @typedef {{ from: string, to: string }} Folders the lessons as shipped, and the learner's folder */

/**
 * Lay each lesson that is missing; replace a copy that nobody touched by an updated lesson; keep a touched one, and lay
 * the updated lesson beside it, once.
 *
 * @param {Partial<Folders>} [folders]
 * @returns {string[]} the names of the files written
 */
export function layLessons({ from = join(ROOT, "notebooks"), to = WORK } = {}) {
  for (const language of LANGUAGES) mkdirSync(join(to, language), { recursive: true });
  const manifest = readManifest(to);
  /** @type {string[]} */
  const written = [];
  for (const language of LANGUAGES) {
    for (const lesson of lessonsIn(from, language)) {
      const name = `${language}/${lesson}.ipynb`;
      try {
        written.push(...layOne(join(from, name), to, name, manifest));
      } catch (error) {
        // One file that cannot be read or written is no reason to withhold the others.
        const why = error instanceof Error ? error.message : String(error);
        say(`Left ${name} as it is: ${why}`, `${name} 保持原样：${why}`);
      }
    }
  }
  writeManifest(to, manifest);
  return written;
}

/**
 * Lay a fresh copy of a lesson beside the learner's.
 *
 * @param {string} lesson its number, "04", or its whole name
 * @param {Language} language
 * @param {Partial<Folders>} [folders]
 * @returns {string} the name of the file written
 * @throws {Missing} if there is no such lesson
 */
export function layFresh(lesson, language, { from = join(ROOT, "notebooks"), to = WORK } = {}) {
  const lessons = lessonsIn(from, language);
  const found = lessons.find((name) => name === lesson || name.startsWith(`${lesson}-`));
  if (!found) {
    const numbers = lessons.map((name) => name.split("-")[0]).join(", ");
    throw new Missing(
      `There is no lesson ${lesson}; the lessons are ${numbers}.`,
      `没有编号为 ${lesson} 的课；现有的课是 ${numbers}。`,
    );
  }
  const manifest = readManifest(to);
  const shipped = readFileSync(join(from, language, `${found}.ipynb`), "utf8");
  const name = layUnderFreeName(to, `${language}/${found}`, inLanguage("fresh", "重新开始"), shipped);
  manifest[name] = { content: fingerprint(shipped) };
  writeManifest(to, manifest);
  return name;
}

/**
 * @param {string} source
 * @param {string} to
 * @param {string} name
 * @param {Manifest} manifest changed to what was done
 * @returns {string[]} the names of the files written
 */
function layOne(source, to, name, manifest) {
  const shipped = readFileSync(source, "utf8");
  const content = fingerprint(shipped);
  const target = join(to, name);
  const theirs = readIfThere(target);
  if (theirs === undefined) {
    writeNew(target, shipped);
    manifest[name] = { content };
    return [name];
  }
  const now = fingerprint(theirs);
  if (now === content) {
    manifest[name] = { content };
    return [];
  }
  // Without a record there is no telling whether the copy was touched, so it counts as touched.
  const laid = manifest[name] ?? { content: "" };
  if (now === laid.content) {
    writeWhole(target, shipped);
    manifest[name] = { content };
    return [name];
  }
  if (laid.content === content || laid.beside?.content === content) return [];
  const beside = layBeside(to, name, laid, shipped);
  manifest[name] = { ...laid, beside: { name: beside, content } };
  say(
    `You have changed ${name}, so it stays; the updated lesson is beside it as ${beside}`,
    `您改过 ${name}，所以它保持不变；更新后的课放在旁边：${beside}`,
  );
  return [beside];
}

/**
 * @param {string} to
 * @param {string} name
 * @param {Laid} laid
 * @param {string} shipped
 * @returns {string} the name it was laid under
 */
function layBeside(to, name, laid, shipped) {
  const earlier = laid.beside;
  const there = earlier && readIfThere(join(to, earlier.name));
  if (earlier && there !== undefined && fingerprint(there) === earlier.content) {
    writeWhole(join(to, earlier.name), shipped); // nobody touched the last one either
    return earlier.name;
  }
  return layUnderFreeName(to, name.replace(/\.ipynb$/, ""), inLanguage("new", "新版"), shipped);
}

/**
 * Lay a lesson as "04-filters (new).ipynb", or "(new 2)" if that is taken.
 * @param {string} to
 * @param {string} name without ".ipynb"
 * @param {string} word
 * @param {string} shipped
 */
function layUnderFreeName(to, name, word, shipped) {
  for (let count = 1; ; count++) {
    const free = `${name} (${count === 1 ? word : `${word} ${count}`}).ipynb`;
    try {
      writeNew(join(to, free), shipped);
      return free;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}

/**
 * @param {string} from
 * @param {Language} language
 * @returns {string[]} "04-filters", …
 */
function lessonsIn(from, language) {
  const folder = join(from, language);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => name.slice(0, -".ipynb".length))
    .sort();
}

/** What opening and saving in JupyterLab changes, though the learner changed nothing. */
const JUPYTER_WRITES = {
  notebook: ["kernelspec", "language_info", "orig_nbformat"],
  cell: ["trusted", "execution", "collapsed", "scrolled", "jupyter", "ExecuteTime", "editable"],
};

/**
 * A hash of what a person can change in a notebook: two copies with the same one hold the same work. A text that is no
 * notebook has one of its own.
 *
 * @param {string} text
 * @returns {string}
 */
export function fingerprint(text) {
  /** @type {any} */
  let notebook;
  try {
    notebook = JSON.parse(text);
  } catch {
    return hashOf("no notebook", text);
  }
  if (!Array.isArray(notebook?.cells)) return hashOf("no notebook", text);
  const cells = notebook.cells.map((/** @type {any} */ cell) => ({
    type: cell.cell_type,
    source: joined(cell.source),
    outputs: cell.outputs ?? [], // none in a lesson as shipped
    attachments: cell.attachments ?? {},
    metadata: without(cell.metadata, JUPYTER_WRITES.cell),
  }));
  return hashOf(sortedJson({ cells, metadata: without(notebook.metadata, JUPYTER_WRITES.notebook) }));
}

/**
 * The format lets a text be one string or a list of lines.
 * @param {unknown} source
 */
function joined(source) {
  return Array.isArray(source) ? source.join("") : source;
}

/**
 * @param {object | undefined} metadata
 * @param {string[]} names
 */
function without(metadata, names) {
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([name]) => !names.includes(name)));
}

/**
 * JSON in which the order of an object's names does not matter.
 * @param {unknown} value
 */
function sortedJson(value) {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

const MANIFEST = ".lessons.json";

/**
 * @param {string} to
 * @returns {Manifest}
 */
function readManifest(to) {
  try {
    const text = readIfThere(join(to, MANIFEST));
    if (text === undefined) return {};
    const laid = JSON.parse(text).laid;
    const entries = Object.entries(laid).filter(([, entry]) => typeof entry?.content === "string");
    return Object.fromEntries(entries);
  } catch {
    say(
      `The record of what was laid (${MANIFEST}) cannot be read, so a lesson that differs from today's counts as changed by you.`,
      `记录文件（${MANIFEST}）无法读取，因此凡与现在的课不同的，都当作您改过的。`,
    );
    return {};
  }
}

/**
 * @param {string} to
 * @param {Manifest} laid
 */
function writeManifest(to, laid) {
  writeWhole(join(to, MANIFEST), `${JSON.stringify({ laid }, null, 2)}\n`);
}
