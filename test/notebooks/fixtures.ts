/**
 * Small lessons and notebooks, and a folder for them where imports resolve as in a learner's.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { typescriptMetadata } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import type { Cell, CodeCell, Notebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A lesson that has one of everything; line numbers in the tests count from its first line. */
export const lesson = `// For the authors.

// %% [markdown] id="window" lang="en"
// # The window
//
// It has an area.

// %% [markdown] id="window" lang="zh"
// # 窗口
//
// 它有面积。

// %% id="imports"
import { join } from "node:path";

// %% id="area" tags=["exercise"]
function area(width: number, height: number): number {
  // BEGIN SOLUTION
  return width * height;
  // END SOLUTION
}

// %% id="use" tags=["check", "raises-exception"]
join("a", "b");
area(3, 4);
`;

/** A code cell; its tags come after it. */
export function code(source: string, ...tags: string[]): CodeCell {
  return {
    cell_type: "code",
    execution_count: null,
    id: "",
    metadata: tags.length > 0 ? { tags } : {},
    outputs: [],
    source,
  };
}

export function text(source: string): Cell {
  return { cell_type: "markdown", id: "", metadata: {}, source };
}

/** A notebook of these cells; their ids are cell-1, cell-2, … */
export function notebookOf(...cells: Cell[]): Notebook {
  return {
    cells: cells.map((cell, index) => ({ ...cell, id: `cell-${index + 1}` })),
    metadata: typescriptMetadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** A new folder below work/, gone after the tests of the file. */
export function temporaryFolder(): string {
  mkdirSync(join(root, "work"), { recursive: true });
  const folder = mkdtempSync(join(root, "work", "test-notebooks-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
