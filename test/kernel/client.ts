/**
 * A front end for tests: it starts the built kernel as Jupyter would, and keeps every message that it gets.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zmq from "zeromq";
import { ROOT } from "../../kernel-lib/commands/steps/paths.mjs";
import type { Message } from "../../kernel-lib/src/jupyter/messages.js";
import type { Connection } from "../../kernel-lib/src/jupyter/sockets.js";
import { Wire } from "../../kernel-lib/src/jupyter/wire.js";

/* eslint-disable @typescript-eslint/no-explicit-any -- what a kernel sends is what a test looks at */
export interface Got extends Message {
  content: any;
  type: string;
  /** The request that it belongs to. */
  of: string | undefined;
  atMs: number;
}

export interface Executed {
  id: string;
  reply: any;
  /** What came between busy and idle. */
  outputs: Got[];
  text(name?: "stdout" | "stderr"): string;
  ms: number;
}

export interface ClientOptions {
  transport?: "tcp" | "ipc";
  history?: string;
  cwd?: string;
  env?: Record<string, string>;
  /** The command of a kernel's specification, in place of the usual one. */
  argv?: string[];
}

const KEY = "a key for tests";
const OUTPUTS = /^(stream|execute_result|display_data|update_display_data|clear_output|error)$/;
/** What Jupyter starts. */
export const MAIN = join(ROOT, "kernel-lib", "dist", "jupyter", "main.js");

export class Client {
  readonly process: ChildProcess;
  readonly connection: Connection;
  readonly wire: Wire = new Wire(KEY);
  /** Everything that was published, and every reply, in order. */
  readonly got: Got[] = [];
  /** How requests for input are answered. */
  onInput: (prompt: string) => string | undefined = () => undefined;
  stderr = "";
  readonly #folder: string;
  readonly #sockets: Record<"shell" | "control" | "stdin", zmq.Dealer>;
  readonly #iopub = new zmq.Subscriber({ receiveHighWaterMark: 0 });
  readonly #heartbeat = new zmq.Request();
  #waiting: (() => void)[] = [];

  private constructor(connection: Connection, folder: string, options: ClientOptions) {
    this.connection = connection;
    this.#folder = folder;
    const file = join(folder, "connection.json");
    writeFileSync(file, JSON.stringify(connection));
    const history = options.history ? ["--history", options.history] : [];
    const [program, ...args] = options.argv?.map((part) => (part === "{connection_file}" ? file : part)) ?? [
      ...[process.execPath, MAIN, file],
      ...history,
    ];
    this.process = spawn(program, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, KERNEL_LIB_LANG: "en", ...options.env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.process.stderr!.on("data", (bytes) => (this.stderr += bytes));
    const routingId = randomUUID(); // one name on all channels, as Jupyter's own clients have
    const dealer = () =>
      new zmq.Dealer({ routingId, sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 0 });
    this.#sockets = { shell: dealer(), control: dealer(), stdin: dealer() };
  }

  static async start(options: ClientOptions = {}): Promise<Client> {
    const folder = mkdtempSync(join(tmpdir(), "kernel-"));
    const { transport = "tcp" } = options;
    const ports = transport === "tcp" ? await freePorts(5) : [1, 2, 3, 4, 5];
    const [shell_port, control_port, stdin_port, iopub_port, hb_port] = ports;
    const ip = transport === "tcp" ? "127.0.0.1" : join(folder, "ipc");
    const named = { shell_port, control_port, stdin_port, iopub_port, hb_port };
    const connection: Connection = { transport, ip, ...named, key: KEY, signature_scheme: "hmac-sha256" };
    const client = new Client(connection, folder, options);
    client.#connect();
    await client.until((message) => message.type === "iopub_welcome");
    await client.request("shell", "kernel_info_request", {});
    return client;
  }

  #connect(): void {
    const { transport, ip } = this.connection;
    const address = (port: number) => `${transport}://${ip}${transport === "tcp" ? ":" : "-"}${port}`;
    for (const name of ["shell", "control", "stdin"] as const) {
      this.#sockets[name].connect(address(this.connection[`${name}_port`]));
      void this.#read(this.#sockets[name], name);
    }
    this.#iopub.connect(address(this.connection.iopub_port));
    this.#iopub.subscribe();
    void this.#read(this.#iopub, "iopub");
    this.#heartbeat.connect(address(this.connection.hb_port));
  }

  async #read(socket: zmq.Dealer | zmq.Subscriber, channel: string): Promise<void> {
    for await (const frames of socket) {
      const message = this.wire.decode(frames as Buffer[]);
      const of = (message.parent as { msg_id?: string }).msg_id;
      this.got.push({ ...message, type: message.header.msg_type, of, atMs: performance.now() });
      if (channel === "stdin") {
        const value = this.onInput(this.got.at(-1)!.content.prompt);
        if (value !== undefined) await this.send("stdin", "input_reply", { value });
      }
      this.#waiting.splice(0).forEach((wake) => wake());
    }
  }

  /** Send a message; its id. */
  async send(
    channel: "shell" | "control" | "stdin",
    type: string,
    content: unknown,
    buffers: Uint8Array[] = [],
  ): Promise<string> {
    const frames = this.wire.encode({ type, content, buffers });
    await this.sendRaw(channel, frames);
    return JSON.parse(frames[2].toString()).msg_id; // after delimiter and signature
  }

  /** One send at a time, as in the kernel. */
  #sending: Promise<void> = Promise.resolve();
  async sendRaw(channel: "shell" | "control" | "stdin", frames: Uint8Array[]): Promise<void> {
    this.#sending = this.#sending.then(() => this.#sockets[channel].send(frames));
    return this.#sending;
  }

  /** The first message like this, among those that came and those to come. */
  async until(isIt: (message: Got) => boolean, timeoutMs = 40_000): Promise<Got> {
    const endMs = performance.now() + timeoutMs;
    for (let seen = 0; ;) {
      for (; seen < this.got.length; seen++) if (isIt(this.got[seen])) return this.got[seen];
      const left = endMs - performance.now();
      if (left <= 0) throw new Error(`expected a message within ${timeoutMs} ms; ${this.stderr}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  async request(
    channel: "shell" | "control",
    type: string,
    content: object,
    timeoutMs?: number,
  ): Promise<any> {
    const id = await this.send(channel, type, content);
    return (await this.until(({ of, type: got }) => of === id && got.endsWith("_reply"), timeoutMs)).content;
  }

  /** Begin a cell; its id. */
  begin(code: string, more: object = {}): Promise<string> {
    return this.send("shell", "execute_request", { code, allow_stdin: true, ...more });
  }

  /** Run a cell to its end. */
  async execute(code: string, more: object = {}, timeoutMs?: number): Promise<Executed> {
    return this.end(await this.begin(code, more), timeoutMs);
  }

  /** Wait for the end of a cell. */
  async end(id: string, timeoutMs?: number): Promise<Executed> {
    const idle = await this.until((message) => message.of === id && isIdle(message), timeoutMs);
    const reply = await this.until(
      (message) => message.of === id && message.type === "execute_reply",
      timeoutMs,
    );
    const outputs = this.got.filter(({ of, type }) => of === id && OUTPUTS.test(type));
    const busy = this.got.find((message) => message.of === id && message.type === "status")!;
    const text = (name = "stdout") =>
      outputs.filter(({ type, content }) => type === "stream" && content.name === name).map(({ content }) => content.text).join(""); // prettier-ignore
    return { id, reply: reply.content, outputs, text, ms: idle.atMs - busy.atMs };
  }

  /** What belongs to a request, by kind. */
  of(id: string, type: string): Got[] {
    return this.got.filter((message) => message.of === id && message.type === type);
  }

  /** Milliseconds until a heartbeat is echoed. */
  async heartbeat(): Promise<number> {
    const startMs = performance.now();
    await this.#heartbeat.send("ping");
    await this.#heartbeat.receive();
    return performance.now() - startMs;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = new Promise((resolve) => this.process.once("exit", resolve));
      void this.send("control", "shutdown_request", { restart: false });
      const timer = setTimeout(() => this.process.kill("SIGKILL"), 5_000);
      await gone;
      clearTimeout(timer);
    }
    for (const socket of [...Object.values(this.#sockets), this.#iopub, this.#heartbeat]) socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function isIdle(message: Got): boolean {
  return message.type === "status" && message.content.execution_state === "idle";
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
