/** What happens to a cell between its request and its reply: it waits, runs, and ends; or a failure sends it away. */

import type { History } from "./history.js";
import type {
  BroadcastType,
  Broadcasts,
  ErrorContent,
  ErrorReply,
  Header,
  Message,
  Replies,
  Requests,
} from "./messages.js";
import type { Order, Origin, Outcome } from "./orders.js";
import { CellQueue } from "./queue.js";

export interface Cell {
  origin: Origin;
  request: Message;
  content: Requests["execute_request"];
  /** The number it has in the notebook, once it runs. */
  count: number;
}

/** What cells need of the world. */
export interface CellsOutside {
  publish<T extends BroadcastType>(type: T, content: Broadcasts[T], parent: Header): void;
  reply(content: Replies["execute_reply"], to: Message): void;
  send(order: Order): void;
  history: Pick<History, "add">;
}

/** @template Small what may wait between cells and runs beside them */
export class Cells<Small> {
  readonly #outside: CellsOutside;
  readonly #queue: CellQueue<Cell, Small>;
  #count = 0;

  /** @param startSmall is called when it is a small item's turn */
  constructor(outside: CellsOutside, startSmall: (small: Small) => void) {
    this.#outside = outside;
    this.#queue = new CellQueue((item) => ("cell" in item ? this.#begin(item.cell) : startSmall(item.small)));
  }

  get running(): Cell | undefined {
    return this.#queue.running;
  }

  add(origin: Origin, request: Message, content: Requests["execute_request"]): void {
    this.#queue.add({ cell: { origin, request, content, count: 0 } });
  }

  addSmall(small: Small): void {
    this.#queue.add({ small });
  }

  /** The child has ended a cell, or has ended itself. */
  async finish(origin: Origin, outcome: Outcome): Promise<void> {
    const cell = this.#queue.running;
    if (cell?.origin !== origin) return;
    const { publish, reply, history } = this.#outside;
    const { request, content, count } = cell;
    const failed = outcome.status === "error";
    // Let what a front end sent together with this cell arrive, so that a failure sends all of it away.
    if (failed && content.stop_on_error) await new Promise((resolve) => setImmediate(resolve));
    const aborted = failed && content.stop_on_error ? this.#queue.abort() : [];
    if (failed) {
      const { ename, evalue, traceback } = outcome;
      if (!content.silent) publish("error", { ename, evalue, traceback }, request.header);
    } else if (outcome.result && !content.silent) {
      publish("execute_result", { execution_count: count, ...outcome.result }, request.header);
    }
    if (content.store_history) {
      const shown = failed ? undefined : outcome.result?.data["text/plain"];
      history.add(count, content.code, typeof shown === "string" ? shown : undefined);
    }
    reply(executeReply(outcome, count), request);
    publish("status", { execution_state: "idle" }, request.header);
    for (const { request: waiting } of aborted) {
      publish("status", { execution_state: "busy" }, waiting.header);
      reply({ status: "aborted", execution_count: this.#count }, waiting);
      publish("status", { execution_state: "idle" }, waiting.header);
    }
    this.#queue.done();
  }

  #begin(cell: Cell): void {
    const { publish, send } = this.#outside;
    const { request, content, origin } = cell;
    publish("status", { execution_state: "busy" }, request.header);
    if (content.store_history) this.#count++;
    cell.count = this.#count;
    if (!content.silent) {
      publish("execute_input", { code: content.code, execution_count: cell.count }, request.header);
    }
    send({
      kind: "run",
      origin,
      count: cell.count,
      code: content.code,
      silent: content.silent,
      expressions: content.user_expressions,
      allowStdin: content.allow_stdin,
    });
  }
}

function executeReply(outcome: Outcome, count: number): Replies["execute_reply"] {
  if (outcome.status === "error") {
    const { ename, evalue, traceback }: ErrorContent = outcome;
    const error: ErrorReply = { status: "error", ename, evalue, traceback };
    return { ...error, execution_count: count, payload: [], user_expressions: {} };
  }
  const { payload, expressions } = outcome;
  return { status: "ok", execution_count: count, payload, user_expressions: expressions };
}
