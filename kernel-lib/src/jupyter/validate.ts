/** Does a request carry what its kind must carry? What may be left out gets the protocol's default. */

import type { CommMessages, RequestType, Requests } from "./messages.js";

/** What a content was expected to be. The text goes to the one who sent it. */
export class ProtocolError extends TypeError {
  override name = "ProtocolError";
}

type Checked = Requests & CommMessages & { input_reply: { value: string } };
type Content = Record<string, unknown>;

/** Whether a message of this kind is one that a kernel answers. */
export function isRequest(type: string): type is RequestType {
  return type.endsWith("_request") && Object.hasOwn(CHECKS, type);
}

/** Whether a message of this kind belongs to a comm. */
export function isComm(type: string): type is keyof CommMessages {
  return type.startsWith("comm_") && !type.endsWith("_request") && Object.hasOwn(CHECKS, type);
}

/**
 * @param type    the kind of the message
 * @param content what it carries, as parsed
 * @returns the content with every field of its type
 * @throws {ProtocolError} if a field is missing or of another kind
 */
export function validate<T extends keyof Checked>(type: T, content: unknown): Checked[T] {
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new ProtocolError(`${type}: expected content to be an object, got ${kindOf(content)}`);
  }
  return CHECKS[type](new Fields(type, content as Content));
}

const CHECKS: { [T in keyof Checked]: (fields: Fields) => Checked[T] } = {
  kernel_info_request: () => ({}),
  execute_request: (fields) => {
    const silent = fields.boolean("silent", false);
    return {
      code: fields.string("code"),
      silent,
      store_history: fields.boolean("store_history", true) && !silent,
      user_expressions: fields.strings("user_expressions"),
      allow_stdin: fields.boolean("allow_stdin", false),
      stop_on_error: fields.boolean("stop_on_error", true),
    };
  },
  complete_request: (fields) => ({ code: fields.string("code"), cursor_pos: fields.number("cursor_pos", 0) }),
  inspect_request: (fields) => ({
    code: fields.string("code"),
    cursor_pos: fields.number("cursor_pos", 0),
    detail_level: fields.number("detail_level", 0) === 1 ? 1 : 0,
  }),
  is_complete_request: (fields) => ({ code: fields.string("code") }),
  history_request: (fields) => {
    const access = fields.string("hist_access_type", "tail");
    if (access !== "range" && access !== "tail" && access !== "search") {
      throw fields.wrong("hist_access_type", '"range", "tail" or "search"', `"${access}"`);
    }
    return {
      output: fields.boolean("output", false),
      raw: fields.boolean("raw", true),
      hist_access_type: access,
      session: fields.maybeNumber("session"),
      start: fields.maybeNumber("start"),
      stop: fields.maybeNumber("stop"),
      n: fields.maybeNumber("n"),
      pattern: fields.string("pattern", "*"),
      unique: fields.boolean("unique", false),
    };
  },
  comm_info_request: (fields) => ({ target_name: fields.string("target_name", "") || undefined }),
  interrupt_request: () => ({}),
  shutdown_request: (fields) => ({ restart: fields.boolean("restart", false) }),
  comm_open: (fields) => ({
    comm_id: fields.string("comm_id"),
    target_name: fields.string("target_name"),
    data: fields.object("data"),
  }),
  comm_msg: (fields) => ({ comm_id: fields.string("comm_id"), data: fields.object("data") }),
  comm_close: (fields) => ({ comm_id: fields.string("comm_id"), data: fields.object("data") }),
  input_reply: (fields) => ({ value: fields.string("value") }),
};

/** The fields of a content, each asked for by its name and kind; null counts as left out. */
class Fields {
  constructor(
    readonly type: string,
    readonly content: Content,
  ) {}

  string(name: string, fallback?: string): string {
    return this.#field(name, "a string", (value) => typeof value === "string", fallback);
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.#field(name, "true or false", (value) => typeof value === "boolean", fallback);
  }

  number(name: string, fallback: number): number {
    return this.#field(name, "a whole number", Number.isSafeInteger, fallback);
  }

  maybeNumber(name: string): number | undefined {
    return this.content[name] == null ? undefined : this.number(name, 0);
  }

  object(name: string): Content {
    return this.#field(name, "an object", isObject, {});
  }

  strings(name: string): Record<string, string> {
    const value = this.object(name);
    const wrong = Object.entries(value).find(([, each]) => typeof each !== "string");
    if (wrong) throw this.wrong(`${name}.${wrong[0]}`, "a string", kindOf(wrong[1]));
    return value as Record<string, string>;
  }

  wrong(name: string, expected: string, got: string): ProtocolError {
    return new ProtocolError(`${this.type}: expected content.${name} to be ${expected}, got ${got}`);
  }

  #field<T>(name: string, expected: string, isRight: (value: unknown) => boolean, fallback?: T): T {
    const value = this.content[name] ?? fallback;
    if (!isRight(value)) throw this.wrong(name, expected, kindOf(value));
    return value as T;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "number"
    ? String(value)
    : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
