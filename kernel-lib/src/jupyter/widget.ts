/** Widgets whose page side is written in the notebook, over the protocol of Jupyter's widgets, drawn by anywidget. */

import type { Comm, Jupyter, Widget, WidgetOptions } from "./api.js";
import type { MimeBundle } from "./messages.js";

/** The protocol's version, which front ends compare. */
const PROTOCOL = "2.1.0";
/** The version of anywidget's page side that is asked for. */
const ANYWIDGET = "~0.11.*";
const VIEW = "application/vnd.jupyter.widget-view+json";

/** What the page sends. */
interface FromPage {
  method?: "update" | "request_state" | "custom";
  state?: Record<string, unknown>;
  content?: unknown;
}

export function makeWidget(
  openComm: Jupyter["openComm"],
  { esm, css = "", state = {} }: WidgetOptions,
): Widget {
  const shared: Record<string, unknown> = { ...state };
  const fixed = {
    _model_module: "anywidget",
    _model_module_version: ANYWIDGET,
    _model_name: "AnyModel",
    _view_module: "anywidget",
    _view_module_version: ANYWIDGET,
    _view_name: "AnyView",
    _view_count: null,
    _esm: esm,
    _css: css,
    _anywidget_id: "kernel-lib.Widget",
  };
  const whole = (): Record<string, unknown> => ({ state: { ...shared, ...fixed }, buffer_paths: [] });
  const comm: Comm = openComm("jupyter.widget", whole(), { metadata: { version: PROTOCOL } });

  const widget: Widget & Record<symbol, () => MimeBundle> = {
    get: (name) => shared[name],
    set: (changes) => {
      Object.assign(shared, changes);
      comm.send({ method: "update", state: changes, buffer_paths: [] });
    },
    onChange: () => {},
    onMessage: () => {},
    close: () => comm.close(),
    [Symbol.for("Jupyter.display")]: () => ({
      [VIEW]: { version_major: 2, version_minor: 0, model_id: comm.id },
      "text/plain": `Widget ${JSON.stringify(shared)}`,
    }),
  };
  comm.onMessage = (data, buffers) => {
    const { method, state: changes = {}, content } = data as FromPage;
    if (method === "request_state") comm.send({ method: "update", ...whole() });
    else if (method === "update") {
      Object.assign(shared, changes);
      widget.onChange(changes);
    } else if (method === "custom") widget.onMessage(content, buffers);
  };
  return widget;
}
