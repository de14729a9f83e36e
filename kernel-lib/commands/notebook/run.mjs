/**
 * Run a notebook without Python: each cell in a process of its own notebook (`child.mjs`), its outputs gathered as
 * Jupyter would, and every way a cell can fail noticed: a type error, a throw, a rejection nobody handles, a timer
 * that throws later, an exit, a signal, no end.
 */
import { fork } from "node:child_process";
import { statSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { fileURLToPath } from "node:url";
import { tagsOf } from "./nbformat.mjs";
import { Outputs } from "./outputs.mjs";

const child = fileURLToPath(new URL("child.mjs", import.meta.url));

/** More text than any reader wants, and less than memory holds. */
const maxStreamLength = 16 * 1024 * 1024;

/** @typedef {import("./nbformat.mjs").Notebook} Notebook */
/** @typedef {import("./nbformat.mjs").CodeCell} CodeCell */

/** @typedef {{ cellId: string, index: number, name: string, message: string, tolerated?: true }} Failure */

/**
 * @typedef {object} Progress
 * @property {"running" | "done"} state
 * @property {string} cellId
 * @property {number} index counts from 0, over every cell
 * @property {number} count how many code cells have started
 * @property {number} total how many code cells there are
 * @property {number} elapsedMs of this cell
 * @property {boolean} failed
 * @property {Notebook} notebook with the outputs so far
 */

/**
 * @typedef {object} RunOptions
 * @property {string} cwd the folder the cells run in; imports resolve from there
 * @property {number} [timeoutMs] for one cell (300 s)
 * @property {number} [settleMs] for what still runs after the last cell (5 s)
 * @property {Record<string, string | undefined>} [env] added to the environment
 * @property {string[]} [flags] of Node (none), as engineFlags() has tried them
 * @property {AbortSignal} [signal] ends the run and its process
 * @property {(progress: Progress) => void} [onCell]
 */

/**
 * Run every code cell, in order, until one fails that has no tag `raises-exception`.
 *
 * @param {Notebook} notebook left as it is
 * @param {RunOptions} options
 * @returns {Promise<{ notebook: Notebook, failures: Failure[], tolerated: Failure[], busy: boolean }>} the notebook
 *   with outputs; what failed; what failed and may (`raises-exception`); whether something, say an interval, was
 *   still running when `settleMs` had passed
 */
export async function runNotebook(
  notebook,
  { cwd, timeoutMs = 300_000, settleMs = 5_000, env, flags = [], signal, onCell },
) {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RangeError(`runNotebook: expected cwd to be a folder, got ${cwd}`);
  }
  signal?.throwIfAborted();
  const executed = structuredClone(notebook);
  for (const cell of executed.cells)
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  /** @type {Failure[]} */
  const failures = [];
  /** @type {Failure[]} */
  const tolerated = [];
  const todo = executed.cells.flatMap((cell, index) =>
    cell.cell_type === "code" && cell.source.trim() !== "" ? [{ cell, index }] : [],
  );
  if (todo.length === 0) return { notebook: executed, failures, tolerated, busy: false };

  const outputs = new Outputs();
  let running = todo[0];
  let streamed = 0;
  const host = startChild(cwd, flags, env);

  /** @param {number} index @param {{ ename: string, evalue: string, traceback: string[] }} error @param {boolean} fatal */
  const fail = (index, error, fatal = false) => {
    const cell = /** @type {CodeCell} */ (executed.cells[index]);
    outputs.error(cell.outputs, error);
    const failure = { cellId: cell.id, index, name: error.ename, message: error.evalue };
    if (!fatal && tagsOf(cell).includes("raises-exception")) tolerated.push({ ...failure, tolerated: true });
    else failures.push(failure);
  };
  /** Nothing can follow: the process is gone, or is about to be. @param {string} name @param {string} message */
  const end = (name, message) => {
    fail(running.index, { ename: name, evalue: message, traceback: [`${name}: ${message}`] }, true);
    host.kill();
  };

  host.onEvent = (event) => {
    if ("stream" in event) {
      streamed += event.text.length;
      if (streamed <= maxStreamLength) outputs.stream(running.cell.outputs, event.stream, event.text);
      else if (!host.killed)
        end(
          "OutputError",
          `expected at most ${maxStreamLength >> 20} MiB of text from a cell; print less in the loop`,
        );
    } else if ("display" in event) outputs.display(running.cell.outputs, event.display, event.update);
    else if ("error" in event) fail(event.cell, event.error);
  };
  const abort = () => host.kill();
  signal?.addEventListener("abort", abort);
  try {
    if (!(await host.next("ready", timeoutMs))) {
      end("StartError", `expected the process for the cells to start, got ${host.ending ?? "no sign of it"}`);
      return { notebook: executed, failures, tolerated, busy: false };
    }
    for (const [position, step] of todo.entries()) {
      running = step;
      streamed = 0;
      const { cell, index } = step;
      const startedMs = Date.now();
      cell.execution_count = position + 1;
      /** @param {Progress["state"]} state */
      const tell = (state) =>
        onCell?.({
          state,
          cellId: cell.id,
          index,
          count: position + 1,
          total: todo.length,
          elapsedMs: Date.now() - startedMs,
          failed: failures.length > 0,
          notebook: executed,
        });
      tell("running");
      host.send({ run: index, code: cell.source });
      const done = await host.next("done", timeoutMs);
      signal?.throwIfAborted();
      if (!done && failures.length === 0) {
        if (host.ending) end("ProcessEnded", `the cell ended its process (${host.ending})`);
        else end("TimeoutError", `the cell did not end within ${timeoutMs / 1000} s`);
      }
      tell("done");
      if (failures.length > 0) return { notebook: executed, failures, tolerated, busy: false };
    }

    host.send({ finish: true });
    const idle = await host.next("idle", settleMs);
    signal?.throwIfAborted();
    const busy = !idle && !host.ending;
    if (!idle && !busy)
      end("ProcessEnded", `something that outlived its cell ended the process (${host.ending})`);
    return { notebook: executed, failures, tolerated, busy };
  } finally {
    signal?.removeEventListener("abort", abort);
    host.kill();
    await host.gone;
  }
}

/** @typedef {import("./child.mjs").Event} Event */

/** @param {string} cwd @param {string[]} flags @param {Record<string, string | undefined>} [env] */
function startChild(cwd, flags, env) {
  const forked = fork(child, [], {
    cwd,
    env: { ...process.env, ...env },
    execArgv: flags,
    stdio: ["ignore", "pipe", "pipe", "pipe", "ipc"],
  });
  const handle = {
    /** @type {(event: Event) => void} */
    onEvent: () => {},
    /** How the process ended, once it has. @type {string | undefined} */
    ending: undefined,
    killed: false,
    gone: Promise.resolve(),
    kill() {
      handle.killed = true;
      forked.kill("SIGKILL"); // a spinning cell hears nothing gentler
    },
    /** @param {object} order */
    send(order) {
      if (forked.connected) forked.send(order, () => {}); // that it is gone is heard elsewhere
    },
    /**
     * Wait for an event; false when the time is up or the process has ended.
     * @param {string} name @param {number} timeoutMs @returns {Promise<boolean>}
     */
    next(name, timeoutMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(false), timeoutMs);
        const settle = (/** @type {boolean} */ result) => {
          clearTimeout(timer);
          waiting = undefined;
          resolve(result);
        };
        if (handle.ending) settle(false);
        else waiting = { name, settle };
      });
    },
  };
  /** @type {{ name: string, settle: (result: boolean) => void } | undefined} */
  let waiting;

  readLines(/** @type {import("node:stream").Readable} */ (forked.stdio[3]), (line) => {
    /** @type {Event} */
    const event = JSON.parse(line);
    handle.onEvent(event);
    if (waiting && waiting.name in event) waiting.settle(true);
  });
  // What bypasses process.stdout: a program that a cell started, or Node's last words when memory ends.
  for (const name of /** @type {const} */ (["stdout", "stderr"])) {
    const decoder = new StringDecoder("utf8");
    forked[name]?.on("data", (bytes) => handle.onEvent({ stream: name, text: decoder.write(bytes) }));
  }

  handle.gone = new Promise((resolve) => {
    const finish = (/** @type {string} */ ending) => {
      if (handle.ending) return;
      handle.ending = ending;
      waiting?.settle(false);
      resolve();
    };
    forked.on("error", (error) => finish(error.message));
    forked.on("exit", (code, signal) => {
      const ending = signal ? `signal ${signal}` : `exit status ${code}`;
      // "close" comes when every output is read; a program that a cell started may hold one open for ever.
      const timer = setTimeout(() => finish(ending), 500);
      forked.once("close", () => {
        clearTimeout(timer);
        finish(ending);
      });
    });
  });
  return handle;
}

/** @param {import("node:stream").Readable} stream @param {(line: string) => void} onLine */
function readLines(stream, onLine) {
  const decoder = new StringDecoder("utf8");
  /** @type {string[]} */
  let parts = [];
  stream.on("error", () => {}); // the reader learns of the end from the process
  stream.on("data", (/** @type {Buffer} */ bytes) => {
    const lines = decoder.write(bytes).split("\n");
    for (let i = 0; i < lines.length; i++) {
      parts.push(lines[i]);
      if (i === lines.length - 1) break;
      onLine(parts.join(""));
      parts = [];
    }
  });
}
