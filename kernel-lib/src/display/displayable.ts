import { currentHost } from "./host.js";

/** What a notebook shows: one value in several forms, of which the front end picks the richest it knows. */
export type MimeBundle = Record<string, unknown>;

/** The two forms of a value. */
export interface Forms<T> {
  /** For a terminal, and for front ends that know nothing else. */
  text(value: T): string;
  /** For a notebook; the text is added to it. */
  bundle(value: T): MimeBundle;
  /** What belongs to the bundle without being shown: caption and alternative text of a figure. */
  metadata?(value: T): Record<string, unknown>;
}

/** What a notebook asks a value for, to show it (the convention that Deno's kernel set). */
const JUPYTER_DISPLAY = Symbol.for("Jupyter.display");
/** What our kernel asks it for then, to go along with the bundle. */
const JUPYTER_METADATA = Symbol.for("Jupyter.metadata");
/** What Node asks a value for, to print it. */
const NODE_INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Teach the instances of a class to show themselves: in a notebook through `Symbol.for("Jupyter.display")`, in Node
 * through its inspect symbol. Under a kernel that does not know the first (stock tslab), printing a value on its own
 * shows the rich form instead of its text; among other things it stays text.
 */
export function displayable<T extends object>(type: { prototype: T }, forms: Forms<T>): void {
  const bundleOf = (value: T): MimeBundle => ({ "text/plain": forms.text(value), ...forms.bundle(value) });
  const define = (key: symbol | string, value: unknown): void => {
    Object.defineProperty(type.prototype, key, { value, writable: true, configurable: true });
  };
  define("toString", function (this: T): string {
    return forms.text(this);
  });
  define(JUPYTER_DISPLAY, function (this: T): MimeBundle {
    return bundleOf(this);
  });
  const { metadata } = forms;
  if (metadata) {
    define(JUPYTER_METADATA, function (this: T): Record<string, unknown> {
      return metadata(this);
    });
  }
  define(NODE_INSPECT, function (this: T): string {
    const text = forms.text(this);
    currentHost()?.showInsteadOf(text, () => [bundleOf(this), forms.metadata?.(this) ?? {}]);
    return text;
  });
}
