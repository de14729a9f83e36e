/** The engine on tslab's converter and executor. The only file that knows tslab. */

import { createRequire } from "node:module";
import { format } from "node:util";
import { typeErrorText } from "../display/typeErrorText.js";
import type { Diagnostic, Engine, Inspection, Match, Ran } from "./engine.js";
import { GLOBALS } from "./globals.js";

const require = createRequire(import.meta.url);

interface Part {
  text: string;
}

interface QuickInfo {
  displayParts?: Part[];
  documentation?: Part[];
  tags?: { name: string; text?: Part[] }[];
}

interface Converter {
  close(): void;
}

interface Executor {
  execute(code: string): Promise<boolean>;
  complete(code: string, at: number): Completions;
  inspect(code: string, at: number): QuickInfo | undefined;
}

interface Completions {
  start: number;
  end: number;
  candidates: string[];
  original?: { entries: { name: string; kind: string }[] };
}

interface Typescript {
  sys: { readFile(path: string, encoding?: string): string | undefined };
  createSourceFile(
    name: string,
    text: string,
    target: number,
  ): { parseDiagnostics?: { start: number; code: number }[] };
}

/** The version of TypeScript that cells are written in; it is known without loading it. */
export function typescriptVersion(): string {
  return (require("@tslab/typescript-for-tslab/package.json") as { version: string }).version;
}

/** tslab reports a type error as a call with this format, and what a cell throws as a call with that alone. */
const DIAGNOSTIC = "%s%d:%d - %s";
const LATEST = 99;
/** Of so many matches at most, and for so long, the declarations are looked up: a list must not be waited for. */
const DETAILED = 20;
const DETAILS_MS = 100;

/**
 * @param show takes a bundle that is shown through the display functions of `import "tslab"`
 * @param around is called around the part of a cell that runs without giving way
 */
export function tslabEngine(
  show: (content: unknown, update: boolean) => void,
  around: <T>(run: () => T) => T,
): Engine {
  const ts = require("@tslab/typescript-for-tslab") as Typescript;
  const { createConverter, isCompleteCode } = require("tslab/dist/converter.js") as {
    createConverter(options: object): Converter;
    isCompleteCode(code: string): { completed: boolean; indent?: string };
  };
  const { createExecutor } = require("tslab/dist/executor.js") as {
    createExecutor(folder: string, converters: object, console: object): Executor;
  };
  declareGlobals(ts);
  const jupyter = require("tslab/dist/jupyter.js") as { lastWriteDisplayData: unknown };
  jupyter.lastWriteDisplayData = show;

  let value: unknown;
  let errors: unknown[][] = [];
  const converter = createConverter({ isJS: false, isBrowser: false });
  const executor = createExecutor(
    process.cwd(),
    { node: converter, browser: converter, close: () => converter.close() },
    { log: (last: unknown) => (value = last), error: (...args: unknown[]) => errors.push(args) },
  );

  return {
    async run(code): Promise<Ran> {
      value = undefined;
      const said: unknown[][] = (errors = []);
      let ok: boolean;
      try {
        ok = await around(() => executor.execute(code));
      } catch (error) {
        return { ended: "thrown", thrown: error };
      }
      const diagnostics = diagnosticsOf(said.filter(([first]) => first === DIAGNOSTIC));
      if (diagnostics.length > 0) return { ended: "types", diagnostics };
      return ok ? { ended: "value", value } : { ended: "thrown", thrown: said[0]?.[0] };
    },
    complete(code, at) {
      const { start, end, candidates, original } = executor.complete(code, at);
      const kinds = new Map(original?.entries.map(({ name, kind }) => [name, kind]));
      const until = performance.now() + DETAILS_MS;
      const matches = candidates.map((text, i): Match => {
        const match = { text, type: kinds.get(text) ?? "" };
        if (i >= DETAILED || performance.now() > until) return match;
        const info = executor.inspect(code.slice(0, start) + text + code.slice(end), start);
        if (!info?.displayParts?.length) return match;
        return {
          ...match,
          signature: textOf(info.displayParts),
          documentation: textOf(info.documentation),
        };
      });
      return { start, end, matches };
    },
    inspect(code, at): Inspection | null {
      const info = executor.inspect(code, Math.min(at, Math.max(0, code.length - 1)));
      if (!info?.displayParts?.length) return null;
      const signature = textOf(info.displayParts);
      if (signature === "any") return null; // a name that nobody has declared
      return {
        signature,
        documentation: textOf(info.documentation),
        tags: (info.tags ?? []).map(({ name, text }) => [name, textOf(text)]),
      };
    },
    isComplete(code) {
      const faults = ts.createSourceFile("cell.ts", code, LATEST).parseDiagnostics ?? [];
      if (faults.length === 0) return { status: "complete" };
      // A fault at the very end: more may come. 1010, 1126 and 1160 are a comment or a text that nobody closed.
      const open = faults.some(
        ({ start, code: fault }) => start >= code.trimEnd().length || [1010, 1126, 1160].includes(fault),
      );
      return open
        ? { status: "incomplete", indent: isCompleteCode(code).indent ?? "" }
        : { status: "invalid" };
    },
  };
}

/** Cells know no DOM, where prompt() is declared: say in the standard library's place what the kernel has. */
function declareGlobals(ts: Typescript): void {
  const { readFile } = ts.sys;
  ts.sys.readFile = (path, encoding) => {
    const text = readFile.call(ts.sys, path, encoding);
    return text !== undefined && /[\\/]lib\.es2022\.d\.ts$/.test(path) ? `${text}\n${GLOBALS}` : text;
  };
}

/** tslab reports a message of several lines with a call for each; only the first of them names a file. */
function diagnosticsOf(calls: unknown[][]): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const call of calls) {
    const diagnostic = diagnosticOf(call);
    const last = found.at(-1);
    if (last && last.line === diagnostic.line && last.column === diagnostic.column) {
      last.message += `\n${diagnostic.message}`;
    } else {
      found.push(diagnostic);
    }
  }
  return found.map((diagnostic) => ({ ...diagnostic, message: typeErrorText(diagnostic.message) }));
}

function diagnosticOf([, file, line, column, message]: unknown[]): Diagnostic {
  const diagnostic = { line: Number(line), column: Number(column), message: format("%s", message) };
  return file ? { file: String(file).trim(), ...diagnostic } : diagnostic;
}

function textOf(parts: Part[] = []): string {
  return parts.map(({ text }) => text).join("");
}
