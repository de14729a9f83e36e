/**
 * TypeScript as coloured HTML. TypeScript's own parser tells strings from templates from regular expressions, so
 * no second grammar is needed; what does not parse is coloured as far as it goes.
 */
import ts from "typescript";
import { escapeHtml } from "./html.mjs";

/** @param {string} code @returns {string} spans of class hl-keyword, hl-string, hl-number, hl-comment, hl-call, hl-type */
export function highlightTypeScript(code) {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  let html = "";
  let position = 0;
  /** @param {number} to */
  const skip = (to) => {
    // Between two tokens stand spaces and comments.
    for (const part of code.slice(position, to).split(/(\s+(?=\/[/*])|(?<=\*\/)\s+|\n\s*)/)) {
      html += part.trim() === "" ? part : `<span class="hl-comment">${escapeHtml(part)}</span>`;
    }
    position = to;
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return;
    const children = node.getChildren(file);
    if (children.length > 0) return children.forEach(visit);
    const start = node.getStart(file);
    if (node.end <= start || start < position) return;
    skip(start);
    const kind = kindOf(node);
    const text = escapeHtml(code.slice(start, node.end));
    html += kind ? `<span class="hl-${kind}">${text}</span>` : text;
    position = node.end;
  };
  visit(file);
  skip(code.length);
  return html;
}

/** @param {ts.Node} node a token @returns {string | undefined} */
function kindOf(node) {
  const { kind, parent } = node;
  if (kind >= ts.SyntaxKind.FirstKeyword && kind <= ts.SyntaxKind.LastKeyword) return "keyword";
  if (kind === ts.SyntaxKind.NumericLiteral || kind === ts.SyntaxKind.BigIntLiteral) return "number";
  if (ts.isStringLiteral(node) || ts.isRegularExpressionLiteral(node)) return "string";
  if (kind >= ts.SyntaxKind.FirstTemplateToken && kind <= ts.SyntaxKind.LastTemplateToken) return "string";
  if (!ts.isIdentifier(node)) return undefined;
  if (
    ts.isTypeReferenceNode(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isInterfaceDeclaration(parent)
  ) {
    return "type";
  }
  if (ts.isNewExpression(parent) || ts.isClassDeclaration(parent)) return "type";
  if (ts.isFunctionDeclaration(parent) || ts.isMethodDeclaration(parent))
    return parent.name === node ? "call" : undefined;
  const callee = ts.isPropertyAccessExpression(parent) && parent.name === node ? parent : node;
  return ts.isCallExpression(callee.parent) && callee.parent.expression === callee ? "call" : undefined;
}
