/** What the child's main thread and its ear share. */

import type { MessagePort } from "node:worker_threads";

/** What the two threads share, as places in an array of 32-bit numbers. */
export const SHARED = {
  /** How many interrupts the main thread has heard. */
  heard: 0,
  /** 1 while a cell runs without giving way, where a signal stops it. */
  spinning: 1,
  /** Counts up when there is something to read at the input port. */
  input: 2,
} as const;

/** What the ear is given. */
export interface EarData {
  shared: SharedArrayBuffer;
  input: MessagePort;
}

/** What goes through the input port; null: interrupted. */
export type Typed = string | null;
