/** What turns a cell's TypeScript into effects and a value. The rest of the kernel knows an engine by this alone. */

export interface Engine {
  /** Run a cell in the scope that all cells share. It must not throw: what a cell throws is in the result. */
  run(code: string): Promise<Ran>;
  /** What could stand at a place in code. */
  complete(code: string, at: number): { matches: Match[]; start: number; end: number };
  /** What stands at a place in code; null if nothing that has a name. */
  inspect(code: string, at: number): Inspection | null;
  /** Whether code could be run as it is, or a line is missing. */
  isComplete(code: string): { status: "complete" | "invalid" } | { status: "incomplete"; indent: string };
}

/** How a cell ended: with the value of its last expression, with what it threw, or with types that do not fit. */
export type Ran =
  | { ended: "value"; value: unknown }
  | { ended: "thrown"; thrown: unknown }
  | { ended: "types"; diagnostics: Diagnostic[] };

/** A complaint of the type checker. Lines and columns count from 1; `file` only for another file than the cell. */
export interface Diagnostic {
  file?: string;
  line: number;
  column: number;
  message: string;
}

/** What could stand somewhere: its kind, and of the first few also the declaration and what its comment says. */
export interface Match {
  text: string;
  type: string;
  signature?: string;
  documentation?: string;
}

export interface Inspection {
  /** The declaration: `function relu(x: number): number`. */
  signature: string;
  /** What its comment says, in Markdown. */
  documentation: string;
  /** The tags of the comment, each with its text: `["param", "x the input"]`. */
  tags: [name: string, text: string][];
}
