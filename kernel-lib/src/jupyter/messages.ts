/**
 * The messages of the Jupyter protocol, as types: what each request carries, what its reply carries, and what the kernel
 * tells everybody. See jupyter-client's "Messaging in Jupyter".
 */

/** The version of the protocol that is spoken here. */
export const PROTOCOL_VERSION = "5.4";

/** The head of every message. */
export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
  subshell_id?: string | null;
}

/** A message as it stands between the wire and whoever understands it. */
export interface Message {
  /** The route back: ZeroMQ's names of the peers it came through. */
  identities: Uint8Array[];
  header: Header;
  /** The head of the message that this one answers; empty if none. */
  parent: Header | Record<string, never>;
  metadata: Record<string, unknown>;
  content: unknown;
  buffers: Uint8Array[];
}

/** One value in several forms, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** What an error looks like in a notebook. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  /** Lines, with ANSI colours. */
  traceback: string[];
}

/** A bundle to show. */
export interface DisplayContent {
  data: MimeBundle;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
}

/** What each kind of request carries. */
export interface Requests {
  kernel_info_request: Record<string, never>;
  execute_request: {
    code: string;
    silent: boolean;
    store_history: boolean;
    user_expressions: Record<string, string>;
    allow_stdin: boolean;
    stop_on_error: boolean;
  };
  /** A place in code is counted in characters (Unicode code points), not in JavaScript's units of 16 bits. */
  complete_request: { code: string; cursor_pos: number };
  inspect_request: { code: string; cursor_pos: number; detail_level: 0 | 1 };
  is_complete_request: { code: string };
  history_request: {
    output: boolean;
    raw: boolean;
    hist_access_type: "range" | "tail" | "search";
    session?: number;
    start?: number;
    stop?: number;
    n?: number;
    pattern?: string;
    unique?: boolean;
  };
  comm_info_request: { target_name?: string };
  interrupt_request: Record<string, never>;
  shutdown_request: { restart: boolean };
}

export type RequestType = keyof Requests;

/** `execute_request` is answered by `execute_reply`, and so on. */
export type ReplyType<T extends RequestType> = T extends `${infer Name}_request` ? `${Name}_reply` : never;

/** A reply that reports a failure, of whatever request. */
export type ErrorReply = { status: "error" } & ErrorContent;

/** What each kind of reply carries. */
export interface Replies {
  kernel_info_reply: {
    status: "ok";
    protocol_version: string;
    implementation: string;
    implementation_version: string;
    language_info: Record<string, unknown>;
    banner: string;
    debugger: boolean;
    help_links: { text: string; url: string }[];
    supported_features: string[];
  };
  execute_reply:
    | {
        status: "ok";
        execution_count: number;
        payload: Payload[];
        user_expressions: Record<string, ExpressionValue>;
      }
    | (ErrorReply & { execution_count: number; payload: Payload[]; user_expressions: Record<string, never> })
    | { status: "aborted"; execution_count: number };
  complete_reply: {
    status: "ok";
    matches: string[];
    cursor_start: number;
    cursor_end: number;
    metadata: Record<string, unknown>;
  };
  inspect_reply: { status: "ok"; found: boolean; data: MimeBundle; metadata: Record<string, unknown> };
  is_complete_reply:
    { status: "complete" | "invalid" | "unknown" } | { status: "incomplete"; indent: string };
  history_reply: { status: "ok"; history: [number, number, string | [string, string | null]][] };
  comm_info_reply: { status: "ok"; comms: Record<string, { target_name: string }> };
  interrupt_reply: { status: "ok" };
  shutdown_reply: { status: "ok"; restart: boolean };
}

/** The reply to a request, or why there is none. */
export type Reply<T extends RequestType> = Replies[ReplyType<T>] | ErrorReply;

/** Something that a cell asks its front end to do beside showing its output. */
export type Payload = { source: "page"; data: MimeBundle; start: number };

/** The value of a user expression. */
export type ExpressionValue =
  { status: "ok"; data: MimeBundle; metadata: Record<string, unknown> } | ErrorReply;

/** What the kernel tells everybody who listens. */
export interface Broadcasts {
  status: { execution_state: "starting" | "busy" | "idle" };
  stream: { name: "stdout" | "stderr"; text: string };
  execute_input: { code: string; execution_count: number };
  execute_result: { execution_count: number; data: MimeBundle; metadata: Record<string, unknown> };
  display_data: DisplayContent;
  update_display_data: DisplayContent;
  clear_output: { wait: boolean };
  error: ErrorContent;
  comm_open: CommOpen;
  comm_msg: CommData;
  comm_close: CommData;
}

export type BroadcastType = keyof Broadcasts;

/** Both sides of a comm, a channel between the kernel and a widget, send these; neither is answered. */
export interface CommMessages {
  comm_open: CommOpen;
  comm_msg: CommData;
  comm_close: CommData;
}

export interface CommOpen {
  comm_id: string;
  target_name: string;
  data: Record<string, unknown>;
}

export interface CommData {
  comm_id: string;
  data: Record<string, unknown>;
}
