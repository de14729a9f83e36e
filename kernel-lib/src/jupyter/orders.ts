/** What the two processes say to each other: the front gives orders, the child sends news. */

import type {
  BroadcastType,
  Broadcasts,
  CommMessages,
  ErrorContent,
  ExpressionValue,
  MimeBundle,
  Payload,
} from "./messages.js";

/** Which request something belongs to: the front numbers cells, and messages to comms, in one row. */
export type Origin = number;

export type Order =
  | RunOrder
  | { kind: "ask"; id: number; question: Question }
  | CommOrder
  /** Stop this cell, if it is still the one that runs. */
  | { kind: "interrupt"; origin: Origin | null }
  /** What somebody typed. */
  | { kind: "input"; value: string };

export interface RunOrder {
  kind: "run";
  origin: Origin;
  /** The number that the cell has in the notebook. */
  count: number;
  code: string;
  silent: boolean;
  expressions: Record<string, string>;
  allowStdin: boolean;
}

export interface CommOrder {
  kind: "comm";
  origin: Origin;
  type: keyof CommMessages;
  content: CommMessages[keyof CommMessages];
  metadata: Record<string, unknown>;
  buffers: Uint8Array[];
}

/** Questions about code; a place is counted in JavaScript's units. */
export type Question =
  | { about: "completion"; code: string; at: number }
  | { about: "inspection"; code: string; at: number; detail: 0 | 1 }
  | { about: "completeness"; code: string };

export type News =
  | { kind: "ready" }
  | ({ kind: "broadcast"; origin: Origin; type: BroadcastType; content: Broadcasts[BroadcastType] } & Extra)
  | { kind: "input"; origin: Origin; prompt: string; password: boolean }
  | { kind: "answer"; id: number; answer: unknown }
  | { kind: "done"; origin: Origin; outcome: Outcome }
  /** An interrupt was heard: the child is not stuck. */
  | { kind: "heard" }
  /** Whether code in the child wants to answer interrupts itself, as training does. */
  | { kind: "listens"; listens: boolean };

/** What a broadcast may carry beside its content. */
export interface Extra {
  metadata?: Record<string, unknown>;
  buffers?: Uint8Array[];
}

/** How a cell ended. */
export type Outcome =
  | {
      status: "ok";
      result?: { data: MimeBundle; metadata: Record<string, unknown> };
      payload: Payload[];
      expressions: Record<string, ExpressionValue>;
    }
  | ({ status: "error" } & ErrorContent);
