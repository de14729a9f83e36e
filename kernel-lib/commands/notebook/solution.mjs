/**
 * What a learner sees of a cell that holds a solution.
 *
 * ```ts
 * function area(width: number, height: number): number {
 *   // BEGIN SOLUTION
 *   return width * height;
 *   // END SOLUTION
 * }
 * ```
 *
 * The student form has, in place of the two marker lines and what stands between them,
 *
 * ```ts
 *   // YOUR CODE HERE
 *   return todo();
 * ```
 *
 * or `todo();` where the solution returns nothing. Where neither will do (a name that later cells use, a starting
 * value), lines `// STUB: <code>` directly above BEGIN SOLUTION become the stub:
 *
 * ```ts
 *   // STUB: const weight = zeros(3, 3); // fill me
 *   // BEGIN SOLUTION
 *   const weight = tensor([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]);
 *   // END SOLUTION
 * ```
 *
 * The solved form has neither markers nor stubs.
 */
import ts from "typescript";

const begin = /^\s*\/\/ BEGIN SOLUTION\s*$/;
const end = /^\s*\/\/ END SOLUTION\s*$/;
const stub = /^\s*\/\/ STUB: ?(.*)$/;

/**
 * Lines of a cell, counted from 0: the stubs start at `stub`, the markers stand at `begin` and `end`.
 * @typedef {{ stub: number, begin: number, end: number }} Region
 */

/**
 * Find the solutions of a cell.
 * @param {string} code
 * @param {(line: number, problem: string) => void} report hears of lines that do not pair up
 * @returns {Region[]}
 */
export function findSolutions(code, report = () => {}) {
  const lines = code.split("\n");
  /** @type {Region[]} */
  const regions = [];
  let opened = -1;
  let stubs = -1;
  lines.forEach((content, line) => {
    if (stub.test(content) && opened < 0) {
      if (stubs < 0) stubs = line;
      return;
    }
    if (begin.test(content)) {
      if (opened >= 0) {
        report(
          line,
          `expected // END SOLUTION before the next // BEGIN SOLUTION, got a second BEGIN; close the first`,
        );
      }
      opened = line;
      return;
    }
    if (stubs >= 0 && opened < 0) {
      report(line, `expected // BEGIN SOLUTION right after // STUB:, got other code; move the stub down`);
      stubs = -1;
    }
    if (end.test(content)) {
      if (opened < 0) report(line, `expected // BEGIN SOLUTION before // END SOLUTION, got none; add it`);
      else regions.push({ stub: stubs < 0 ? opened : stubs, begin: opened, end: line });
      opened = stubs = -1;
    }
  });
  if (opened >= 0)
    report(opened, `expected // END SOLUTION after // BEGIN SOLUTION, got the end of the cell; add it`);
  else if (stubs >= 0)
    report(stubs, `expected // BEGIN SOLUTION right after // STUB:, got the end of the cell; add it`);
  return regions;
}

/** The cell as its author solved it. @param {string} code @returns {string} */
export function solvedForm(code) {
  return replaceRegions(code, (lines, region) => lines.slice(region.begin + 1, region.end));
}

/** The cell as a learner gets it. @param {string} code @returns {string} */
export function studentForm(code) {
  return replaceRegions(code, (lines, region) => {
    const indent = /^\s*/.exec(lines[region.begin])?.[0] ?? "";
    const stubs = lines
      .slice(region.stub, region.begin)
      .map((content) => /^\s*/.exec(content)?.[0] + (stub.exec(content)?.[1] ?? ""));
    const call = returnsFrom(code, region) ? `${indent}return todo();` : `${indent}todo();`;
    return [`${indent}// YOUR CODE HERE`, ...(stubs.length > 0 ? stubs : [call])];
  });
}

/** @param {string} code @param {(lines: string[], region: Region) => string[]} replacement */
function replaceRegions(code, replacement) {
  const lines = code.split("\n");
  /** @type {string[]} */
  const out = [];
  let next = 0;
  for (const region of findSolutions(code)) {
    out.push(...lines.slice(next, region.stub), ...replacement(lines, region));
    next = region.end + 1;
  }
  return [...out, ...lines.slice(next)].join("\n");
}

/**
 * Whether the region holds a `return` of the function it stands in, not of one that it defines.
 * @param {string} code
 * @param {Region} region
 * @returns {boolean}
 */
function returnsFrom(code, region) {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  const lineOf = (/** @type {ts.Node} */ node) =>
    file.getLineAndCharacterOfPosition(node.getStart(file)).line;
  const inside = (/** @type {ts.Node} */ node) => lineOf(node) > region.begin && lineOf(node) < region.end;
  /** @param {ts.Node} node @returns {boolean} */
  const visit = (node) => {
    if (ts.isReturnStatement(node) && inside(node)) return true;
    if (ts.isFunctionLike(node) && inside(node)) return false;
    return ts.forEachChild(node, visit) ?? false;
  };
  return visit(file);
}

/**
 * Whether a region stands outside every function, so that its stub runs with the cell.
 * @param {string} code
 * @param {Region} region
 * @returns {boolean}
 */
export function isTopLevel(code, region) {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  const position = file.getPositionOfLineAndCharacter(region.begin, 0);
  /** @param {ts.Node} node @returns {boolean} */
  const enclosed = (node) =>
    node.getStart(file) < position &&
    node.end > position &&
    (ts.isFunctionLike(node) || ts.isClassLike(node) || (ts.forEachChild(node, enclosed) ?? false));
  return !(ts.forEachChild(file, enclosed) ?? false);
}
