/** The whole kernel, as built, over its sockets. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelspec } from "../../kernel-lib/commands/steps/kernelspec.mjs";
import { features } from "../../kernel-lib/src/backend/wasm/features.js";
import { temporaryFolder } from "../notebooks/fixtures.js";
import { Client, isAlive, isIdle } from "./client.js";

let kernel: Client;
const folder = temporaryFolder();
const history = join(folder, "history.jsonl");
beforeAll(async () => {
  kernel = await Client.start({ transport: "ipc", history });
});
afterAll(() => kernel.stop());

/** A cell that must go well. */
async function good(code: string, more: object = {}) {
  const done = await kernel.execute(code, more);
  expect(done.reply, code).toMatchObject({ status: "ok" });
  return done;
}

const kinds = (outputs: { type: string }[]) => outputs.map(({ type }) => type);

describe("a cell", () => {
  test("gives the value of its last expression, and none for undefined", async () => {
    const { outputs, reply } = await good("const six = 6; six * 7");
    expect(outputs.map(({ type, content }) => [type, content.data])).toEqual([
      ["execute_result", { "text/plain": "42" }],
    ]);
    expect(outputs[0].content.execution_count).toBe(reply.execution_count);
    expect((await good("undefined")).outputs).toEqual([]);
  });

  test("keeps what it declares for the next", async () => {
    await good("let kept = [1]; function twice(x: number) { return 2 * x }");
    expect((await good("kept.push(twice(4)); kept")).outputs[0].content.data["text/plain"]).toBe("[ 1, 8 ]");
  });

  test("waits for what it awaits", async () => {
    const { outputs } = await good(
      "await new Promise<number>((resolve) => setTimeout(() => resolve(5), 50))",
    );
    expect(outputs[0].content.data["text/plain"]).toBe("5");
  });

  test("shows several lines of text as they are, and one line in quotes", async () => {
    expect((await good("'a\\nb'")).outputs[0].content.data["text/plain"]).toBe("a\nb");
    expect((await good("'a'")).outputs[0].content.data["text/plain"]).toBe("'a'");
  });

  test("says with colours what its types do not allow, with the line of the cell", async () => {
    const { reply, outputs } = await kernel.execute("const n: number =\n  'text';");
    expect(reply).toMatchObject({ status: "error", ename: "TypeScriptError" });
    expect(reply.evalue).toBe("1:7 - Type 'string' is not assignable to type 'number'.");
    expect(kinds(outputs)).toEqual(["error"]);
    expect(outputs[0].content.traceback.join("\n")).toContain("\x1b[31mTypeScriptError\x1b[39m");
    expect(outputs[0].content.traceback.join("\n")).toContain("const n: number =");
  });

  test("says of layers that do not fit the sentence alone, and runs nothing", async () => {
    const { reply, outputs } = await kernel.execute(
      `import { nn } from "kernel-lib";
console.log("ran");
const misfit = new nn.Sequential(nn.input(3, 4, 4), new nn.Flatten(),
  new nn.Linear(40, 10));`,
    );
    expect(reply).toMatchObject({ status: "error", ename: "TypeScriptError" });
    expect(reply.evalue).toBe("4:3 - Linear expects 40 features, got 48 (layer 2 of 2)");
    expect(kinds(outputs)).toEqual(["error"]);
    const trace = outputs[0].content.traceback.join("\n");
    expect(trace).toContain("Linear expects 40 features, got 48 (layer 2 of 2)");
    expect(trace.match(/new nn\.Linear/g)).toHaveLength(1);
    expect(trace).not.toContain("Argument of type");
  });

  test("shows an error with the learner's frames and without the kernel's", async () => {
    const { reply, outputs } = await kernel.execute(
      "function fails() { throw new TypeError('no') }\nfails()",
    );
    expect(reply).toMatchObject({ status: "error", ename: "TypeError", evalue: "no" });
    const trace = reply.traceback.join("\n");
    expect(trace).toContain("at fails (cell)");
    expect(trace).not.toMatch(/node:|tslab|evalmachine|dist/);
    expect(outputs[0].content).toMatchObject({
      ename: "TypeError",
      evalue: "no",
      traceback: reply.traceback,
    });
    expect((await kernel.execute("throw 'text'")).reply).toMatchObject({ ename: "Error", evalue: "'text'" });
  });

  test("shows an error of a library from its name on, not from the compiled line that threw it", async () => {
    const { reply } = await kernel.execute(
      "import { tensor } from 'kernel-lib'; tensor([1, 2]).matmul(tensor([1, 2, 3]))",
    );
    expect(reply.traceback[0]).toMatch(/^\x1b\[31mShapeError\x1b\[39m: matmul: expected/);
    expect(reply.traceback.join("\n")).not.toContain("throw new ShapeError");
    const parsed = (await kernel.execute("JSON.parse('{bad')")).reply.traceback;
    expect(parsed[0]).toMatch(/^\x1b\[31mSyntaxError\x1b\[39m: /);
  });

  test("closes no bracket of an error that it has not opened", async () => {
    const code = "throw Object.assign(new Error('outer', { cause: new TypeError('why') }), { extra: 3 })";
    const lines = (await kernel.execute(code)).reply.traceback;
    expect(lines).toEqual([
      "\x1b[31mError\x1b[39m: outer {",
      "  extra: 3,",
      "  [cause]: TypeError: why",
      "}",
    ]);
    const many = "throw new AggregateError([new Error('one'), new Error('two')], 'many')";
    expect((await kernel.execute(many)).reply.traceback.map((line: string) => line.trim())).toEqual([
      "\x1b[31mAggregateError\x1b[39m: many {",
      "[errors]: [",
      "Error: one,",
      "Error: two",
      "]",
      "}",
    ]);
  });

  test("shows a tensor short and shaped, with its table", async () => {
    const { outputs } = await good("import { tensor } from 'kernel-lib'; tensor([[1, 2], [3, 4]])");
    const { data } = outputs[0].content;
    expect(data["text/plain"]).toBe("Tensor (2, 2) float32\n[[1, 2],\n [3, 4]]");
    expect(data["text/html"]).toContain("<table");
  });

  test("has no ZeroMQ in its process, so the library has nothing to mend there", async () => {
    const { outputs } = await good("import * as lib from 'kernel-lib'; typeof lib.tensor + Object.keys(process.getBuiltinModule('node:module').createRequire(process.cwd() + '/x.js').cache).filter((name) => /zeromq/.test(name)).length"); // prettier-ignore
    expect(outputs[0].content.data["text/plain"]).toBe("'function0'");
  });

  test("shows what a value says of itself, bytes as Base64, and its metadata", async () => {
    const shows = "({ [Symbol.for('Jupyter.display')]: () => ({ 'image/png': new Uint8Array([1, 2, 3]) }), [Symbol.for('Jupyter.metadata')]: () => ({ alt: 'dots' }) })"; // prettier-ignore
    const { content } = (await good(shows)).outputs[0];
    expect(content.data["image/png"]).toBe("AQID");
    expect(content.data["text/plain"]).toBeDefined();
    expect(content.metadata).toEqual({ alt: "dots" });
  });

  test("shows something of what JSON cannot carry", async () => {
    const { content } = (await good("({ [Symbol.for('Jupyter.display')]: () => ({ 'a/b': 1n }) })"))
      .outputs[0];
    expect(Object.keys(content.data)).toEqual(["text/plain"]);
  });

  test("fails where a value cannot show itself", async () => {
    const { reply } = await kernel.execute(
      "({ [Symbol.for('Jupyter.display')]: () => { throw new Error('shy') } })",
    );
    expect(reply).toMatchObject({ status: "error", evalue: "shy" });
  });

  test("reaches the display functions of tslab", async () => {
    const { outputs } = await good("import * as tslab from 'tslab'; tslab.display.html('<b>a</b>'); const d = tslab.newDisplay(); d.text('1'); d.text('2')"); // prettier-ignore
    expect(kinds(outputs)).toEqual(["display_data", "display_data", "update_display_data"]);
    expect(outputs[0].content.data).toEqual({ "text/html": "<b>a</b>" });
    expect(outputs[1].content.transient).toEqual(outputs[2].content.transient);
  });

  test("updates a display by its id, and clears its output", async () => {
    const { outputs } = await good("jupyter.display({ 'text/plain': '1' }, { displayId: 'x' }); jupyter.display({ 'text/plain': '2' }, { displayId: 'x', update: true }); jupyter.clearOutput({ wait: true }); console.clear()"); // prettier-ignore
    expect(outputs.map(({ type, content }) => [type, content.transient?.display_id ?? content.wait])).toEqual(
      [
        ["display_data", "x"],
        ["update_display_data", "x"],
        ["clear_output", true],
        ["clear_output", false],
      ],
    );
  });

  test("keeps the order of printed text and what is shown", async () => {
    const { outputs } = await good(
      "console.log('a'); console.error('b'); jupyter.display({ 'text/plain': 'c' }); console.log('d'); 5",
    );
    expect(outputs.map(({ type, content }) => content.text ?? content.data["text/plain"] ?? type)).toEqual(["a\n", "b\n", "c", "d\n", "5"]); // prettier-ignore
  });

  test("answers ?name and name? in the pager", async () => {
    await good("/** Adds one. */ function addOne(x: number) { return x + 1 }");
    for (const question of ["?addOne", "addOne?"]) {
      const { reply } = await good(question);
      expect(reply.payload).toMatchObject([{ source: "page", start: 0 }]);
      expect(reply.payload[0].data["text/plain"]).toContain("function addOne(x: number): number");
      expect(reply.payload[0].data["text/markdown"]).toContain("Adds one.");
    }
  });
});

describe("what a request asks for", () => {
  test("silent: nothing is shown, numbered or remembered", async () => {
    const { reply } = await good("1");
    const quiet = await good("console.log('quiet'); jupyter.display({}); 'quiet'", { silent: true });
    expect(quiet.outputs).toEqual([]);
    expect(kernel.of(quiet.id, "execute_input")).toEqual([]);
    expect(quiet.reply.execution_count).toBe(reply.execution_count);
    const failing = await kernel.execute("throw new Error('quiet')", { silent: true });
    expect([failing.reply.status, failing.outputs]).toEqual(["error", []]);
    const { history: found } = await kernel.request("shell", "history_request", {
      hist_access_type: "search",
      pattern: "*quiet*",
    });
    expect(found).toEqual([]);
  });

  test("store_history: false leaves the number and the history as they are", async () => {
    const { reply } = await good("2");
    expect((await good("'not kept'", { store_history: false })).reply.execution_count).toBe(
      reply.execution_count,
    );
    expect((await good("3")).reply.execution_count).toBe(reply.execution_count + 1);
  });

  test("user_expressions are evaluated after the cell, each with its own fate", async () => {
    const user_expressions = {
      sum: "one + 1",
      wrong: "nobody",
      thrown: "(() => { throw new RangeError('far') })()",
    };
    const { reply } = await good("const one = 1", { user_expressions });
    expect(reply.user_expressions).toMatchObject({
      sum: { status: "ok", data: { "text/plain": "2" } },
      wrong: { status: "error", ename: "TypeScriptError" },
      thrown: { status: "error", ename: "RangeError", evalue: "far" },
    });
  });

  test("stop_on_error sends away what waits, and only that", async () => {
    const codes = [
      "await new Promise((r) => setTimeout(r, 100)); throw new Error('first')",
      "console.log('second')",
      "console.log('third')",
    ];
    const ids = await Promise.all(codes.map((code) => kernel.begin(code)));
    const ends = await Promise.all(ids.map((id) => kernel.end(id)));
    expect(ends.map(({ reply }) => reply.status)).toEqual(["error", "aborted", "aborted"]);
    expect(ends[1].outputs).toEqual([]);
    await good("console.log('after')");
  });

  test("stop_on_error: false lets the next cell run", async () => {
    const ids = [
      await kernel.begin("throw new Error('first')", { stop_on_error: false }),
      await kernel.begin("'second'"),
    ];
    const ends = await Promise.all(ids.map((id) => kernel.end(id)));
    expect(ends.map(({ reply }) => reply.status)).toEqual(["error", "ok"]);
  });
});

describe("questions", () => {
  test("about code are answered while a cell waits for something", async () => {
    const id = await kernel.begin("await new Promise((r) => setTimeout(r, 1500)); 'slow'");
    const { matches } = await kernel.request("shell", "complete_request", {
      code: "Math.clz",
      cursor_pos: 8,
    });
    expect(matches).toEqual(["clz32"]);
    expect(kernel.of(id, "execute_reply")).toEqual([]); // the cell still runs
    await kernel.end(id);
  });

  test("completion counts characters, not units, and gives kinds, types and documentation", async () => {
    const reply = await kernel.request("shell", "complete_request", {
      code: "'🙂'; Math.clz",
      cursor_pos: 13,
    });
    expect(reply).toMatchObject({ status: "ok", matches: ["clz32"], cursor_start: 10, cursor_end: 13 });
    expect(reply.metadata._jupyter_types_experimental).toEqual([
      {
        text: "clz32",
        type: "method",
        signature: "(method) Math.clz32(x: number): number",
        documentation: expect.stringContaining("leading zero bits"),
        start: 10,
        end: 13,
      },
    ]);
  });

  test("inspection shows type and documentation, also from among the arguments", async () => {
    await good(
      "/** Cuts a cake.\n * @param parts how many */ function cut(parts: number) { return 1 / parts }",
    );
    for (const code of ["cut", "cut(", "cut(3, (1)"]) {
      const { found, data } = await kernel.request("shell", "inspect_request", {
        code,
        cursor_pos: code.length,
      });
      expect(found, code).toBe(true);
      expect(data["text/plain"]).toContain("function cut(parts: number): number");
      expect(data["text/markdown"]).toContain("Cuts a cake.");
      expect(data["text/markdown"]).toContain("*@param* parts");
    }
    expect(await kernel.request("shell", "inspect_request", { code: "nobody", cursor_pos: 3 })).toMatchObject(
      {
        found: false, // a name that is not declared
        data: {},
      },
    );
    expect(await kernel.request("shell", "inspect_request", { code: "1 + ", cursor_pos: 4 })).toMatchObject({
      found: false,
    });
  });

  test("is_complete gives the indent of the next line", async () => {
    const ask = (code: string) => kernel.request("shell", "is_complete_request", { code });
    expect(await ask("function f() {")).toEqual({ status: "incomplete", indent: "  " });
    expect(await ask("const a = 1")).toEqual({ status: "complete" });
    expect(await ask("const = 1")).toEqual({ status: "invalid" });
  });

  test("history survives the kernel in a plain file", async () => {
    await good("'remember me'");
    const wanted = { hist_access_type: "tail", n: 1, output: true };
    const [[session, line, entry]] = (await kernel.request("shell", "history_request", wanted)).history;
    expect(entry).toEqual(["'remember me'", "'remember me'"]);
    expect(readFileSync(history, "utf8")).toContain(
      `{"session":${session},"line":${line},"input":"'remember me'"`,
    );
  });

  test("a content that is not as it must be is refused in words", async () => {
    expect(await kernel.request("shell", "execute_request", { code: 5 })).toMatchObject({
      status: "error",
      ename: "ProtocolError",
      evalue: "execute_request: expected content.code to be a string, got 5",
    });
  });
});

describe("late output", () => {
  test("goes to the cell that started it, from timers and promises", async () => {
    const first = await good("setTimeout(() => console.log('timer'), 200); void Promise.resolve().then(() => new Promise((r) => setTimeout(r, 250))).then(() => console.log('promise')); 0"); // prettier-ignore
    const second = await good("await new Promise((r) => setTimeout(r, 500)); console.log('second')");
    expect(second.text()).toBe("second\n");
    expect(
      kernel
        .of(first.id, "stream")
        .map(({ content }) => content.text)
        .join(""),
    ).toBe("timer\npromise\n");
  });

  test("an error of a cell that runs fails it, at once", async () => {
    const { reply } = await kernel.execute(
      "setTimeout(() => { throw new Error('in a timer') }, 50); await new Promise(() => {})",
    );
    expect(reply).toMatchObject({ status: "error", evalue: "in a timer" });
    expect((await kernel.execute("void Promise.reject(new Error('nobody looked')); 4")).reply).toMatchObject({ status: "error", evalue: "nobody looked" }); // prettier-ignore
  });

  test("an error of a cell that is over is shown there and fails the next", async () => {
    const first = await good("setTimeout(() => { throw new Error('too late') }, 50)");
    await kernel.until((message) => message.of === first.id && message.type === "error");
    const { reply } = await kernel.execute("'next'");
    expect(reply).toMatchObject({
      status: "error",
      evalue: `too late (thrown late by cell [${first.reply.execution_count}])`,
    });
    await good("'the one after'");
  });
});

describe("input", () => {
  test("prompt() and confirm() stand still until there is an answer", async () => {
    const prompts: string[] = [];
    kernel.onInput = (prompt) => (prompts.push(prompt), prompt.startsWith("Sure") ? "y" : "Ada");
    const { outputs } = await good(
      "const answers = [prompt('Name?'), confirm('Sure?'), prompt('', 'x')]; answers",
    );
    expect(outputs[0].content.data["text/plain"]).toBe("[ 'Ada', true, 'Ada' ]");
    expect(prompts).toEqual(["Name? ", "Sure? [y/N] ", ""]);
  });

  test("is an error where nobody can type", async () => {
    const { reply } = await kernel.execute("prompt('Name?')", { allow_stdin: false });
    expect(reply).toMatchObject({ status: "error", ename: "StdinError" });
    expect(reply.evalue).toBe("this front end takes no input, so prompt() and confirm() cannot be used");
  });

  test("that is waited for can be interrupted", async () => {
    kernel.onInput = () => undefined;
    const id = await kernel.begin("prompt('Name?')");
    await kernel.until((message) => message.of === id && message.type === "input_request");
    await kernel.request("control", "interrupt_request", {});
    expect((await kernel.end(id)).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  });
});

describe("comms", () => {
  test("that the kernel opens carry data and bytes both ways", async () => {
    const { id } = await good("const comm = jupyter.openComm('a.target', { a: 1 }, { buffers: [new Uint8Array([7])] }); comm.onMessage = (data, buffers) => comm.send({ got: data, bytes: [...buffers[0]] }); 0"); // prettier-ignore
    const [open] = kernel.of(id, "comm_open");
    expect(open.content).toMatchObject({ target_name: "a.target", data: { a: 1 } });
    expect([...open.buffers[0]]).toEqual([7]);
    const { comm_id } = open.content;
    const { comms } = await kernel.request("shell", "comm_info_request", { target_name: "a.target" });
    expect(comms).toEqual({ [comm_id]: { target_name: "a.target" } });
    const sent = await kernel.send("shell", "comm_msg", { comm_id, data: { b: 2 } }, [
      new Uint8Array([8, 9]),
    ]);
    const back = await kernel.until((message) => message.of === sent && message.type === "comm_msg");
    expect(back.content.data).toEqual({ got: { b: 2 }, bytes: [8, 9] });
    await kernel.until((message) => message.of === sent && isIdle(message));
    await good("comm.close()");
    expect(await kernel.request("shell", "comm_info_request", {})).toEqual({ status: "ok", comms: {} });
  });

  test("refuse what JSON cannot carry, in the cell", async () => {
    const { reply } = await kernel.execute("jupyter.openComm('a', { n: 1n })");
    expect(reply).toMatchObject({
      ename: "TypeError",
      evalue: "comm: expected data that JSON can carry; send bytes as buffers, and big integers as text",
    });
  });

  test("that the page opens reach their target, and are closed where there is none", async () => {
    await good("jupyter.onComm('mine', (comm, data) => comm.send({ hello: data.name }))");
    const known = await kernel.send("shell", "comm_open", {
      comm_id: "k1",
      target_name: "mine",
      data: { name: "page" },
    });
    expect(
      (await kernel.until((message) => message.of === known && message.type === "comm_msg")).content.data,
    ).toEqual({ hello: "page" });
    const unknown = await kernel.send("shell", "comm_open", {
      comm_id: "k2",
      target_name: "nobody's",
      data: {},
    });
    expect(
      (await kernel.until((message) => message.of === unknown && message.type === "comm_close")).content
        .comm_id,
    ).toBe("k2");
    await kernel.send("shell", "comm_close", { comm_id: "k1", data: {} });
  });

  test("a widget shares its state, and gives it to a page that has been loaded again", async () => {
    const { id, outputs } = await good("const slider = jupyter.widget({ esm: 'export default {}', state: { value: 3 } }); slider.onChange = ({ value }) => slider.set({ square: (value as number) ** 2 }); slider"); // prettier-ignore
    const [open] = kernel.of(id, "comm_open");
    const { comm_id } = open.content;
    expect(open.metadata).toEqual({ version: "2.1.0" });
    expect(open.content.data.state).toMatchObject({
      _model_module: "anywidget",
      _esm: "export default {}",
      value: 3,
    });
    const shown = outputs.find(({ type }) => type === "execute_result")!;
    expect(shown.content.data["application/vnd.jupyter.widget-view+json"]).toMatchObject({
      model_id: comm_id,
    });
    const moved = await kernel.send("shell", "comm_msg", {
      comm_id,
      data: { method: "update", state: { value: 5 }, buffer_paths: [] },
    });
    const answer = await kernel.until((message) => message.of === moved && message.type === "comm_msg");
    expect(answer.content.data).toMatchObject({ method: "update", state: { square: 25 } });
    const loaded = await kernel.send("shell", "comm_msg", { comm_id, data: { method: "request_state" } });
    const state = await kernel.until((message) => message.of === loaded && message.type === "comm_msg");
    expect(state.content.data.state).toMatchObject({ value: 5, square: 25, _view_name: "AnyView" });
  });
});

describe("an interrupt", () => {
  test.each([
    ["a loop", "while (true) {}"],
    ["a loop that prints", "while (true) console.log('x')"],
    [
      "a loop that awaits",
      "while (true) { await new Promise((resolve) => setTimeout(resolve, 5)); ticks++ }",
    ],
    ["a cell that waits for ever", "await new Promise(() => {})"],
    [
      "a cell that waits for a program",
      "process.getBuiltinModule('node:child_process').execSync('sleep 30')",
    ],
  ])("ends %s, and variables are kept", async (_, code) => {
    await good("var ticks = 0; var precious = 'kept'");
    const id = await kernel.begin(code);
    await pause(400);
    await kernel.request("control", "interrupt_request", {});
    expect((await kernel.end(id)).reply).toMatchObject({ status: "error", ename: "Interrupted" });
    const { outputs } = await good(
      "const before = ticks; await new Promise((r) => setTimeout(r, 60)); [precious, ticks - before]",
    );
    expect(outputs[0].content.data["text/plain"]).toBe("[ 'kept', 0 ]");
  });

  test("goes to listeners first, and ends the cell the second time", async () => {
    await good("const ear = () => console.log('heard');");
    const id = await kernel.begin("process.on('SIGINT', ear); await new Promise(() => {})");
    await pause(300);
    await kernel.request("control", "interrupt_request", {});
    await kernel.until((message) => message.of === id && message.content.text === "heard\n");
    expect(kernel.of(id, "execute_reply")).toEqual([]);
    await kernel.request("control", "interrupt_request", {});
    expect((await kernel.end(id)).reply).toMatchObject({ status: "error", ename: "Interrupted" });
    // Node hides listeners from the part of a cell that does not give way, and puts them back after it.
    await good("await null; process.off('SIGINT', ear); 0");
  });

  test("is for the running cell alone: the next one runs, and one that comes too late is forgotten", async () => {
    const id = await kernel.begin("while (true) {}");
    await pause(300);
    await kernel.request("control", "interrupt_request", {});
    await kernel.end(id);
    await kernel.request("control", "interrupt_request", {});
    await good("await new Promise((r) => setTimeout(r, 300)); 'unharmed'");
  });

  test("lets training end its batch, and the model be used", async () => {
    const id = await kernel.begin(`import { nn, optim, tensor, train } from "kernel-lib";
      const net = new nn.Linear(1, 1); const batch: [any, any] = [tensor([[1]]), tensor([[2]])]; let said = false;
      const done = await train.fit(net, [batch], { optimizer: new optim.SGD(net.parameters()), epochs: 1e9, loss: new nn.MSELoss(),
        onBatch: () => { if (!said) { said = true; console.log("training"); } } });
      net.forward(batch[0]).numel`);
    await kernel.until((message) => message.of === id && message.type === "stream");
    await pause(300);
    await kernel.request("control", "interrupt_request", {});
    const { reply, outputs } = await kernel.end(id);
    expect(reply).toMatchObject({ status: "ok" });
    expect(outputs.at(-1)!.content.data["text/plain"]).toBe("1");
    expect(kinds(outputs)).toContain("update_display_data"); // the bar
  });
});

describe("a front that never runs cells", () => {
  test("answers control and heartbeat while a cell spins", async () => {
    const id = await kernel.begin("while (true) {}");
    await pause(300);
    for (let i = 0; i < 5; i++) {
      await kernel.request("control", "kernel_info_request", {});
      await kernel.heartbeat();
    }
    expect(kernel.of(id, "execute_reply")).toEqual([]); // all that while the cell was spinning
    await kernel.request("control", "interrupt_request", {});
    await kernel.end(id);
  });

  test("replaces a child that is stuck, and says so", async () => {
    await good("var gone = 1");
    const id = await kernel.begin("await null; while (true) {}");
    await pause(300);
    await kernel.request("control", "interrupt_request", {});
    const { reply, outputs } = await kernel.end(id);
    expect(reply).toMatchObject({ status: "error", ename: "KernelInterrupted" });
    expect(outputs[0].content.evalue).toContain("all variables are gone");
    expect((await kernel.execute("gone")).reply.evalue).toContain("Cannot find name 'gone'");
  });

  test.each(["process.exit(3)", "process.kill(process.pid, 'SIGKILL')", "process.abort()"])(
    "outlives %s",
    async (code) => {
      const { reply } = await kernel.execute(code);
      expect(reply).toMatchObject({ status: "error", ename: "ProcessEnded" });
      expect(reply.evalue).toMatch(/exit status 3|signal SIG/);
      await good("'alive'");
    },
  );

  test("reports what a program that a cell starts prints", async () => {
    const { outputs } = await good("process.getBuiltinModule('node:child_process').execSync('echo from a program', { stdio: 'inherit' }); await new Promise((r) => setTimeout(r, 100))"); // prettier-ignore
    expect(outputs.map(({ content }) => content.text)).toContain("from a program\n");
  });
});

test("every message but a subscriber's welcome names the request it belongs to", () => {
  const orphans = kernel.got.filter(
    (message) => message.of === undefined && message.type !== "iopub_welcome",
  );
  expect(orphans.filter(({ content }) => content.execution_state !== "starting")).toEqual([]);
  const executed = new Set(kernel.got.filter(({ type }) => type === "execute_reply").map(({ of }) => of));
  for (const id of executed) {
    const states = kernel.of(id!, "status").map(({ content }) => content.execution_state);
    expect([states[0], states.at(-1), states.filter((state) => state === "idle").length]).toEqual([
      "busy",
      "idle",
      1,
    ]);
  }
});

test("a child's end is the front's news, and the front's end is the child's: nothing is left", async () => {
  for (const [code, end] of [
    ["process.pid", "SIGKILL"],
    ["console.log(process.pid); while (true) {}", "SIGKILL"],
    ["process.pid", "SIGTERM"],
  ] as const) {
    // prettier-ignore
    const other = await Client.start();
    const id = await other.begin(code);
    const shown = await other.until(
      (message) => message.of === id && /^(stream|execute_result)$/.test(message.type),
    );
    const child = Number(shown.content.text ?? shown.content.data["text/plain"]);
    expect(isAlive(child)).toBe(true);
    other.process.kill(end);
    await expect.poll(() => isAlive(child), { timeout: 5_000 }).toBe(false);
    await other.stop();
  }
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "programs that a cell has started end with the front: %s",
  async (end) => {
    const other = await Client.start();
    const started = await other.execute(
      "process.getBuiltinModule('node:child_process').spawn('sleep', ['60']).pid",
    );
    const program = Number(started.outputs[0].content.data["text/plain"]);
    expect(isAlive(program)).toBe(true);
    other.process.kill(end);
    await expect.poll(() => isAlive(program), { timeout: 5_000 }).toBe(false);
    await other.stop();
  },
);

test("cells run with the flags of Node that the specification gives, also after their process has ended", async () => {
  const flag = `--experimental-wasm-${features().fma ? "revectorize" : "relaxed-simd"}`;
  const { argv } = JSON.parse(readFileSync(kernelspec(folder, [flag]), "utf8"));
  const other = await Client.start({ argv: argv.slice(0, argv.indexOf("--history")) });
  for (let time = 0; time < 2; time++) {
    const cell = await other.execute(
      "import { backend } from 'kernel-lib'; [process.execArgv, backend.features.fma]",
    );
    expect(cell.outputs[0].content.data["text/plain"]).toBe(`[ [ '${flag}' ], true ]`);
    await other.execute("process.exit(0)");
  }
  await other.stop();
});

test("the kernel's own words are Chinese for a reader of Chinese", async () => {
  const other = await Client.start({ env: { KERNEL_LIB_LANG: "zh" } });
  const evalueOf = async (code: string) => (await other.execute(code, { allow_stdin: false })).reply.evalue;
  const interrupted = async (code: string, more: object = {}) => {
    const id = await other.begin(code, more);
    await pause(400);
    await other.request("control", "interrupt_request", {});
    return (await other.end(id)).reply.evalue;
  };
  expect(await evalueOf("0; prompt()")).toBe("此前端不接受输入，因此不能使用 prompt() 和 confirm()");
  expect(await interrupted("prompt()", { allow_stdin: true })).toBe("等待输入时被中断");
  expect(await interrupted("while (true) {}")).toBe("单元格已被中断；所有变量都已保留");
  const { reply } = await other.execute("setTimeout(() => { throw new Error('哎') }, 50)");
  await pause(200);
  expect(await evalueOf("1")).toBe(`哎（由单元格 [${reply.execution_count}] 在结束之后抛出）`);
  expect(await evalueOf("process.exit(3)")).toContain("（退出状态 3）");
  await other.stop();
});
