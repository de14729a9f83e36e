import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatNotebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { code, notebookOf, root, temporaryFolder } from "./fixtures.js";

const inside = temporaryFolder();
const outside = mkdtempSync(join(tmpdir(), "notebook-"));
afterAll(() => rmSync(outside, { recursive: true, force: true }));

function notebook(folder: string, source: string): string {
  const path = join(folder, "one.ipynb");
  writeFileSync(path, formatNotebook(notebookOf(code(source))));
  return path;
}

function run(args: string[], added: Record<string, string> = {}): { status: number | null; said: string } {
  const command = join(root, "kernel-lib", "commands", "notebook.mjs");
  const env = { ...process.env, LC_ALL: "C", ...added };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    env,
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

test("fails where something is still running at the end, since it could fail later", () => {
  const { status, said } = run([notebook(inside, "setTimeout(() => { throw new Error('late'); }, 60_000);")]);
  expect(said).toContain(
    "something was still running 5 s after the last cell and was ended before it could fail",
  );
  expect(status).toBe(1);
});

test("notes what a learner's notebook passes, and nothing of our solutions", () => {
  const record = join(inside, "progress.txt");
  writeFileSync(join(inside, ".lessons.json"), "{}");
  const lesson = join(inside, "04-filters.ipynb");
  writeFileSync(lesson, "the solved lesson is built from its source");
  const note = { KERNEL_LIB_PROGRESS: "" }; // as without a variable
  expect(run([lesson, "--solved"], note).said).toMatch(/^ok /m);
  expect(existsSync(record)).toBe(false);
  const source = 'import { quiz } from "kernel-lib";\nquiz("4", ["a"]);';
  expect(run([notebook(inside, source)], note).status).toBe(0);
  expect(readFileSync(record, "utf8")).toBe("quiz-4 tried\n");
});

test("says where a notebook has to lie to find the library", () => {
  const { status, said } = run([notebook(outside, 'import { tensor } from "kernel-lib";')]);
  expect(said).toContain(`kernel-lib is not found from ${outside}; move the notebook into this project`);
  expect(status).toBe(1);
});

test("says that a file is no notebook, in a sentence", () => {
  const { status, said } = run([join(root, "README.md")]);
  expect(said).toMatch(/expected .*README\.md to be a notebook: .*; type: npm run notebook -- /);
  expect(said).not.toContain("    at ");
  expect(status).toBe(1);
});

test("--help says how it is used", () => {
  const { status, said } = run(["--help"]);
  expect(said).toContain("npm run notebook -- <file.ipynb>");
  expect(status).toBe(0);
});
