/** What went wrong, as a notebook shows it: the learner's part of it, in colour. */

import { inspect, types } from "node:util";
import type { Diagnostic } from "./engine.js";
import type { ErrorContent } from "./messages.js";

const red = (text: string): string => `\x1b[31m${text}\x1b[39m`;
const faint = (text: string): string => `\x1b[2m${text}\x1b[22m`;

/** Frames of Node, of the engine, and of this folder; and a count of frames that an error shares with its cause. */
const HIDDEN =
  /^\s+(at .*(node:|tslab[\\/]dist|kernel-lib[\\/](dist|src)[\\/]jupyter)|at evalmachine\.|\.\.\. \d+ lines matching cause)/;
/** How a compiled cell is named in a stack: a place in it would be one in the compiled text, so the line goes. */
const IN_CELL = /evalmachine\.<anonymous>(:\d+)*/;

/** An error that is the kernel's own, without a stack. */
export class KernelError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** What a cell threw. */
export function thrownContent(thrown: unknown): ErrorContent {
  if (!(types.isNativeError(thrown) || thrown instanceof Error)) {
    const text = safeInspect(thrown);
    return { ename: "Error", evalue: text, traceback: [`${red("Uncaught")} ${text}`] };
  }
  const [ename, evalue] = [nameOf(thrown), String(thrown.message)];
  if (thrown instanceof KernelError) return { ename, evalue, traceback: [`${red(ename)}: ${evalue}`] };
  const traceback = learnersPart(safeInspect(thrown).split("\n")).map((line) => {
    if (!/^\s+at /.test(line)) return line;
    return faint(line.replace(IN_CELL, "cell").replace("file://", ""));
  });
  traceback[0] = traceback[0].startsWith(ename)
    ? red(ename) + traceback[0].slice(ename.length)
    : traceback[0];
  return { ename, evalue, traceback };
}

/** Types that do not fit, each with its line of the cell. */
export function diagnosticsContent(code: string, diagnostics: Diagnostic[]): ErrorContent {
  const lines = code.split("\n");
  const traceback = diagnostics.flatMap(({ file, line, column, message }) => {
    const head = `${red("TypeScriptError")}: ${message} ${faint(`(${file ?? "cell"} ${line}:${column})`)}`;
    const source = file === undefined ? lines[line - 1] : undefined;
    if (source === undefined) return [head];
    return [
      head,
      `  ${faint(`${line} │`)} ${source}`,
      `  ${" ".repeat(String(line).length + column + 2)}${red("^")}`,
    ];
  });
  const evalue = diagnostics.map(({ line, column, message }) => `${line}:${column} - ${message}`).join("\n");
  return { ename: "TypeScriptError", evalue, traceback };
}

function learnersPart(lines: string[]): string[] {
  // Node puts the compiled line that threw, with an arrow, above what a cell throws. Where a file cannot be parsed, only
  // that says where.
  const arrow = /:\d+$/.test(lines[0]) && /^\s*\^+\s*$/.test(lines[2] ?? "");
  const inFile =
    /^(file:|[\\/]|[A-Z]:)/.test(lines[0]) && lines.some((line) => line.startsWith("SyntaxError"));
  const kept: string[] = [];
  for (const line of arrow && !inFile ? lines.slice(lines.indexOf("") + 1) : lines) {
    if (!HIDDEN.test(line)) kept.push(line);
    else if (kept.length > 0) kept[kept.length - 1] += / \{$|,$/.exec(line)?.[0] ?? ""; // more of the error comes below
  }
  return kept;
}

function nameOf(error: Error): string {
  return typeof error.name === "string" && error.name !== "" ? error.name : "Error";
}

function safeInspect(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    return Object.prototype.toString.call(value); // its own inspection failed
  }
}
