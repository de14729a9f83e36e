/**
 * The lessons themselves, run without Python: nothing fails in either form, every exercise can be solved, and what the
 * lessons claim is what they show.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildNotebook, readLessons } from "../../kernel-lib/commands/notebook/build.mjs";
import type { CodeCell, Notebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { runNotebook } from "../../kernel-lib/commands/notebook/run.mjs";
import { root, temporaryFolder } from "./fixtures.js";

const LESSON_MS = 900_000;
/** What a support-vector machine reaches on the same split by form (data/digits/README.md), in percent. */
const SVM_BY_FORM = 96.86;
const GOAL_AT_RANDOM = 98.5;

const lessons = readLessons(root);
const folder = temporaryFolder();

async function runLesson(name: string, language: "en" | "zh", form: "student" | "solved"): Promise<Notebook> {
  const lesson = lessons.find((candidate) => candidate.name === name);
  if (!lesson) throw new Error(`no lesson ${name}`);
  const cwd = join(folder, form, language);
  mkdirSync(cwd, { recursive: true });
  const { notebook, failures, tolerated, busy } = await runNotebook(
    buildNotebook(lesson.source, language, form),
    { cwd },
  );
  expect({ failures, tolerated, busy }).toEqual({ failures: [], tolerated: [], busy: false });
  return notebook;
}

/** What a cell printed. */
function printed(notebook: Notebook, id: string): string {
  const cell = notebook.cells.find((candidate) => candidate.id === id) as CodeCell;
  return cell.outputs
    .map((output) => (output.output_type === "stream" ? [output.text].flat().join("") : ""))
    .join("");
}

function checks(notebook: Notebook): string[] {
  const ids = notebook.cells.map(({ id }) => id).filter((id) => id.startsWith("check-"));
  return ids.map((id) => printed(notebook, id).charAt(0));
}

/** How the quiz stands: the first sign of its last line. */
function quizSign(notebook: Notebook): string | undefined {
  const cell = notebook.cells.find(({ id }) => id === "quiz") as CodeCell;
  const shown = cell.outputs.flatMap((output) => ("data" in output ? [output.data["text/plain"]] : []));
  return shown.flat().join("").split("\n").at(-1)?.charAt(0);
}

describe.each(lessons.map(({ name }) => name))("lesson %s", (name) => {
  test(
    "runs to its end as a learner gets it, and says of each exercise that it is not attempted",
    async () => {
      const notebook = await runLesson(name, "zh", "student");
      const marks = checks(notebook);
      expect(marks.length).toBeGreaterThan(0);
      expect(new Set(marks)).toEqual(new Set(["○"]));
      expect(quizSign(notebook)).toBe("○");
    },
    LESSON_MS,
  );

  test(
    "runs to its end solved, and every check is content",
    async () => {
      const notebook = await runLesson(name, "en", "solved");
      expect(new Set(checks(notebook))).toEqual(new Set(["✓"]));
      expect(quizSign(notebook)).toBe("✓");
      if (name !== "08-whole-cnn") return;
      const [byForm, atRandom] = (printed(notebook, "leak-figure").match(/[\d.]+/g) ?? []).map(Number);
      expect(byForm).toBeGreaterThanOrEqual(SVM_BY_FORM);
      expect(atRandom).toBeGreaterThanOrEqual(GOAL_AT_RANDOM);
    },
    LESSON_MS,
  );
});
