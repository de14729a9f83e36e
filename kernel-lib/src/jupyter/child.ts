/**
 * The process that runs cells. It is told what to do by the front, through its ear (a thread, `ear.ts`), and tells the
 * front everything that happens.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { MessageChannel, Worker } from "node:worker_threads";
import { say } from "../display/language.js";
import type { Jupyter } from "./api.js";
import { bundleOf, plain } from "./bundle.js";
import { Comms } from "./comm.js";
import type {
  BroadcastType,
  Broadcasts,
  ErrorContent,
  ExpressionValue,
  MimeBundle,
  Payload,
} from "./messages.js";
import type { CommOrder, Extra, Order, Origin, Outcome, Question, RunOrder } from "./orders.js";
import { capture, tell } from "./output.js";
import { inspect, pageOf, questionOf } from "./page.js";
import { SHARED, type EarData } from "./shared.js";
import { Stdin } from "./stdin.js";
import { rememberTimers } from "./timers.js";
import { KernelError, diagnosticsContent, thrownContent } from "./traceback.js";
import { tslabEngine } from "./tslabEngine.js";
import { makeWidget } from "./widget.js";

/** What runs, or has run, and may still print: a cell, or the answer to a comm's message. */
interface Task {
  origin: Origin;
  /** The number of the cell; undefined for a comm's message. */
  count?: number;
  allowStdin: boolean;
  payload: Payload[];
  over: boolean;
  /** End it now, as failed. */
  fail: (error: ErrorContent) => void;
}

/** Whose code this is: it goes along with every timer and promise. */
const whose = new AsyncLocalStorage<Task>();
let running: Task | undefined;
let latest: Task | undefined;
/** Errors of cells that were over: the next cell to end fails with them. */
let late: ErrorContent[] = [];

const current = (): Task | undefined => whose.getStore() ?? running ?? latest;

function publish<T extends BroadcastType>(type: T, content: Broadcasts[T], extra: Extra = {}): void {
  const task = current();
  if (task) tell({ kind: "broadcast", origin: task.origin, type, content, ...extra });
}

// ── What cells can reach ────────────────────────────────────────────────────────────────────────────────────────────

const comms = new Comms(publish);
const jupyter: Jupyter = {
  display(bundle, { metadata = {}, displayId, update = false } = {}) {
    show(
      { data: bundle, metadata, transient: displayId === undefined ? {} : { display_id: String(displayId) } },
      update,
    );
  },
  clearOutput: ({ wait = false } = {}) => publish("clear_output", { wait: Boolean(wait) }),
  page(bundle) {
    current()?.payload.push({ source: "page", data: plain(bundle) ?? {}, start: 0 });
  },
  openComm: comms.openComm,
  onComm: comms.onComm,
  widget: (options) => makeWidget(comms.openComm, options),
};

function show({ data, metadata, transient }: Broadcasts["display_data"], update: boolean): void {
  const bundle: MimeBundle = plain(data) ?? { "text/plain": String(data) };
  const content = { data: bundle, metadata: plain(metadata) ?? {}, transient };
  publish(update ? "update_display_data" : "display_data", content);
}

const shared = new SharedArrayBuffer(4 * Object.keys(SHARED).length);
const numbers = new Int32Array(shared);
const { port1: toInput, port2: input } = new MessageChannel();
const stdin = new Stdin(numbers, input, (prompt, password) => {
  const task = current();
  if (!task?.allowStdin || task.over) {
    throw new KernelError(
      "StdinError",
      say({
        en: "this front end takes no input, so prompt() and confirm() cannot be used",
        zh: "此前端不接受输入，因此不能使用 prompt() 和 confirm()",
      }),
    );
  }
  tell({ kind: "input", origin: task.origin, prompt, password });
});
// A global of the notebook, and the same under a name that libraries can ask for without knowing who runs them.
Object.assign(globalThis, { jupyter, prompt: stdin.prompt, confirm: stdin.confirm });
Object.defineProperty(globalThis, Symbol.for("Jupyter.kernel"), { value: jupyter });
console.clear = () => jupyter.clearOutput();

for (const name of ["stdout", "stderr"] as const) capture(name, (text) => publish("stream", { name, text }));
const clearTimersOf = rememberTimers(() => whose.getStore());

const engine = tslabEngine(
  (content, update) => show(content as Broadcasts["display_data"], update),
  (run) => {
    Atomics.store(numbers, SHARED.spinning, 1);
    try {
      return run();
    } finally {
      Atomics.store(numbers, SHARED.spinning, 0);
    }
  },
);

// ── Running ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function run(order: RunOrder): Promise<void> {
  const { origin, count, allowStdin } = order;
  const task: Task = { origin, count, allowStdin, payload: [], over: false, fail: () => {} };
  let error: ErrorContent | undefined;
  const failed = new Promise<void>((resolve) => {
    task.fail = (why) => {
      error ??= why;
      resolve();
    };
  });
  running = latest = task;
  const ended = await Promise.race([
    whose.run(task, () => outcomeOf(order, task)).catch(failedOutcome),
    failed,
  ]);
  // Node looks for rejections that nobody handles after the microtasks: give it one turn of the loop.
  await new Promise((resolve) => nextTurn(resolve));
  const fault = error ?? late[0];
  const outcome: Outcome = ended?.status === "error" || !fault ? ended! : { status: "error", ...fault };
  late = [];
  task.over = true;
  running = undefined;
  tell({ kind: "done", origin, outcome });
}

/** Not a cell's timer, whatever cells do to the global one. */
const nextTurn = setImmediate;

async function outcomeOf({ code, expressions }: RunOrder, task: Task): Promise<Outcome> {
  const asked = questionOf(code);
  if (asked !== undefined) {
    task.payload.push({ source: "page", data: pageOf(engine, asked), start: 0 });
    return { status: "ok", payload: task.payload, expressions: {} };
  }
  const ran = await engine.run(code);
  if (ran.ended === "types") return { status: "error", ...diagnosticsContent(code, ran.diagnostics) };
  if (ran.ended === "thrown") return { status: "error", ...thrownByCell(ran.thrown) };
  const result = await bundleOf(ran.value);
  const values: Record<string, ExpressionValue> = {};
  for (const [name, expression] of Object.entries(expressions)) values[name] = await valueOf(expression);
  return { status: "ok", result, payload: task.payload, expressions: values };
}

/** A value's own way of showing itself may throw. */
function failedOutcome(thrown: unknown): Outcome {
  return { status: "error", ...thrownContent(thrown) };
}

async function valueOf(expression: string): Promise<ExpressionValue> {
  const ran = await engine.run(`(${expression})`);
  if (ran.ended === "types") return { status: "error", ...diagnosticsContent(expression, ran.diagnostics) };
  if (ran.ended === "thrown") return { status: "error", ...thrownContent(ran.thrown) };
  const { data, metadata } = (await bundleOf(ran.value)) ?? {
    data: { "text/plain": String(ran.value) },
    metadata: {},
  };
  return { status: "ok", data, metadata };
}

/** Node's word for a loop that a signal has stopped says nothing to a learner. */
function thrownByCell(thrown: unknown): ErrorContent {
  const stopped = (thrown as NodeJS.ErrnoException | null)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
  return stopped ? interrupted() : thrownContent(thrown);
}

function interrupted(): ErrorContent {
  const message = say({
    en: "the cell was interrupted; all variables are kept",
    zh: "单元格已被中断；所有变量都已保留",
  });
  return thrownContent(new KernelError("Interrupted", message));
}

/** An error that nobody caught fails its cell, or if that is over, the next one. */
function uncaught(thrown: unknown): void {
  const task = current();
  const error = thrownContent(thrown);
  if (task && !task.over) return task.fail(error);
  if (task) tell({ kind: "broadcast", origin: task.origin, type: "error", content: error });
  const where =
    task?.count === undefined
      ? ""
      : say({
          en: ` (thrown late by cell [${task.count}])`,
          zh: `（由单元格 [${task.count}] 在结束之后抛出）`,
        });
  const [first, ...rest] = error.traceback;
  late.push({ ...error, evalue: error.evalue + where, traceback: [first + where, ...rest] });
}
process.on("uncaughtException", uncaught);
process.on("unhandledRejection", uncaught);

function receive(order: CommOrder): void {
  const { origin } = order;
  const task: Task = { origin, allowStdin: false, payload: [], over: false, fail: () => {} };
  try {
    whose.run(task, () => comms.receive(order));
  } catch (thrown) {
    tell({ kind: "broadcast", origin, type: "error", content: thrownContent(thrown) });
  }
  task.over = true;
  tell({ kind: "done", origin, outcome: { status: "ok", payload: [], expressions: {} } });
}

// ── Interrupts ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** With this the signal that ends a spinning loop ends nothing else. */
const ignore = (): void => {};
process.on("SIGINT", ignore);
const ownListeners = (): (() => void)[] =>
  (process.rawListeners("SIGINT") as (() => void)[]).filter((listener) => listener !== ignore);

let listens = false;
function countListeners(): void {
  const now = ownListeners().length > 0;
  if (now !== listens) tell({ kind: "listens", listens: (listens = now) });
}
for (const event of ["newListener", "removeListener"]) {
  process.on(event, (name: string) => name === "SIGINT" && queueMicrotask(countListeners));
}

/** The cell whose own code has been given an interrupt; if that did not end it, the next one does. */
let given: Origin | null | undefined;

function interrupt(origin: Origin | null): void {
  Atomics.add(numbers, SHARED.heard, 1);
  tell({ kind: "heard" });
  if (ownListeners().length > 0 && given !== origin) {
    given = origin;
    process.emit("SIGINT", "SIGINT"); // training, say, wants to end its batch
  } else if (running && running.origin === origin) {
    clearTimersOf(running);
    running.fail(interrupted());
  }
}

// ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function answer(question: Question): unknown {
  if (question.about === "completion") return engine.complete(question.code, question.at);
  if (question.about === "inspection") return inspect(engine, question.code, question.at);
  return engine.isComplete(question.code);
}

function obey(order: Order): void {
  if (order.kind === "run") void run(order);
  else if (order.kind === "comm") receive(order);
  else if (order.kind === "interrupt") interrupt(order.origin);
  else if (order.kind === "ask") {
    let answered: unknown = null;
    try {
      answered = answer(order.question);
    } catch (error) {
      process.stderr.write(`${order.question.about}: ${String(error)}\n`);
    }
    tell({ kind: "answer", id: order.id, answer: answered });
  }
}

const earData: EarData = { shared, input: toInput };
new Worker(new URL("ear.js", import.meta.url), { workerData: earData, transferList: [toInput] }).on(
  "message",
  obey,
);
tell({ kind: "ready" });
