/** A value in the forms that a notebook can show. */

import { inspect } from "node:util";
import type { MimeBundle } from "./messages.js";

const DISPLAY = Symbol.for("Jupyter.display");
const METADATA = Symbol.for("Jupyter.metadata");

/** What a value may know of showing itself; Deno's kernel set the first convention. */
interface Shows {
  [DISPLAY]?: () => MimeBundle | Promise<MimeBundle>;
  [METADATA]?: () => Record<string, unknown>;
}

/** The value of a cell's last expression; undefined if there is nothing to show. */
export async function bundleOf(
  value: unknown,
): Promise<{ data: MimeBundle; metadata: Record<string, unknown> } | undefined> {
  if (value === undefined || value === null) return undefined;
  const shows = Object(value) as Shows;
  if (typeof shows[DISPLAY] === "function") {
    const data = plain(await shows[DISPLAY]());
    if (data)
      return { data: { "text/plain": textOf(value), ...data }, metadata: plain(shows[METADATA]?.()) ?? {} };
  }
  return { data: { "text/plain": textOf(value) }, metadata: {} };
}

/** A bundle as JSON can carry it, bytes as Base64; undefined if it cannot. */
export function plain<T extends object>(bundle: T | undefined): T | undefined {
  if (typeof bundle !== "object" || bundle === null) return undefined;
  const entries = Object.entries(bundle).map(([type, value]) => [
    type,
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
  ]);
  try {
    return JSON.parse(JSON.stringify(Object.fromEntries(entries))) as T;
  } catch {
    return undefined;
  }
}

/** What Node would print. A text of several lines stays as it is, since quotes and \\n would make it hard to read. */
function textOf(value: unknown): string {
  if (typeof value === "string" && value.includes("\n")) return value;
  try {
    return inspect(value);
  } catch {
    return Object.prototype.toString.call(value); // its own inspection failed
  }
}
