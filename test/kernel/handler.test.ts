/** What the kernel does with a message, without sockets and without a child. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { Handler } from "../../kernel-lib/src/jupyter/handler.js";
import { History } from "../../kernel-lib/src/jupyter/history.js";
import type { Message } from "../../kernel-lib/src/jupyter/messages.js";
import type { Order } from "../../kernel-lib/src/jupyter/orders.js";
import { validate } from "../../kernel-lib/src/jupyter/validate.js";

interface Sent {
  to: string;
  type: string;
  content: Record<string, unknown>;
  parent?: string;
}

let sent: Sent[];
let orders: Order[];
let handler: Handler;
let ids = 0;
beforeEach(() => {
  sent = [];
  orders = [];
  handler = new Handler(
    {
      publish: (type, content, parent) =>
        sent.push({
          to: "all",
          type,
          content: content as unknown as Sent["content"],
          parent: parent?.msg_id,
        }),
      reply: (channel, type, content, { header }) =>
        sent.push({ to: channel, type, content: content as Sent["content"], parent: header.msg_id }),
    },
    {
      send: (order) => orders.push(order),
      interrupt: (origin) => orders.push({ kind: "interrupt", origin }),
    },
    new History(),
    "5.0.4",
  );
});

function message(type: string, content: unknown): Message {
  const header = {
    msg_id: `m${++ids}`,
    msg_type: type,
    session: "s",
    username: "u",
    date: "",
    version: "5.4",
  };
  return { identities: [], header, parent: {}, metadata: {}, content, buffers: [] };
}
const run = (code: string, more = {}) =>
  handler.receive("shell", message("execute_request", { code, ...more }));
const done = (origin: number) =>
  handler.news({ kind: "done", origin, outcome: { status: "ok", payload: [], expressions: {} } });
const fail = (origin: number) =>
  handler.news({
    kind: "done",
    origin,
    outcome: { status: "error", ename: "E", evalue: "no", traceback: [] },
  });
const types = () => sent.map(({ type, content }) => (type === "status" ? content.execution_state : type));

test("a cell is busy, shown, run, answered, idle", async () => {
  await run("1 + 1");
  expect(types()).toEqual(["busy", "execute_input"]);
  expect(orders).toMatchObject([{ kind: "run", code: "1 + 1", count: 1 }]);
  handler.news({ kind: "done", origin: 1, outcome: { status: "ok", result: { data: { "text/plain": "2" }, metadata: {} }, payload: [], expressions: {} } }); // prettier-ignore
  expect(types().slice(2)).toEqual(["execute_result", "execute_reply", "idle"]);
  expect(new Set(sent.map(({ parent }) => parent)).size).toBe(1);
});

test("cells run one after the other; a failure sends away those that wait", async () => {
  for (const code of ["a", "b", "c"]) await run(code);
  expect(orders.map((order) => order.kind === "run" && order.code)).toEqual(["a"]);
  done(1);
  expect(orders).toHaveLength(2);
  fail(2);
  await pause(20);
  const replies = sent.filter(({ type }) => type === "execute_reply");
  expect(replies.map(({ content }) => content.status)).toEqual(["ok", "error", "aborted"]);
  await run("d");
  expect(orders.map((order) => order.kind === "run" && order.code)).toEqual(["a", "b", "d"]);
});

test("printed text of one cell travels together, and nothing overtakes it", async () => {
  await run("x");
  const say = (text: string, name: "stdout" | "stderr" = "stdout") =>
    handler.news({ kind: "broadcast", origin: 1, type: "stream", content: { name, text } });
  for (let i = 0; i < 1000; i++) say(`${i}\n`);
  say("oops", "stderr");
  handler.news({ kind: "broadcast", origin: 1, type: "display_data", content: { data: {}, metadata: {}, transient: {} } }); // prettier-ignore
  say("waits");
  expect(types().slice(2)).toEqual(["stream", "stream", "display_data"]);
  expect(String(sent[2].content.text).split("\n")).toHaveLength(1001);
  await pause(60);
  expect(sent.at(-1)).toMatchObject({ type: "stream", content: { text: "waits" } });
});

test("questions to the child are answered out of order, and fail with it", async () => {
  await run("while (true) {}");
  void handler.receive("shell", message("complete_request", { code: "ab", cursor_pos: 2 }));
  void handler.receive("shell", message("inspect_request", { code: "ab", cursor_pos: 2 }));
  const [, first, second] = orders as { id: number }[];
  handler.news({ kind: "answer", id: second.id, answer: null });
  await pause(0);
  expect(sent.find(({ type }) => type === "inspect_reply")?.content).toMatchObject({ found: false });
  handler.news({
    kind: "answer",
    id: first.id,
    answer: { matches: [{ text: "abc", type: "const" }], start: 0, end: 2 },
  });
  await pause(0);
  expect(sent.find(({ type }) => type === "complete_reply")?.content).toMatchObject({ matches: ["abc"] });
  expect(types().at(-1)).toBe("busy"); // the cell still runs
  void handler.receive("shell", message("is_complete_request", { code: "a" }));
  handler.lost({ because: "ended", how: "signal SIGSEGV" });
  await pause(20);
  expect(sent.find(({ type }) => type === "is_complete_reply")?.content).toMatchObject({ status: "error" });
  const [error] = sent.filter(({ type }) => type === "error");
  expect(error.content.evalue).toBe("the process that runs the cells ended (signal SIGSEGV) and was replaced: all variables are gone; run the cells above again"); // prettier-ignore
});

test("a child that is stuck is told apart from one that ended", async () => {
  await run("a");
  handler.lost({ because: "stuck" });
  await pause(20);
  expect(sent.find(({ type }) => type === "error")?.content).toMatchObject({
    ename: "KernelInterrupted",
    evalue: "the cell did not react to the interrupt, so its process was replaced: all variables are gone; run the cells above again", // prettier-ignore
  });
});

test("an unknown kind of message is busy and idle, and nothing more", async () => {
  await handler.receive("shell", message("dance_request", {}));
  await handler.receive("control", message("__proto__", {}));
  expect(types()).toEqual(["busy", "idle", "busy", "idle"]);
});

test("a cell that comes in on another channel is refused", async () => {
  await handler.receive("control", message("execute_request", { code: "1" }));
  expect(orders).toEqual([]);
  const { content } = sent.find(({ type }) => type === "execute_reply")!;
  expect(content).toMatchObject({
    status: "error",
    evalue: "execute_request: expected on the shell channel",
  });
});

test("a typed request gives a typed reply", async () => {
  const reply = await handler.handle(
    "history_request",
    validate("history_request", { hist_access_type: "tail" }),
  );
  expect(reply.history).toEqual([]);
  expect(await handler.handle("shutdown_request", { restart: true })).toEqual({
    status: "ok",
    restart: true,
  });
});

test.each([
  ["execute_request", null, "execute_request: expected content to be an object, got null"],
  ["execute_request", [], "execute_request: expected content to be an object, got an array"],
  ["execute_request", {}, "execute_request: expected content.code to be a string, got undefined"],
  ["execute_request", { code: "1", silent: "yes" }, "execute_request: expected content.silent to be true or false, got a string"],
  ["execute_request", { code: "1", user_expressions: { a: 1 } }, "execute_request: expected content.user_expressions.a to be a string, got 1"],
  ["complete_request", { code: "1", cursor_pos: 0.5 }, "complete_request: expected content.cursor_pos to be a whole number, got 0.5"],
  ["history_request", { hist_access_type: "all" }, 'history_request: expected content.hist_access_type to be "range", "tail" or "search", got "all"'],
  ["comm_msg", { comm_id: "1", data: [] }, "comm_msg: expected content.data to be an object, got an array"],
] as const)("%s with %j is refused", (type, content, words) => {
  expect(() => validate(type, content)).toThrow(words);
}); // prettier-ignore

describe("history", () => {
  const search = (history: History, more: object) =>
    history
      .find(validate("history_request", { hist_access_type: "search", ...more }))
      .map(([, , input]) => input);

  test("finds by range, by pattern, once each, and from the end", () => {
    const history = new History();
    for (const [i, code] of ["a = 1", "b = 2", "a = 1", "c(3)\nd"].entries())
      history.add(i + 1, code, `out ${i}`);
    const range = { hist_access_type: "range", session: 0, start: 2, stop: 4, output: true };
    expect(history.find(validate("history_request", range))).toEqual([[1, 2, ["b = 2", "out 1"]], [1, 3, ["a = 1", "out 2"]]]); // prettier-ignore
    expect(search(history, { pattern: "*=*" })).toEqual(["a = 1", "b = 2", "a = 1"]);
    expect(search(history, { pattern: "*=*", unique: true })).toEqual(["a = 1", "b = 2"]);
    expect(search(history, { pattern: "c(?)*" })).toEqual(["c(3)\nd"]);
    expect(search(history, { n: 1 })).toEqual(["c(3)\nd"]);
  });

  test("goes on in the next session, past a line that was cut short, and stays of a size", () => {
    const folder = mkdtempSync(join(tmpdir(), "history-"));
    const file = join(folder, "deep", "history.jsonl");
    new History(file).add(1, "one");
    writeFileSync(file, readFileSync(file, "utf8") + '{"session":1,"li');
    const second = new History(file);
    expect(second.session).toBe(2);
    writeFileSync(
      file,
      Array.from({ length: 20_001 }, (_, i) => `{"session":1,"line":${i},"input":"x"}\n`).join(""),
    );
    new History(file).add(1, "last");
    expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(10_001);
    rmSync(folder, { recursive: true });
  });
});
