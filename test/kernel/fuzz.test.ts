/** What a kernel should outlive: messages that are none, floods, and the deaths of its processes. */
import { createHmac, randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Wire } from "../../kernel-lib/src/jupyter/wire.js";
import { temporaryFolder } from "../notebooks/fixtures.js";
import { Client, MAIN, isAlive } from "./client.js";

let kernel: Client;
beforeAll(async () => {
  kernel = await Client.start({ transport: "ipc" });
});
afterAll(() => kernel.stop());

const encode = (key: string, type: string, content: unknown) => new Wire(key).encode({ type, content });
const KEY = "a key for tests";

/** Frames signed as they should be, whatever they hold. */
function signed(...parts: (string | Buffer)[]): Buffer[] {
  const hmac = createHmac("sha256", KEY);
  for (const part of parts) hmac.update(part);
  return ["<IDS|MSG>", hmac.digest("hex"), ...parts].map((part) => Buffer.from(part as string));
}

async function isWell() {
  const { reply, outputs } = await kernel.execute("6 * 7");
  expect([reply.status, outputs[0]?.content.data["text/plain"]]).toEqual(["ok", "42"]);
}

describe("a message that is none", () => {
  const header = '{"msg_id":"1","msg_type":"execute_request","session":"s"}';
  test.each([
    ["with another key", encode("wrong", "execute_request", { code: "globalThis.hacked = 1" })],
    ["of random bytes", [randomBytes(100), randomBytes(0), randomBytes(1000)]],
    ["of one empty frame", [Buffer.alloc(0)]],
    ["that ends after the delimiter", [Buffer.from("<IDS|MSG>")]],
    ["with content that is no JSON", signed(header, "{}", "{}", '{"code": "globalThis.hacked = 1"')],
    ["with a header that is no object", signed("5", "{}", "{}", "{}")],
    ["with null for everything", signed("null", "null", "null", "null")],
    ["of a kind that nobody knows", encode(KEY, "launch_request", { code: "globalThis.hacked = 1" })],
    ["of a kind that objects have", encode(KEY, "constructor", {})],
    ["with content of another shape", encode(KEY, "execute_request", [1, 2])],
    ["with code of another type", encode(KEY, "execute_request", { code: { toString: "x" } })],
    ["to a comm that is not open", encode(KEY, "comm_msg", { comm_id: "nobody", data: {} })],
    ["with a comm that has no name", encode(KEY, "comm_open", {})],
    ["with an answer to no question", encode(KEY, "input_reply", { value: "x" })],
  ] as [string, Uint8Array[]][])("%s changes nothing, on any channel", async (_, frames) => {
    for (const channel of ["shell", "control", "stdin"] as const) await kernel.sendRaw(channel, frames);
    await isWell();
    expect((await kernel.execute("'hacked' in globalThis")).outputs[0].content.data["text/plain"]).toBe(
      "false",
    );
  });

  test("twice the same is run once", async () => {
    await kernel.execute("var times = 0");
    const frames = kernel.wire.encode({ type: "execute_request", content: { code: "times++" } });
    for (let i = 0; i < 5; i++) await kernel.sendRaw("shell", frames);
    expect((await kernel.execute("times")).outputs[0].content.data["text/plain"]).toBe("1");
  });

  test("a thousand of random shape leave it well", async () => {
    let seed = 7;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    const kinds = ["execute_request", "complete_request", "history_request", "comm_open", "inspect_request", "shutdown", "x"]; // prettier-ignore
    const values = [null, -1, 1e99, "", "a", [], {}, true, { code: 1 }, "\ud800"];
    for (let i = 0; i < 1000; i++) {
      const names = ["code", "cursor_pos", "hist_access_type", "comm_id", "data", "silent", "n"];
      const content = Object.fromEntries(names.filter(() => random(2)).map((name) => [name, values[random(values.length)]])); // prettier-ignore
      const frames = kernel.wire.encode({ type: kinds[random(kinds.length)], content });
      if (random(10) === 0) frames.splice(random(frames.length), 1);
      await kernel.sendRaw(random(2) ? "shell" : "control", frames);
    }
    await pause(500);
    await kernel.execute("0", {}, 60_000).catch(() => {}); // a failed one may have sent it away
    await isWell();
  });
});

describe("a flood", () => {
  test("of 20,000 lines loses none, in at most 50 messages", async () => {
    await kernel.execute("for (let i = 0; i < 20_000; i++) console.log('line', i)"); // the first is for the compiler
    const done = await kernel.execute("for (let i = 0; i < 20_000; i++) console.log('line', i)");
    expect(done.text()).toBe(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(""));
    expect(done.outputs.length).toBeLessThanOrEqual(50);
  });

  test("of 100 MB arrives whole, and control is answered meanwhile", async () => {
    const id = await kernel.begin(
      "const mb = 'x'.repeat(2 ** 20 - 1); for (let i = 0; i < 100; i++) console.log(mb)",
    );
    await pause(50);
    expect(await kernel.request("control", "kernel_info_request", {})).toMatchObject({ status: "ok" });
    const done = await kernel.end(id, 120_000);
    expect(done.reply.status).toBe("ok");
    expect(done.outputs.reduce((sum, { content }) => sum + content.text.length, 0)).toBe(100 * 2 ** 20);
  });

  test("of 10,000 waiting cells is worked off in order", async () => {
    await kernel.execute("var order: number[] = []");
    const ids = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) =>
        kernel.begin(i === 9_999 ? "order.length" : `;`, { store_history: false }),
      ),
    );
    const last = await kernel.end(ids[9_999], 300_000);
    expect(last.reply.status).toBe("ok");
    const replies = kernel.got.filter(({ type, of }) => type === "execute_reply" && ids.includes(of!));
    expect(replies.map(({ of }) => of)).toEqual(ids);
  });

  test("of 10,000 waiting cells is sent away by a failure", async () => {
    const first = await kernel.begin(
      "await new Promise((r) => setTimeout(r, 1500)); throw new Error('stop')",
    );
    const ids = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) => kernel.begin(`globalThis.ran = ${i}`)),
    );
    expect((await kernel.end(first)).reply.status).toBe("error");
    expect((await kernel.end(ids[9_999], 60_000)).reply.status).toBe("aborted");
    expect((await kernel.execute("'ran' in globalThis")).outputs[0].content.data["text/plain"]).toBe("false");
  });
});

test("a child that is killed while it prints is replaced, and what it printed is there", async () => {
  const id = await kernel.begin(
    "console.log('pid', process.pid); for (;;) { console.log('x'.repeat(1000)); }",
  );
  const shown = await kernel.until((message) => message.of === id && message.type === "stream");
  const pid = Number(/pid (\d+)/.exec(shown.content.text)![1]);
  process.kill(pid, "SIGKILL");
  expect((await kernel.end(id)).reply).toMatchObject({ status: "error", ename: "ProcessEnded" });
  expect(isAlive(pid)).toBe(false);
  await isWell();
});

test("a shutdown ends both processes, also while a cell spins", async () => {
  const id = await kernel.begin("console.log('pid', process.pid); await null; while (true) {}");
  const shown = await kernel.until((message) => message.of === id && message.type === "stream");
  const pid = Number(/pid (\d+)/.exec(shown.content.text)![1]);
  await kernel.stop();
  await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  expect(kernel.process.exitCode).toBe(0);
});

test("a kernel whose Jupyter was killed ends by itself", async () => {
  const file = join(temporaryFolder(), "connection.json");
  const ports = { shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 };
  const connection = {
    transport: "ipc",
    ip: `${file}-ipc`,
    ...ports,
    key: "",
    signature_scheme: "hmac-sha256",
  };
  writeFileSync(file, JSON.stringify(connection));
  const script = `const kernel = require("node:child_process").spawn(process.execPath, ${JSON.stringify([MAIN, file])},
    { stdio: "ignore", env: { ...process.env, JPY_PARENT_PID: String(process.pid) } });
    console.log(kernel.pid);`;
  const jupyter = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  const pid = await new Promise<number>((resolve) =>
    jupyter.stdout.once("data", (text) => resolve(Number(text))),
  );
  await pause(1000);
  expect(isAlive(pid)).toBe(true);
  jupyter.kill("SIGKILL");
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});
