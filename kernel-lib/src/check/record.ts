import { say } from "../display/language.js";
import { node } from "../system/node.js";

/** How far a learner has come with an exercise or a quiz. */
export type Outcome = "tried" | "passed";

/** What stands in a record. */
export interface Entries {
  /** By the number of an exercise, "4.1", or the lesson of a quiz, "quiz-4". */
  outcomes: ReadonlyMap<string, Outcome>;
  /** How many lines are no entries. */
  strange: number;
}

/** The record: a line an outcome, "4.1 passed". Lines are only ever added. */
const FILE = "progress.txt";
const ENTRY = /^(\S+) (tried|passed)$/;
/** What `npm start` leaves in the learner's folder. */
const MARK = ".lessons.json";

/**
 * Where the record is: in the learner's folder, that is, in the nearest one upwards that `npm start` has laid lessons
 * into. `KERNEL_LIB_PROGRESS` names another file, or `none`.
 *
 * @returns `null` outside of such a folder, and in a browser
 */
export function recordFile(): string | null {
  const node = nodeModules();
  if (!node) return null;
  const named = process.env.KERNEL_LIB_PROGRESS;
  if (named) return named === "none" ? null : named;
  for (let folder = process.cwd(); ; folder = node.path.dirname(folder)) {
    if (node.fs.existsSync(node.path.join(folder, MARK))) return node.path.join(folder, FILE);
    if (folder === node.path.dirname(folder)) return null;
  }
}

/**
 * Read a record; one that is not there yet is empty.
 *
 * @throws what the file system throws if it is there and cannot be read
 */
export function readRecord(file: string): Entries {
  return entriesOf(textOf(file));
}

/**
 * Note what became of an exercise or a quiz; a pass stays a pass. Where nothing can be kept nothing happens; where
 * keeping it fails, that is printed, since an exercise counts without its record.
 */
export function note(id: string, outcome: Outcome): void {
  const file = recordFile();
  if (file === null) return;
  try {
    const text = textOf(file);
    const known = entriesOf(text).outcomes.get(id);
    if (known === "passed" || known === outcome) return;
    // One short line at the end: two notebooks at once cannot undo each other's, as they could by writing it all anew.
    const cut = text !== "" && !text.endsWith("\n") ? "\n" : "";
    nodeModules()?.fs.appendFileSync(file, `${cut}${id} ${outcome}\n`);
  } catch (error) {
    console.log(
      say({
        en: `(not noted in ${file}: ${reasonOf(error)})`,
        zh: `（没能记入 ${file}：${reasonOf(error)}）`,
      }),
    );
  }
}

/** Why the file system refused, in its own words: "EACCES". */
export function reasonOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}

function entriesOf(text: string): Entries {
  const outcomes = new Map<string, Outcome>();
  let strange = 0;
  for (const line of text.split(/\r?\n/).filter((each) => each.trim() !== "")) {
    const [, id, outcome] = ENTRY.exec(line.trim()) ?? [];
    if (id === undefined) strange++;
    else if (outcomes.get(id) !== "passed") outcomes.set(id, outcome as Outcome);
  }
  return { outcomes, strange };
}

function textOf(file: string): string {
  try {
    return nodeModules()?.fs.readFileSync(file, "utf8") ?? "";
  } catch (error) {
    if (reasonOf(error) === "ENOENT") return "";
    throw error;
  }
}

function nodeModules() {
  const [fs, path] = [node("node:fs"), node("node:path")];
  return fs && path ? { fs, path } : null;
}
