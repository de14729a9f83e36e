/**
 * The process that runs a notebook's cells, on stock tslab's converter and executor; `run.mjs` starts it.
 *
 * Orders come in over IPC: `{ run: index, code }`, at the end `{ finish: true }`. What happens goes out as one line
 * of JSON each on file descriptor 3, written synchronously: an output is on its way before the next statement runs,
 * so none is lost when a cell spins, exits or is killed, and a cell that floods is slowed down instead of buffered.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { StringDecoder } from "node:string_decoder";
import { fileURLToPath } from "node:url";
import { format, inspect, types } from "node:util";
import { Worker } from "node:worker_threads";

const require = createRequire(import.meta.url);
const { createConverter } = require("tslab/dist/converter.js");
const { createExecutor } = require("tslab/dist/executor.js");
const jupyter = require("tslab/dist/jupyter.js");
const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * @typedef {{ ready: true } | { done: number } | { idle: true }
 *   | { stream: "stdout" | "stderr", text: string }
 *   | { display: { data: object, metadata?: object, transient?: { display_id?: string } }, update: boolean }
 *   | { error: { ename: string, evalue: string, traceback: string[] }, cell: number }} Event
 */

/** @param {Event} event */
function send(event) {
  let bytes = Buffer.from(JSON.stringify(event) + "\n");
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(3, bytes));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EAGAIN") process.exit(1); // nobody listens any more
    }
  }
}

// No orphan, even when the parent is killed while a cell spins: this thread's loop still turns.
new Worker(
  `const parent = process.ppid;
   setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 500);`,
  { eval: true, stdout: true, stderr: true },
).unref();

/** @param {"stdout" | "stderr"} name */
function capture(name) {
  const decoder = new StringDecoder("utf8");
  process[name].write = /** @type {any} */ (
    (/** @type {string | Uint8Array} */ chunk, /** @type {any} */ encoding, /** @type {any} */ callback) => {
      const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
      if (text !== "") send({ stream: name, text });
      const done = typeof encoding === "function" ? encoding : callback;
      if (done) process.nextTick(done);
      return true;
    }
  );
}
capture("stdout");
capture("stderr");
jupyter.lastWriteDisplayData = (/** @type {any} */ content, /** @type {boolean} */ update) =>
  send({ display: content, update: Boolean(update) });

/** Which cell a callback, a timer or a promise came from, so that a late error names its own cell. */
const origin = new AsyncLocalStorage();
let current = 0;

/** @param {unknown} thrown @param {number} [cell] */
function sendError(thrown, cell = origin.getStore() ?? current) {
  send({ error: describe(thrown), cell });
}

process.on("uncaughtException", (error) => sendError(error));
process.on("unhandledRejection", (reason) => sendError(reason));

/** @param {unknown} thrown */
function describe(thrown) {
  if (!(types.isNativeError(thrown) || thrown instanceof Error)) {
    const text = safeInspect(thrown);
    return { ename: "Error", evalue: text, traceback: [`Uncaught ${text}`] };
  }
  let lines = safeInspect(thrown).split("\n");
  // Node puts the compiled line and an arrow above what a cell throws; the learner knows the line uncompiled.
  if (/^evalmachine\./.test(lines[0])) lines = lines.slice(lines.indexOf("") + 1);
  const traceback = lines
    .filter((line) => !/^\s+at .*(tslab[\\/]dist|node:|commands[\\/]notebook[\\/]child)/.test(line))
    .filter((line) => !/^\s+at evalmachine\./.test(line))
    .map((line) =>
      // A position would be one in the compiled cell.
      line
        .replace(/evalmachine\.<anonymous>(:\d+)*/, "notebook")
        .replace("file://", "")
        .replace(root, ""),
    );
  return { ename: String(thrown.name), evalue: String(thrown.message), traceback };
}

/** @param {unknown} value */
function safeInspect(value) {
  try {
    return inspect(value);
  } catch {
    return Object.prototype.toString.call(value); // its own inspection failed
  }
}

/** @type {{ place: string, text: string }[]} */
let diagnostics = [];

/** @param {string} place @param {string} line */
function addDiagnostic(place, line) {
  const last = diagnostics.at(-1);
  if (last?.place === place) last.text += `\n${line}`;
  else diagnostics.push({ place, text: line });
}
/** @type {Promise<unknown>[]} */
let shown = [];

/** The value of a cell's last line. @param {any} value */
function show(value) {
  const display = value?.[Symbol.for("Jupyter.display")];
  // A value that says how it is inspected shows itself there, as on stock tslab.
  if (typeof display !== "function" || typeof value[inspect.custom] === "function") {
    console.log(value);
    return;
  }
  shown.push(
    Promise.resolve(display.call(value)).then((bundle) => {
      if (bundle && typeof bundle === "object")
        send({ display: { data: bundle, metadata: {} }, update: false });
    }),
  );
}

/**
 * How the library reads a diagnostic: of a shape error the sentence alone. Where it is not built, no cell has one.
 * @returns {Promise<(text: string) => string>}
 */
async function diagnosticText() {
  const built = new URL("../../dist/display/typeErrorText.js", import.meta.url);
  return existsSync(built) ? (await import(built.href)).typeErrorText : (text) => text;
}

const converter = createConverter({ isJS: false, isBrowser: false });
const executor = createExecutor(
  process.cwd(),
  { node: converter, browser: converter, close: () => converter.close() },
  {
    log: show,
    error: (/** @type {unknown[]} */ ...args) => {
      // tslab reports type errors in this form, one call for each line of a message, and a thrown value alone.
      if (args[0] === "%s%d:%d - %s") addDiagnostic(format("%s%d:%d", ...args.slice(1, 4)), String(args[4]));
      else sendError(args[0], current);
    },
  },
);

/** @param {number} index @param {string} code */
async function runCell(index, code) {
  current = index;
  diagnostics = [];
  shown = [];
  try {
    await origin.run(index, () => executor.execute(code));
    await Promise.all(shown);
  } catch (error) {
    sendError(error, index);
  }
  if (diagnostics.length > 0) {
    const textOf = await diagnosticText();
    const lines = diagnostics.map(({ place, text }) => `${place} - ${textOf(text)}`);
    const traceback = lines.map((line) => `TypeScriptError: ${line}`);
    send({ error: { ename: "TypeScriptError", evalue: lines.join("\n"), traceback }, cell: index });
  }
  // Node looks for rejections that nobody handles after the microtasks: give it one turn of the loop.
  await new Promise((resolve) => setImmediate(resolve));
  send({ done: index });
}

process.on("message", (/** @type {any} */ order) => {
  if (order.finish) {
    converter.close();
    process.on("beforeExit", () => send({ idle: true }));
    process.disconnect();
  } else {
    void runCell(order.run, order.code);
  }
});
send({ ready: true });
