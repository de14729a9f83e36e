/** What was run, in this session and in those before it: a plain file, one line of JSON a cell. */

import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Replies, Requests } from "./messages.js";

interface Entry {
  session: number;
  line: number;
  input: string;
  output?: string;
}

/** A file that has grown to twice this many cells is cut to it when a session begins. */
const KEPT = 10_000;
/** An output is kept for searching, not for showing again. */
const LONGEST_OUTPUT = 2_000;

export class History {
  readonly session: number;
  readonly #entries: Entry[];
  readonly #file: string | undefined;

  /** @param file where sessions are kept; without it, this session alone is known */
  constructor(file?: string) {
    this.#file = file;
    this.#entries = file ? read(file) : [];
    this.session = 1 + this.#entries.reduce((last, { session }) => Math.max(last, session), 0);
    if (file && this.#entries.length > 2 * KEPT) {
      this.#entries.splice(0, this.#entries.length - KEPT);
      writeFileSync(`${file}.${process.pid}.part`, this.#entries.map(lineOf).join(""));
      renameSync(`${file}.${process.pid}.part`, file);
    }
  }

  add(line: number, input: string, output?: string): void {
    const entry: Entry = { session: this.session, line, input };
    if (output !== undefined) entry.output = output.slice(0, LONGEST_OUTPUT);
    this.#entries.push(entry);
    if (!this.#file) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      appendFileSync(this.#file, lineOf(entry));
    } catch {
      // A disk that is full must not fail a cell: this session still knows what was run.
    }
  }

  /** What a history request asks for, oldest first. */
  find(wanted: Requests["history_request"]): Replies["history_reply"]["history"] {
    return this.#select(wanted).map(({ session, line, input, output }) => [
      session,
      line,
      wanted.output ? [input, output ?? null] : input,
    ]);
  }

  #select({
    hist_access_type: access,
    session = 0,
    start = 0,
    stop,
    n,
    pattern,
    unique,
  }: Requests["history_request"]): Entry[] {
    if (access === "range") {
      const chosen = session > 0 ? session : this.session + session; // 0 is this one, -1 the one before
      return this.#entries.filter(
        (entry) =>
          entry.session === chosen && entry.line >= start && (stop === undefined || entry.line < stop),
      );
    }
    let found = this.#entries;
    if (access === "search") {
      const matches = glob(pattern ?? "*");
      found = found.filter(({ input }) => matches.test(input));
      if (unique) found = [...new Map(found.map((entry) => [entry.input, entry])).values()];
    }
    return n === undefined ? [...found] : found.slice(Math.max(0, found.length - n));
  }
}

function lineOf(entry: Entry): string {
  return `${JSON.stringify(entry)}\n`;
}

function read(file: string): Entry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      const entry = JSON.parse(line) as Entry;
      return Number.isInteger(entry.session) && typeof entry.input === "string" ? [entry] : [];
    } catch {
      return []; // half a line: a session was cut short
    }
  });
}

/** The shell's patterns: * any text, ? any character. */
function glob(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s");
}
