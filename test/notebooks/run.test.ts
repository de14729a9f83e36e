import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeNotebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import type { CodeCell, Output } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { runNotebook } from "../../kernel-lib/commands/notebook/run.mjs";
import { library } from "../../kernel-lib/commands/steps/library.mjs";
import { code, notebookOf, root, temporaryFolder, text } from "./fixtures.js";

const folder = temporaryFolder();
const run = (cells: CodeCell[], options: Partial<Parameters<typeof runNotebook>[1]> = {}) =>
  runNotebook(notebookOf(...cells), { cwd: folder, timeoutMs: 60_000, ...options });
const outputsOf = (cell: unknown): Output[] => (cell as CodeCell).outputs;
const summary = (result: Awaited<ReturnType<typeof run>>) =>
  result.failures.map(({ cellId, index, name, message }) => `${cellId} ${index} ${name}: ${message}`);

describe("runNotebook()", () => {
  test("runs the cells in one session and gathers their outputs as Jupyter does", async () => {
    const given = notebookOf(
      text("# Title"),
      code("const a = 20;\nfunction twice(x: number) { return 2 * x; }"),
      code('console.log("one");\nconsole.log("two");\nconsole.error("three");\ntwice(a) + 2'),
      code("  "),
      code("const late = await Promise.resolve(a);\n({ late })"),
    );
    const { notebook, failures, busy } = await runNotebook(given, { cwd: folder });
    expect(failures).toEqual([]);
    expect(busy).toBe(false);
    expect(outputsOf(notebook.cells[2])).toEqual([
      { output_type: "stream", name: "stdout", text: "one\ntwo\n" },
      { output_type: "stream", name: "stderr", text: "three\n" },
      { output_type: "stream", name: "stdout", text: "42\n" },
    ]);
    expect(outputsOf(notebook.cells[4])).toEqual([
      { output_type: "stream", name: "stdout", text: "{ late: 20 }\n" },
    ]);
    expect(notebook.cells.map((cell) => cell.cell_type === "code" && cell.execution_count)).toEqual([
      false,
      1,
      2,
      null,
      3,
    ]);
    expect(outputsOf(given.cells[2])).toEqual([]); // what was given is left as it is
  });

  test("gives the process of the cells the flags of Node that it is told, and none otherwise", async () => {
    for (const flags of [undefined, ["--expose-gc"]]) {
      const { notebook } = await run([code("console.log(process.execArgv.join(), typeof gc)")], { flags });
      expect(outputsOf(notebook.cells[0])).toMatchObject([
        { text: flags ? "--expose-gc function\n" : " undefined\n" },
      ]);
    }
  });

  test("keeps every line of a cell that prints 20,000", async () => {
    const { notebook, failures } = await run([code("{ for (let i = 0; i < 20000; i++) console.log(i); }")]);
    expect(failures).toEqual([]);
    const [output] = outputsOf(notebook.cells[0]);
    expect(output).toHaveProperty("text", Array.from({ length: 20000 }, (_, i) => `${i}\n`).join(""));
  });

  test("keeps a bundle whole and updates it in place from a later cell", async () => {
    const send = (value: number, update: boolean) =>
      code(
        `{ require("tslab/dist/jupyter").lastWriteDisplayData({ data: { "application/vnd.plotly.v1+json": ` +
          `{ data: [${value}] }, "text/plain": "${value}" }, metadata: { alt: "a${value}" }, ` +
          `transient: { display_id: "p" } }, ${update}); }`,
      );
    const { notebook } = await run([send(1, false), code('console.log("between")'), send(2, true)]);
    expect(outputsOf(notebook.cells[0])).toEqual([
      {
        output_type: "display_data",
        data: { "application/vnd.plotly.v1+json": { data: [2] }, "text/plain": "2" },
        metadata: { alt: "a2" },
      },
    ]);
    expect(outputsOf(notebook.cells[2])).toEqual([]);
  });

  test("shows a last value that knows Jupyter.display, now or later", async () => {
    const shows = (result: string) => code(`({ [Symbol.for("Jupyter.display")]: () => (${result}) })`);
    const { notebook } = await run([
      shows('{ "text/plain": "now" }'),
      shows('Promise.resolve({ "text/plain": "later" })'),
    ]);
    expect(notebook.cells.map((cell) => outputsOf(cell))).toEqual([
      [{ output_type: "display_data", data: { "text/plain": "now" }, metadata: {} }],
      [{ output_type: "display_data", data: { "text/plain": "later" }, metadata: {} }],
    ]);
  });

  test("goes on after an error that may come, with a traceback of the notebook's own frames", async () => {
    const { notebook, failures, tolerated } = await run([
      code('function area(w: number) { throw new RangeError("too wide"); }'),
      code("area(3)", "raises-exception"),
      code('console.log("on")'),
    ]);
    expect(failures).toEqual([]);
    expect(tolerated).toMatchObject([
      { cellId: "cell-2", index: 1, name: "RangeError", message: "too wide" },
    ]);
    expect(outputsOf(notebook.cells[1])).toEqual([
      {
        output_type: "error",
        ename: "RangeError",
        evalue: "too wide",
        traceback: ["RangeError: too wide", "    at Proxy.area (notebook)"],
      },
    ]);
    expect(outputsOf(notebook.cells[2])).toHaveLength(1);
  });

  test("says of a layer that does not fit the sentence alone", async () => {
    await library();
    const net = "new nn.Sequential(nn.input(1, 28, 28), new nn.Flatten(), new nn.Linear(2048, 10));";
    const cells = [code('import { nn } from "kernel-lib";'), code(`const net =\n  ${net}`)];
    expect(summary(await run(cells, { cwd: root }))).toEqual([
      "cell-2 1 TypeScriptError: 2:60 - Linear expects 2048 features, got 784 (layer 2 of 2)",
    ]);
  });

  test.each<[string, string, string]>([
    ["a throw", 'throw new TypeError("x")', "cell-2 1 TypeError: x"],
    ["a thrown value that is no error", "throw 3", "cell-2 1 Error: 3"],
    [
      "a type error",
      'const n: number = "s";',
      "cell-2 1 TypeScriptError: 1:7 - Type 'string' is not assignable to type 'number'.",
    ],
    ["a rejection nobody handles", 'void Promise.reject(new Error("lost"))', "cell-2 1 Error: lost"],
    [
      "process.exit(0)",
      "process.exit(0)",
      "cell-2 1 ProcessEnded: the cell ended its process (exit status 0)",
    ],
    [
      "a signal",
      'process.kill(process.pid, "SIGKILL")',
      "cell-2 1 ProcessEnded: the cell ended its process (signal SIGKILL)",
    ],
  ])("stops at %s", async (_, source, failure) => {
    const result = await run([code('console.log("before")'), code(source), code('console.log("never")')]);
    expect(summary(result)).toEqual([failure]);
    expect(outputsOf(result.notebook.cells[0])).toHaveLength(1);
    expect(outputsOf(result.notebook.cells[1]).at(-1)).toHaveProperty("output_type", "error");
    expect(outputsOf(result.notebook.cells[2])).toEqual([]);
  });

  test("a tag does not excuse the end of the process", async () => {
    const result = await run([code("process.exit(0)", "raises-exception")]);
    expect(summary(result)).toEqual(["cell-1 0 ProcessEnded: the cell ended its process (exit status 0)"]);
  });

  test("ends a cell that does not end", async () => {
    const result = await run([code("{ while (true) {} }")], { timeoutMs: 4000 });
    expect(summary(result)).toEqual(["cell-1 0 TimeoutError: the cell did not end within 4 s"]);
  });

  test("ends a cell that floods its output", async () => {
    const result = await run([code('{ const mega = "x".repeat(1e6); while (true) console.log(mega); }')]);
    expect(summary(result)).toEqual([
      "cell-1 0 OutputError: expected at most 16 MiB of text from a cell; print less in the loop",
    ]);
  });

  test("names the cell that a late error came from, not the one that ran then", async () => {
    const result = await run([
      code('setTimeout(() => { throw new Error("late"); }, 200); 0'),
      code("await new Promise((resolve) => setTimeout(resolve, 600));"),
      code("1"),
    ]);
    expect(summary(result)).toEqual(["cell-1 0 Error: late"]);
  });

  test("waits for what the last cell left behind", async () => {
    const late = await run([code('setTimeout(() => { throw new Error("last"); }, 300); 0')]);
    expect(summary(late)).toEqual(["cell-1 0 Error: last"]);
    const exit = await run([code("setTimeout(() => process.exit(0), 300); 0")]);
    expect(summary(exit)).toEqual([
      "cell-1 0 ProcessEnded: something that outlived its cell ended the process (exit status 0)",
    ]);
  });

  test("says that something was still running, and ends it", async () => {
    const { failures, busy } = await run([code("setInterval(() => {}, 50); 0")], { settleMs: 300 });
    expect({ failures, busy }).toEqual({ failures: [], busy: true });
  });

  test("ends at once when told to", async () => {
    const stop = new AbortController();
    const startedMs = Date.now();
    const running = run([code("{ while (true) {} }")], {
      signal: stop.signal,
      onCell: () => setTimeout(() => stop.abort(new Error("enough")), 200),
    });
    await expect(running).rejects.toThrow("enough");
    expect(Date.now() - startedMs).toBeLessThan(20_000);
  });

  test("names a folder that is none", async () => {
    await expect(run([code("1")], { cwd: join(folder, "none") })).rejects.toThrow(
      `runNotebook: expected cwd to be a folder, got ${join(folder, "none")}`,
    );
  });
});

describe("npm run notebook", () => {
  const command = join(root, "kernel-lib", "commands", "notebook.mjs");

  test("ends with status 1 and the cell's name if a cell fails, and writes what there was", () => {
    const path = join(folder, "fails.ipynb");
    const out = join(folder, "out", "executed.ipynb");
    writeNotebook(
      path,
      notebookOf(code('console.log("seen")'), code("Promise.reject(new Error('lost')); 0")),
    );
    const { status, stderr, stdout } = spawnSync(process.execPath, [command, path, "--out", out], {
      cwd: root,
      encoding: "utf8",
    });
    expect(stderr).toContain('fails.ipynb: cell 2 "cell-2": Error: lost');
    expect(stdout).toMatch(/FAILED .*fails\.ipynb: 2 code cells/);
    expect(status).toBe(1);
    expect(readFileSync(out, "utf8")).toContain('"seen\\n"');
  });

  test.skipIf(process.platform !== "linux")(
    "leaves no process behind, even when it is killed itself",
    async () => {
      const path = join(folder, "spins.ipynb");
      const pidFile = join(folder, "pid");
      const spin = `{ require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); while (true) {} }`;
      writeNotebook(path, notebookOf(code(spin)));
      for (const signal of ["SIGINT", "SIGKILL"] as const) {
        rmSync(pidFile, { force: true });
        const parent = spawn(process.execPath, [command, path], { cwd: root, stdio: "ignore" });
        const ended = new Promise((resolve) => parent.once("exit", resolve));
        await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "");
        const pid = Number(readFileSync(pidFile, "utf8"));
        expect(isRunning(pid)).toBe(true);
        parent.kill(signal);
        await ended;
        await until(() => !isRunning(pid));
      }
    },
  );
});

/** A process that has ended and that nobody has asked about is still in the table, as a zombie. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !readFileSync(stat, "utf8").includes(") Z ");
}

async function until(condition: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 30_000; !condition();) {
    if (Date.now() > endMs) throw new Error("expected it within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
