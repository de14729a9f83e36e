/**
 * What the code of a lesson may not do, because a notebook is more than one file: each cell is compiled by itself
 * on stock tslab, in a fresh kernel, in student form and solved.
 */
import ts from "typescript";
import { SourceError } from "./source.mjs";
import { findSolutions, isTopLevel, solvedForm, studentForm } from "./solution.mjs";

/** @typedef {import("./source.mjs").Source} Source */
/** @typedef {import("./source.mjs").SourceCode} SourceCode */
/** @typedef {(node: ts.Node, problem: string) => void} Report */

/**
 * Check every code cell.
 * @param {Source} source
 * @throws {SourceError}
 */
export function checkRules(source) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Map<string, string>} */
  const declaredIn = new Map();
  for (const cell of source.cells) {
    if (cell.kind !== "code") continue;
    const reportLine = (/** @type {number} */ line, /** @type {string} */ problem) => {
      problems.push(`${source.file}:${cell.codeLine + line}: cell "${cell.id}": ${problem}`);
    };
    const broken = syntaxProblem(cell.code);
    if (broken) {
      reportLine(broken.line, `expected a cell that is complete by itself, got: ${broken.message}`);
      continue;
    }
    const file = parse(cell.code);
    /** @type {Report} */
    const report = (node, problem) =>
      reportLine(file.getLineAndCharacterOfPosition(node.getStart(file)).line, problem);
    for (const statement of file.statements) checkStatement(statement, report);
    checkEverywhere(file, report);
    for (const [name, node] of topLevelNames(file)) {
      const earlier = declaredIn.get(name);
      if (earlier !== undefined && earlier !== cell.id) {
        report(
          node,
          `expected a new name, got ${name} of cell "${earlier}"; rename it, or wrap the cell in a { block }`,
        );
      }
      declaredIn.set(name, cell.id);
    }
    checkSolutions(cell, reportLine);
  }
  if (problems.length > 0) throw new SourceError(problems);
}

/** @param {ts.Statement} statement @param {Report} report */
function checkStatement(statement, report) {
  if (ts.isIterationStatement(statement, true)) {
    report(
      statement,
      "expected no loop at the top level of a cell, where tslab runs it about 100 times slower; " +
        "put it in a function or a { block }",
    );
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    modifiers.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
  ) {
    report(statement, "expected no export, a later cell sees every name anyway; drop the word");
  }
}

/** @param {ts.SourceFile} file @param {Report} report */
function checkEverywhere(file, report) {
  /** @param {ts.Node} node */
  const visit = (node) => {
    // TypeScript reads it either way, by whether the cell happens to hold an import.
    const awaited = ts.isAwaitExpression(node) && file.text.startsWith("(", node.expression.getStart(file));
    const called = ts.isCallExpression(node) && node.expression.getText(file) === "await";
    if (awaited || called) {
      report(
        node,
        "expected await without a parenthesis, tslab reads await (…) as a call; name the value first",
      );
    }
    const from =
      (ts.isImportDeclaration(node) && node.moduleSpecifier) ||
      (ts.isCallExpression(node) &&
        node.expression.kind === ts.SyntaxKind.ImportKeyword &&
        node.arguments[0]);
    if (from && ts.isStringLiteral(from) && from.text.endsWith(".ts")) {
      report(from, `expected an import without the ending .ts, got "${from.text}"; drop the ending`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** @param {SourceCode} cell @param {(line: number, problem: string) => void} report */
function checkSolutions(cell, report) {
  const { code } = cell;
  let paired = true;
  const regions = findSolutions(code, (line, problem) => {
    paired = false;
    report(line, problem);
  });
  if (!paired) return;
  const tagged = cell.tags.includes("exercise");
  if (regions.length > 0 && !tagged) {
    report(regions[0].begin, `expected tags=["exercise"] on a cell with a solution, got none; add the tag`);
  }
  if (regions.length === 0 && tagged) {
    report(
      0,
      "expected a solution between // BEGIN SOLUTION and // END SOLUTION in an exercise, got none; add it",
    );
  }
  if (regions.length === 0) return;

  const student = studentForm(code);
  const broken = syntaxProblem(student);
  if (broken) {
    report(
      regions[0].begin,
      `expected a student form that parses, got: ${broken.message}; write a // STUB: line`,
    );
    return;
  }
  const kept = new Set(topLevelNames(parse(student)).map(([name]) => name));
  for (const [name] of topLevelNames(parse(solvedForm(code)))) {
    if (kept.has(name)) continue;
    report(
      regions[0].begin,
      `expected ${name} in the student form too, since later cells can use it, got a stub without it; ` +
        `declare it above the solution or in a // STUB: line`,
    );
  }
  for (const region of regions) {
    if (region.stub < region.begin || !isTopLevel(code, region) || cell.tags.includes("raises-exception"))
      continue;
    report(
      region.begin,
      "expected a stub that lets Run All go on, got todo() at the top level; put the solution in a function, " +
        'write a // STUB: line, or add the tag "raises-exception"',
    );
  }
}

/** @param {string} code */
function parse(code) {
  return ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ES2022, true);
}

/** @param {string} code @returns {{ line: number, message: string } | undefined} */
function syntaxProblem(code) {
  const { diagnostics = [] } = ts.transpileModule(code, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const first = diagnostics.find((d) => d.category === ts.DiagnosticCategory.Error);
  if (!first) return undefined;
  const line = parse(code).getLineAndCharacterOfPosition(first.start ?? 0).line;
  return { line, message: ts.flattenDiagnosticMessageText(first.messageText, " ") };
}

/** @param {ts.SourceFile} file @returns {[string, ts.Node][]} */
function topLevelNames(file) {
  /** @type {[string, ts.Node][]} */
  const names = [];
  /** @param {ts.BindingName} name */
  const bind = (name) => {
    if (ts.isIdentifier(name)) names.push([name.text, name]);
    else name.elements.forEach((element) => ts.isBindingElement(element) && bind(element.name));
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement))
      statement.declarationList.declarations.forEach((d) => bind(d.name));
    else if (ts.isImportDeclaration(statement)) {
      const clause = statement.importClause;
      if (clause?.name) bind(clause.name);
      const named = clause?.namedBindings;
      if (named && ts.isNamespaceImport(named)) bind(named.name);
      else if (named) named.elements.forEach((element) => bind(element.name));
    } else if (
      (ts.isFunctionDeclaration(statement) ||
        ts.isClassDeclaration(statement) ||
        ts.isEnumDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement)) &&
      statement.name
    ) {
      bind(statement.name);
    }
  }
  return names;
}
