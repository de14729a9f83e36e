/** Messages as ZeroMQ carries them: frames, signed with the key that the connection file holds. */

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { PROTOCOL_VERSION, type Header, type Message } from "./messages.js";

/** What stands between the route and the message. */
const DELIMITER = Buffer.from("<IDS|MSG>");
/** So many signatures are remembered to refuse a message that comes twice; ipykernel keeps as many. */
const REMEMBERED = 65_536;

/** Frames that are no message, or not one for us. */
export class WireError extends Error {
  override name = "WireError";
}

/** What is needed to write a message: the wire adds the rest. */
export interface Outgoing {
  type: string;
  content: unknown;
  parent?: Header;
  metadata?: Record<string, unknown>;
  identities?: Uint8Array[];
  buffers?: Uint8Array[];
}

/** Reads and writes the frames of one kernel. */
export class Wire {
  readonly session: string = randomUUID();
  readonly #key: string;
  readonly #seen = new Set<string>();

  /** @param key shared with every front end; empty: nothing is signed */
  constructor(key: string) {
    this.#key = key;
  }

  /** A message as frames. */
  encode({ type, content, parent, metadata = {}, identities = [], buffers = [] }: Outgoing): Uint8Array[] {
    const header: Header = {
      msg_id: randomUUID(),
      msg_type: type,
      session: this.session,
      username: "kernel",
      date: new Date().toISOString(),
      version: PROTOCOL_VERSION,
    };
    const parts = [header, parent ?? {}, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...identities, DELIMITER, Buffer.from(this.#sign(parts)), ...parts, ...buffers];
  }

  /**
   * Frames as a message. The signature is looked at before anything is parsed.
   * @throws {WireError} if they are not a message of somebody who knows the key, or came before
   */
  decode(frames: readonly Uint8Array[]): Message {
    const at = frames.findIndex((frame) => DELIMITER.equals(frame));
    if (at < 0) throw new WireError("expected the delimiter <IDS|MSG> among the frames, got none");
    const [signature, ...parts] = frames.slice(at + 1);
    if (parts.length < 4) {
      throw new WireError(`expected header, parent, metadata and content, got ${parts.length} of them`);
    }
    const signed = parts.slice(0, 4);
    this.#verify(Buffer.from(signature), signed);
    const [header, parent, metadata, content] = signed.map(parse);
    if (!isHeader(header)) throw new WireError("expected a header with msg_id and msg_type");
    return {
      identities: frames.slice(0, at),
      header,
      parent: parent as Message["parent"],
      metadata: metadata as Message["metadata"],
      content,
      buffers: parts.slice(4),
    };
  }

  #verify(signature: Buffer, parts: Uint8Array[]): void {
    if (this.#key === "") return;
    const wanted = Buffer.from(this.#sign(parts));
    if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) {
      throw new WireError("expected a signature made with the connection's key");
    }
    const name = wanted.toString("latin1");
    if (this.#seen.has(name)) throw new WireError("expected a new message, got one that came before");
    this.#seen.add(name);
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.values().next().value!);
  }

  #sign(parts: Uint8Array[]): string {
    if (this.#key === "") return "";
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }
}

function parse(part: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(part).toString("utf8"));
  } catch (error) {
    throw new WireError(`expected JSON: ${(error as Error).message}`);
  }
}

function isHeader(value: unknown): value is Header {
  const header = value as Partial<Header> | null;
  return typeof header?.msg_id === "string" && typeof header.msg_type === "string";
}
