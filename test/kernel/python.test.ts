/** Programs of the Jupyter world that drive our kernel: each as it is installed, each with its own idea of the protocol. */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { CodeCell, Notebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { pythonEnv } from "../../kernel-lib/commands/steps/environment.mjs";
import { kernelspec } from "../../kernel-lib/commands/steps/kernelspec.mjs";
import { ROOT, inVenv } from "../../kernel-lib/commands/steps/paths.mjs";
import { temporaryFolder } from "../notebooks/fixtures.js";
import { needs } from "../support/needs.js";

needs("testVenv")("the kernel under other programs", () => {
  const folder = temporaryFolder();
  kernelspec(folder);
  const env = {
    ...pythonEnv(),
    JUPYTER_PATH: join(folder, "share", "jupyter"),
    JUPYTER_PLATFORM_DIRS: "1",
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    CNN_WORKBOOK_WORK: folder,
    PATH: `${dirname(inVenv("python"))}${delimiter}${process.env.PATH}`, // nbgrader calls a program by its name
  };

  /** Run a Python program to its end; what it printed. */
  function python(...args: string[]): Promise<{ status: number | null; out: string }> {
    return new Promise((resolve) => {
      const child = spawn(inVenv("python"), args, { cwd: folder, env });
      let out = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (out += bytes));
      child.on("close", (status) => resolve({ status, out: stripVTControlCharacters(out) }));
    });
  }

  function notebook(name: string, ...sources: string[]): string {
    const cells = sources.map((source, i) => ({ cell_type: "code", id: `c${i}`, metadata: {}, source, outputs: [], execution_count: null })); // prettier-ignore
    const kernel = { name: "tslab", display_name: "TypeScript", language: "typescript" };
    const file = join(folder, name);
    writeFileSync(
      file,
      JSON.stringify({ cells, metadata: { kernelspec: kernel }, nbformat: 4, nbformat_minor: 5 }),
    );
    return file;
  }
  const codeOf = (file: string) =>
    (JSON.parse(readFileSync(file, "utf8")) as Notebook).cells.filter(
      (cell) => cell.cell_type === "code",
    ) as CodeCell[];

  test("jupyter_kernel_test passes 13 of 13", async () => {
    const { out } = await python(join(ROOT, "test", "kernel", "jupyterKernelTest.py"));
    expect(out).toMatch(/passed 13 of 13\s*$/);
  }, 120_000);

  test("nbclient keeps every line of a loop, and every cell's number", async () => {
    const file = notebook(
      "lines.ipynb",
      "for (let i = 0; i < 20_000; i++) console.log(`line ${i}`);",
      "'after'",
    );
    const { status, out } = await python(
      "-m",
      "jupyter",
      "execute",
      file,
      "--output",
      join(folder, "lines-run.ipynb"),
    );
    expect(status, out).toBe(0);
    const [lines, after] = codeOf(join(folder, "lines-run.ipynb"));
    const text = lines.outputs.map((output) => (output.output_type === "stream" ? [output.text].flat().join("") : "")).join(""); // prettier-ignore
    expect(text).toBe(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(""));
    expect([lines.execution_count, after.execution_count]).toEqual([1, 2]);
    expect(after.outputs).toMatchObject([{ output_type: "execute_result" }]);
  }, 120_000);

  test("nbconvert runs a notebook into a page, and stops at an error with its name", async () => {
    const file = notebook("page.ipynb", "jupyter.display({ 'text/html': '<b>shown</b>' })");
    const made = await python("-m", "nbconvert", "--execute", "--to", "html", file);
    expect(made.status, made.out).toBe(0);
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("<b>shown</b>");
    const failing = notebook("failing.ipynb", "throw new RangeError('too far')");
    const stopped = await python("-m", "nbconvert", "--execute", "--to", "notebook", failing);
    expect(stopped.status).not.toBe(0);
    expect(stopped.out).toContain("RangeError: too far");
  }, 120_000);

  test("papermill runs a notebook, and keeps the error of one that fails", async () => {
    const good = await python(
      "-m",
      "papermill",
      notebook("good.ipynb", "6 * 7"),
      join(folder, "good-run.ipynb"),
    );
    expect(good.status, good.out).toBe(0);
    expect(JSON.stringify(codeOf(join(folder, "good-run.ipynb"))[0].outputs)).toContain("42");
    const file = notebook("bad.ipynb", "const n: number = 'text'", "'never'");
    const bad = await python("-m", "papermill", file, join(folder, "bad-run.ipynb"));
    expect(bad.status).not.toBe(0);
    expect(bad.out).toContain("TypeScriptError");
    expect(codeOf(join(folder, "bad-run.ipynb")).at(-1)!.execution_count).toBeNull();
  }, 120_000);

  test("nbgrader grades and validates what is good, wrong, empty, of the wrong type and endless", async () => {
    const course = join(folder, "course");
    mkdirSync(course);
    const { out } = await python(join(ROOT, "test", "kernel", "nbgraderCourse.py"), course);
    const results = out.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)); // prettier-ignore
    expect(
      results.map(({ student, graded, score }) => [student, graded, score]),
      out,
    ).toEqual([
      ["good", true, 5],
      ["wrong", true, 3],
      ["stub", true, 0],
      ["types", true, 2],
      ["endless", true, 2],
    ]);
    const said = Object.fromEntries(results.map(({ student, validate }) => [student, validate]));
    expect(said.good).toContain("Success! Your notebook passes all the tests.");
    expect(said.wrong).toContain("Success!"); // what is wrong in it, only the hidden test finds
    expect(said.stub).toContain("not implemented");
    expect(said.types).toContain("Cannot find name 'square'"); // its own cell was refused for its types
    expect(said.endless).toMatch(/Interrupted|Timeout/);
  }, 300_000);

  test("nbclient runs lesson 04 as a learner gets it", async () => {
    const output = join(folder, "lesson.ipynb");
    const lesson = join(ROOT, "notebooks", "en", "04-filters.ipynb");
    const { status, out } = await python(
      "-m",
      "jupyter",
      "execute",
      "--timeout=300",
      lesson,
      "--output",
      output,
    );
    expect(status, out).toBe(0);
    const cells = codeOf(output);
    expect(cells.filter((cell) => cell.execution_count === null)).toEqual([]);
  }, 300_000);
});
