/**
 * What the kernel does with a message: typed requests in, typed replies out. It knows neither sockets nor processes, and
 * it never runs a cell itself, so it answers at any time.
 */

import { Cells } from "./cells.js";
import { charactersFromUnits, unitsFromCharacters } from "./cursor.js";
import type { Match } from "./engine.js";
import type { History } from "./history.js";
import {
  type BroadcastType,
  type Broadcasts,
  type CommMessages,
  type Header,
  type Message,
  type MimeBundle,
  type Replies,
  type Reply,
  type ReplyType,
  type RequestType,
  type Requests,
} from "./messages.js";
import { kernelInfo } from "./kernelInfo.js";
import { errorContent, lossError } from "./notices.js";
import type { CommOrder, Extra, News, Order, Origin, Question } from "./orders.js";
import type { Channel } from "./sockets.js";
import { Streams } from "./streams.js";
import type { Loss } from "./supervisor.js";
import { ProtocolError, isComm, isRequest, validate } from "./validate.js";

/** Where messages go. */
export interface Outlet {
  /** To everybody. */
  publish<T extends BroadcastType>(type: T, content: Broadcasts[T], parent?: Header, extra?: Extra): void;
  /** To who asked. */
  reply(channel: Channel, type: string, content: object, to: Message): void;
}

/** The child, as far as the handler knows it. */
export interface Child {
  send(order: Order): void;
  interrupt(origin: Origin | null): void;
}

interface Small {
  order: CommOrder;
  request: Message;
}

/** Broadcasts that a silent cell keeps to itself. */
const OUTPUT: readonly string[] = ["stream", "display_data", "update_display_data", "clear_output", "error"];

export class Handler {
  readonly #outlet: Outlet;
  readonly #child: Child;
  readonly #history: Pick<History, "add" | "find">;
  readonly #streams: Streams;
  readonly #cells: Cells<Small>;
  readonly #typescript: string;
  #origins = 0;
  #questions = 0;
  /** Whose output is whose: kept for ever, since a timer may print at any time. */
  readonly #parents = new Map<Origin, { header: Header; silent: boolean }>();
  readonly #asked = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  readonly #handled = new Map<Origin, () => void>();
  readonly #comms = new Map<string, string>();
  /** Called for a shutdown, after its reply. */
  onShutdown: () => void = () => {};

  constructor(outlet: Outlet, child: Child, history: Pick<History, "add" | "find">, typescript: string) {
    this.#outlet = outlet;
    this.#typescript = typescript;
    this.#child = child;
    this.#history = history;
    this.#streams = new Streams((origin, content) =>
      this.#outlet.publish("stream", content, this.#parents.get(origin)?.header),
    );
    this.#cells = new Cells(
      {
        publish: (type, content, parent) => this.#publish(type, content, parent),
        reply: (content, to) => this.#outlet.reply("shell", "execute_reply", content, to),
        send: (order) => child.send(order),
        history,
      },
      (small) => void this.#passOn(small),
    );
  }

  /** A message has come in. */
  async receive(channel: Channel, message: Message): Promise<void> {
    const type = message.header.msg_type;
    if (channel === "stdin") {
      if (type === "input_reply") this.#child.send({ kind: "input", value: inputOf(message.content) });
      return;
    }
    if (type === "execute_request" && this.#enqueue(channel, message)) return;
    if (isComm(type) && this.#enqueueComm(type, message)) return;
    this.#publish("status", { execution_state: "busy" }, message.header);
    if (isRequest(type)) {
      const reply = await this.#replyTo(type, message.content);
      this.#outlet.reply(channel, type.replace(/_request$/, "_reply"), reply, message);
    }
    this.#publish("status", { execution_state: "idle" }, message.header);
    // A front end takes the last status for that of the whole kernel.
    if (this.#cells.running) {
      this.#publish("status", { execution_state: "busy" }, this.#cells.running.request.header);
    }
    if (type === "shutdown_request") this.onShutdown();
  }

  /** Answer a request of any kind but `execute_request`, which waits for its turn. */
  handle<T extends Exclude<RequestType, "execute_request">>(
    type: T,
    content: Requests[T],
  ): Replies[ReplyType<T>] | Promise<Replies[ReplyType<T>]> {
    return this.#answers[type](content);
  }

  /** The child has something to say. */
  news(news: News): void {
    if (news.kind === "broadcast") this.#broadcast(news);
    else if (news.kind === "answer") {
      this.#asked.get(news.id)?.resolve(news.answer);
      this.#asked.delete(news.id);
    } else if (news.kind === "done") {
      this.#streams.flush();
      const handled = this.#handled.get(news.origin);
      if (handled) handled();
      else void this.#cells.finish(news.origin, news.outcome);
    } else if (news.kind === "input") {
      const { prompt, password } = news;
      const cell = this.#cells.running;
      this.#streams.flush();
      if (cell) this.#outlet.reply("stdin", "input_request", { prompt, password }, cell.request);
    }
  }

  /** Something beside JavaScript printed in the child. */
  printed(name: "stdout" | "stderr", text: string): void {
    const origin = this.#cells.running?.origin ?? this.#origins;
    if (text !== "" && this.#parents.has(origin)) this.#stream(origin, { name, text });
  }

  /** The child is gone: its cell has failed, and its comms with it. */
  lost(loss: Loss): void {
    this.#streams.flush();
    const error = lossError(loss);
    for (const { reject } of this.#asked.values()) reject(new Error(error.evalue));
    this.#asked.clear();
    for (const handled of this.#handled.values()) handled();
    const cell = this.#cells.running;
    const parent = cell?.request.header ?? this.#parents.get(this.#origins)?.header;
    for (const id of this.#comms.keys()) this.#publish("comm_close", { comm_id: id, data: {} }, parent);
    this.#comms.clear();
    if (cell) void this.#cells.finish(cell.origin, { status: "error", ...error });
    else this.#publish("error", error, parent); // where the last cell is, a reader may look
  }

  /** Stop what runs. */
  interrupt(): void {
    this.#child.interrupt(this.#cells.running?.origin ?? null);
  }

  async #replyTo<T extends RequestType>(type: T, content: unknown): Promise<Reply<T>> {
    try {
      const checked = validate(type, content);
      if (type === "execute_request")
        throw new ProtocolError("execute_request: expected on the shell channel");
      return (await this.#answers[type as keyof Answers](checked as never)) as Replies[ReplyType<T>];
    } catch (error) {
      return { status: "error", ...errorContent((error as Error).name, (error as Error).message) };
    }
  }

  readonly #answers: Answers = {
    kernel_info_request: () => kernelInfo(this.#typescript),
    complete_request: async ({ code, cursor_pos }) => {
      const at = unitsFromCharacters(code, cursor_pos);
      const none: CompletionAnswer = { matches: [], start: at, end: at };
      const found = (await this.#ask<CompletionAnswer | null>({ about: "completion", code, at })) ?? none;
      const [start, end] = [charactersFromUnits(code, found.start), charactersFromUnits(code, found.end)];
      const types = found.matches.map((match) => ({ ...match, start, end }));
      return {
        status: "ok",
        matches: found.matches.map(({ text }) => text),
        cursor_start: start,
        cursor_end: end,
        metadata: { _jupyter_types_experimental: types },
      };
    },
    inspect_request: async ({ code, cursor_pos, detail_level: detail }) => {
      const at = unitsFromCharacters(code, cursor_pos);
      const data = await this.#ask<MimeBundle | null>({ about: "inspection", code, at, detail });
      return { status: "ok", found: data !== null, data: data ?? {}, metadata: {} };
    },
    is_complete_request: async ({ code }) =>
      (await this.#ask<Replies["is_complete_reply"] | null>({ about: "completeness", code })) ?? {
        status: "unknown",
      },
    history_request: (wanted) => ({ status: "ok", history: this.#history.find(wanted) }),
    comm_info_request: ({ target_name: wanted }) => {
      const chosen = [...this.#comms].filter(([, target]) => wanted === undefined || target === wanted);
      return {
        status: "ok",
        comms: Object.fromEntries(chosen.map(([id, name]) => [id, { target_name: name }])),
      };
    },
    interrupt_request: () => {
      this.interrupt();
      return { status: "ok" };
    },
    shutdown_request: ({ restart }) => ({ status: "ok", restart }),
  };

  #ask<T>(question: Question): Promise<T> {
    const id = ++this.#questions;
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.#child.send({ kind: "ask", id, question });
    });
  }

  /** Put a cell into the queue; false if it is no valid request, which is answered at once. */
  #enqueue(channel: Channel, request: Message): boolean {
    if (channel !== "shell") return false;
    try {
      const content = validate("execute_request", request.content);
      this.#cells.add(this.#originOf(request, content.silent), request, content);
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  }

  #enqueueComm(type: keyof CommMessages, request: Message): boolean {
    try {
      const content = validate(type, request.content);
      const { metadata, buffers } = request;
      const origin = this.#originOf(request, false);
      this.#cells.addSmall({ request, order: { kind: "comm", origin, type, content, metadata, buffers } });
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  }

  #originOf(request: Message, silent: boolean): Origin {
    this.#parents.set(++this.#origins, { header: request.header, silent });
    return this.#origins;
  }

  /** Give a comm's message to the child: busy until it has been dealt with. */
  async #passOn({ order, request }: Small): Promise<void> {
    this.#publish("status", { execution_state: "busy" }, request.header);
    this.#noteComm(order.type, order.content);
    const handled = new Promise<void>((resolve) => this.#handled.set(order.origin, resolve));
    this.#child.send(order);
    await handled;
    this.#handled.delete(order.origin);
    this.#publish("status", { execution_state: "idle" }, request.header);
  }

  #broadcast({ origin, type, content, metadata, buffers }: News & { kind: "broadcast" }): void {
    if (type === "stream") return this.#stream(origin, content as Broadcasts["stream"]);
    if (isComm(type)) this.#noteComm(type, content as CommMessages[typeof type]);
    this.#publishFor<BroadcastType>(origin, type, content, { metadata, buffers });
  }

  #stream(origin: Origin, content: Broadcasts["stream"]): void {
    if (!this.#parents.get(origin)?.silent) this.#streams.add(origin, content);
  }

  #noteComm<T extends keyof CommMessages>(type: T, content: CommMessages[T]): void {
    if (type === "comm_open")
      this.#comms.set(content.comm_id, (content as CommMessages["comm_open"]).target_name);
    if (type === "comm_close") this.#comms.delete(content.comm_id);
  }

  #publishFor<T extends BroadcastType>(origin: Origin, type: T, content: Broadcasts[T], extra?: Extra): void {
    const parent = this.#parents.get(origin);
    if (!parent || (parent.silent && OUTPUT.includes(type))) return;
    this.#publish(type, content, parent.header, extra);
  }

  #publish<T extends BroadcastType>(type: T, content: Broadcasts[T], parent?: Header, extra?: Extra): void {
    this.#streams.flush();
    this.#outlet.publish(type, content, parent, extra);
  }
}

type Answers = {
  [T in Exclude<RequestType, "execute_request">]: (
    content: Requests[T],
  ) => Replies[ReplyType<T>] | Promise<Replies[ReplyType<T>]>;
};

/** What the child answers to a question about completion. */
export interface CompletionAnswer {
  matches: Match[];
  start: number;
  end: number;
}

function inputOf(content: unknown): string {
  try {
    return validate("input_reply", content).value;
  } catch {
    return ""; // the cell waits: an empty answer is better than none
  }
}
