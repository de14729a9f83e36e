/** The five ZeroMQ sockets of a kernel. Nothing that is given to them is lost, and nothing overtakes. */

import { readFileSync } from "node:fs";
import * as zmq from "zeromq";

/** What Jupyter writes into a connection file. */
export interface Connection {
  transport: "tcp" | "ipc";
  ip: string;
  shell_port: number;
  control_port: number;
  stdin_port: number;
  iopub_port: number;
  hb_port: number;
  key: string;
  signature_scheme: string;
}

/** A channel that requests come in on. */
export type Channel = "shell" | "control" | "stdin";

/** @throws if the file asks for something that is not done here */
export function readConnection(file: string): Connection {
  const connection = JSON.parse(readFileSync(file, "utf8")) as Connection;
  const { transport, signature_scheme: scheme, key } = connection;
  if (transport !== "tcp" && transport !== "ipc") {
    throw new RangeError(`connection file: expected transport "tcp" or "ipc", got "${String(transport)}"`);
  }
  if (key && scheme !== "hmac-sha256") {
    throw new RangeError(`connection file: expected signature_scheme "hmac-sha256", got "${scheme}"`);
  }
  return connection;
}

/**
 * Messages on their way out through one socket. zeromq.js sends the first 512 of a burst at once, then takes a turn of the
 * event loop for one, and refuses the next before that is out: so each is waited for before the next is begun.
 */
class SendQueue {
  readonly #socket: { send(frames: Uint8Array[]): Promise<void> };
  #last: Promise<void> = Promise.resolve();

  constructor(socket: { send(frames: Uint8Array[]): Promise<void> }) {
    this.#socket = socket;
  }

  send(frames: Uint8Array[]): void {
    // A peer that is gone is no reason to stop; there is nobody to tell.
    this.#last = this.#last.then(() => this.#socket.send(frames)).catch(() => {});
  }

  /** When everything given so far is out. */
  drained(): Promise<void> {
    return this.#last;
  }
}

/** No limit to what waits for a slow front end: a message over the limit would be dropped in silence. */
const SENDS = { sendHighWaterMark: 0, linger: 1000 };
const HEARS = { ...SENDS, receiveHighWaterMark: 0 };

export class Sockets {
  readonly #routers = {
    shell: new zmq.Router(HEARS),
    control: new zmq.Router(HEARS),
    stdin: new zmq.Router(HEARS),
  };
  /** Hears who subscribes, so that a front end can be told from when on it misses nothing. */
  readonly #iopub: zmq.XPublisher = new zmq.XPublisher({ ...SENDS, verbosity: "allSubs" });
  readonly #heartbeat: zmq.Reply = new zmq.Reply({ linger: 0 });
  readonly #queues: Record<Channel | "iopub", SendQueue>;

  constructor() {
    const { shell, control, stdin } = this.#routers;
    this.#queues = {
      shell: new SendQueue(shell),
      control: new SendQueue(control),
      stdin: new SendQueue(stdin),
      iopub: new SendQueue(this.#iopub),
    };
  }

  async bind(connection: Connection): Promise<void> {
    const { transport, ip } = connection;
    const between = transport === "ipc" ? "-" : ":";
    const address = (port: number): string => `${transport}://${ip}${between}${port}`;
    await Promise.all([
      this.#routers.shell.bind(address(connection.shell_port)),
      this.#routers.control.bind(address(connection.control_port)),
      this.#routers.stdin.bind(address(connection.stdin_port)),
      this.#iopub.bind(address(connection.iopub_port)),
      this.#heartbeat.bind(address(connection.hb_port)),
    ]);
  }

  /** Hear what comes in and who subscribes, and echo heartbeats, until the sockets are closed. */
  listen(
    onFrames: (channel: Channel, frames: Uint8Array[]) => void,
    onSubscribe: (topic: Buffer) => void,
  ): void {
    for (const [channel, socket] of Object.entries(this.#routers) as [Channel, zmq.Router][]) {
      void (async () => {
        for await (const frames of socket) onFrames(channel, frames);
      })();
    }
    void (async () => {
      for await (const [change] of this.#iopub) if (change[0] === 1) onSubscribe(change.subarray(1));
    })();
    void (async () => {
      for await (const frames of this.#heartbeat) await this.#heartbeat.send(frames);
    })();
  }

  send(channel: Channel | "iopub", frames: Uint8Array[]): void {
    this.#queues[channel].send(frames);
  }

  /** Close once everything is out. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map((queue) => queue.drained()));
    for (const socket of [...Object.values(this.#routers), this.#iopub, this.#heartbeat]) socket.close();
  }
}
