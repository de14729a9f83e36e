/** What a cell finds as `jupyter`: the notebook, as far as code can reach it. */

import type { MimeBundle } from "./messages.js";

export interface DisplayOptions {
  /** What belongs to the bundle without being shown. */
  metadata?: Record<string, unknown>;
  /** A name, so that the output can be updated later. */
  displayId?: string;
  /** Replace what was shown under that name, wherever it stands. */
  update?: boolean;
}

/** A channel between the kernel and something in the page. */
export interface Comm {
  readonly id: string;
  /** Called for each message from the page. */
  onMessage: (
    data: Record<string, unknown>,
    buffers: Uint8Array[],
    metadata: Record<string, unknown>,
  ) => void;
  /** Called when the page closes the channel. */
  onClose: (data: Record<string, unknown>) => void;
  send(data: Record<string, unknown>, buffers?: Uint8Array[], metadata?: Record<string, unknown>): void;
  close(data?: Record<string, unknown>): void;
}

/** A widget in the form of anywidget: a JavaScript module for the page, and a state that both sides share. */
export interface Widget {
  get(name: string): unknown;
  /** Change the state here and in the page. */
  set(changes: Record<string, unknown>): void;
  /** Called with the names and values that the page has changed. */
  onChange: (changes: Record<string, unknown>) => void;
  /** Called for what the page sends with `model.send`. */
  onMessage: (content: unknown, buffers: Uint8Array[]) => void;
  close(): void;
}

export interface WidgetOptions {
  /** The module's source: `export default { render({ model, el }) { … } }`. */
  esm: string;
  css?: string;
  state?: Record<string, unknown>;
}

export interface Jupyter {
  /** Show a bundle below the cell that runs. */
  display(bundle: MimeBundle, options?: DisplayOptions): void;
  /** Take away what the cell has shown; with `wait`, when the next output comes. */
  clearOutput(options?: { wait?: boolean }): void;
  /** Show a bundle in the front end's pager, beside the notebook, when the cell ends. */
  page(bundle: MimeBundle): void;
  /** Open a channel to a target that the page knows. */
  openComm(
    targetName: string,
    data?: Record<string, unknown>,
    options?: { metadata?: Record<string, unknown>; buffers?: Uint8Array[] },
  ): Comm;
  /** Answer channels that the page opens. */
  onComm(
    targetName: string,
    opened: (comm: Comm, data: Record<string, unknown>, buffers: Uint8Array[]) => void,
  ): void;
  /** Make a widget; as the last value of a cell it shows itself. */
  widget(options: WidgetOptions): Widget;
}
