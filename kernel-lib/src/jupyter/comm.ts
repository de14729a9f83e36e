/** Comms, on the child's side: channels between cells and what is drawn in the page. */

import { randomUUID } from "node:crypto";
import type { Comm, Jupyter } from "./api.js";
import { plain } from "./bundle.js";
import type { BroadcastType, Broadcasts, CommData, CommOpen } from "./messages.js";
import type { CommOrder, Extra } from "./orders.js";

type Opened = Parameters<Jupyter["onComm"]>[1];
type Publish = <T extends BroadcastType>(type: T, content: Broadcasts[T], extra?: Extra) => void;

export class Comms {
  readonly #publish: Publish;
  readonly #open = new Map<string, Comm>();
  readonly #targets = new Map<string, Opened>();

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  readonly openComm: Jupyter["openComm"] = (targetName, data = {}, { metadata, buffers } = {}) => {
    const comm = this.#make(randomUUID());
    this.#publish(
      "comm_open",
      { comm_id: comm.id, target_name: targetName, data: json(data) },
      { metadata, buffers },
    );
    return comm;
  };

  readonly onComm: Jupyter["onComm"] = (targetName, opened) => {
    this.#targets.set(targetName, opened);
  };

  /** A message from the page. */
  receive({ type, content, metadata, buffers }: CommOrder): void {
    const { comm_id: id, data } = content as CommData;
    const comm = this.#open.get(id);
    if (type === "comm_open") {
      const opened = this.#targets.get((content as CommOpen).target_name);
      if (opened) opened(this.#make(id), data, buffers);
      else this.#publish("comm_close", { comm_id: id, data: {} }); // nobody here knows the target
    } else if (type === "comm_msg") comm?.onMessage(data, buffers, metadata);
    else {
      this.#open.delete(id);
      comm?.onClose(data);
    }
  }

  #make(id: string): Comm {
    const comm: Comm = {
      id,
      onMessage: () => {},
      onClose: () => {},
      send: (data, buffers, metadata) =>
        this.#publish("comm_msg", { comm_id: id, data: json(data) }, { metadata, buffers }),
      close: (data = {}) => {
        if (this.#open.delete(id)) this.#publish("comm_close", { comm_id: id, data: json(data) });
      },
    };
    this.#open.set(id, comm);
    return comm;
  }
}

/** Refused here, where the learner's line is in the stack, and not in the front. */
function json(data: Record<string, unknown>): Record<string, unknown> {
  const carried = plain(data);
  if (carried) return carried;
  throw new TypeError(
    "comm: expected data that JSON can carry; send bytes as buffers, and big integers as text",
  );
}
