/** `?name` or `name?` as a whole cell: the documentation of a name, in the front end's pager. */

import type { Engine, Inspection } from "./engine.js";
import type { MimeBundle } from "./messages.js";

/** The name that a cell asks about; undefined for an ordinary cell. */
export function questionOf(code: string): string | undefined {
  const [, before, after] = /^\s*(?:\?\s*([\w$.]+)|([\w$.]+)\s*\?)\s*;?\s*$/.exec(code) ?? [];
  return before ?? after;
}

/** What the pager shows for a name. */
export function pageOf(engine: Engine, name: string): MimeBundle {
  const inspection = engine.inspect(name, name.length);
  return inspection ? inspectionBundle(inspection) : { "text/plain": `${name} is not known here` };
}

/** What stands at a place in code, as text and as Markdown; null if nothing that has a name. */
export function inspect(engine: Engine, code: string, at: number): MimeBundle | null {
  for (const place of [at, at - 1, calleeBefore(code, at)]) {
    const inspection = place >= 0 ? engine.inspect(code, place) : null;
    if (inspection) return inspectionBundle(inspection);
  }
  return null;
}

/** The end of the function's name when the place is among its arguments, where Shift+Tab is asked for most. */
function calleeBefore(code: string, at: number): number {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    if (code[i] === ")") depth++;
    else if (code[i] === "(" && depth-- === 0) return i - 1;
  }
  return -1;
}

function inspectionBundle({ signature, documentation, tags }: Inspection): MimeBundle {
  const plainTags = tags.map(([name, text]) => `@${name} ${text}`.trimEnd());
  const richTags = tags.map(([name, text]) => `*@${name}* ${text}`.trimEnd());
  const join = (...parts: string[]): string => parts.filter(Boolean).join("\n\n");
  return {
    "text/plain": join(signature, documentation, plainTags.join("\n")),
    "text/markdown": join(`\`\`\`typescript\n${signature}\n\`\`\``, documentation, richTags.join("  \n")),
  };
}
