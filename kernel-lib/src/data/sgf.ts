import { rangeError } from "../tensor/errors.js";
import { playsOf, sizeOf, type SgfPlay } from "./goRecord.js";
import { latin1Bytes, latin1Text } from "../system/bytes.js";
import { damaged, decoded, openText, save, type Source } from "./source.js";

/*
 * SGF, the Smart Game Format, as game records of Go have it: "(" opens a variation, ";" a node, and a node has
 * properties, each a name in capitals with one or more values in brackets.
 *   (;FF[4]SZ[9];B[ee](;W[ce])(;W[gc]))
 * A backslash takes the next character as it is, and takes away a line break. CA names the encoding of the file.
 * Source: FF[4] by Arno Hollosi (red-bean.com/sgf).
 */

/** A position in a game record: what was noted there, and how it goes on. */
export interface SgfNode {
  /** Values by property: `{ B: ["ee"], C: ["A comment"] }`. */
  properties: Record<string, string[]>;
  /** What follows; the first is the main line, the others are variations. */
  children: SgfNode[];
}

/** A game of a record. */
export interface SgfGame {
  /** The first node, with what holds for the whole game: SZ size, KM komi, PB and PW the players, RE the result. */
  root: SgfNode;
  /** Rows and columns of the board; 19 each unless SZ says otherwise. */
  size: [rows: number, columns: number];
  /** The stones of the main line in order; empty if the record is of another game than Go. */
  plays: SgfPlay[];
}

/** Deeper than any record of a game, and shallow enough for those who walk a tree by recursion. */
const DEEPEST = 5000;
/** Positions and properties in a whole file. Each takes two or three bytes there, and a hundred times as many in memory. */
const MOST_PARTS = 2_000_000;
/** Stones put on boards in a whole file. Seven bytes can name 2,704 of them, so their number needs a bound. */
const MOST_SETUP = 1_000_000;

/**
 * Read the games of an SGF file (FF[4] and older), with all variations.
 *
 * @param source path or bytes; values are in the encoding that CA names; without one in UTF-8, or else in Latin-1
 * @returns the games, each with its tree and the plays of its main line
 * @throws {SyntaxError} with the byte offset, if brackets do not match, a node or a value is missing, a point lies
 *         outside the board, a game has more than 5,000 positions in a row, or a file has too many
 */
export function readSgf(source: Source): SgfGame[] {
  const { bytes, name } = openText("readSgf", source);
  const { text, placeOf } = textOfGames(bytes);
  const fail = (at: number, expected: string, got: string): SyntaxError =>
    damaged("readSgf", name, placeOf(at), expected, got);
  const places = new Map<SgfNode, number>();
  const roots = parseTrees(text, places, fail);
  const budget = { setup: MOST_SETUP };
  return roots.map((root) => {
    const refuse = (node: SgfNode, expected: string, got: string): SyntaxError =>
      fail(places.get(node)!, expected, got);
    const size = sizeOf(root, refuse);
    return { root, size, plays: playsOf(root, size, budget, refuse) };
  });
}

/** The text of a file, and for a place in it the byte in the file where that character begins. */
function textOfGames(bytes: Uint8Array): { text: string; placeOf(at: number): number } {
  const encoding = encodingOf(bytes);
  const textOf = (end: number): string =>
    new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes.subarray(0, end), {
      stream: end < bytes.length,
    });
  const placeOf = (at: number): number => {
    let [few, enough] = [-1, bytes.length]; // bytes that make fewer than `at` characters, and so many
    while (enough - few > 1) {
      const middle = (few + enough) >>> 1;
      if (textOf(middle).length < at) few = middle;
      else enough = middle;
    }
    return enough;
  };
  return { text: textOf(bytes.length), placeOf };
}

/** What CA names, if brackets are brackets in it; else UTF-8 if the bytes are that, and Latin-1, FF[4]'s own, if not. */
function encodingOf(bytes: Uint8Array): string {
  const named = /[;\]\s]CA\s*\[\s*([\w.:-]+)\s*\]/.exec(latin1Text(bytes))?.[1];
  if (named && decoded(named, latin1Bytes("(;CA[")) === "(;CA[") return named;
  return decoded("utf-8", bytes) === undefined ? "latin1" : "utf-8";
}

/** What stands at a place, for an error. */
const shown = (text: string, at: number): string =>
  at < text.length ? JSON.stringify(text[at]) : "the end of the file";

function parseTrees(
  text: string,
  places: Map<SgfNode, number>,
  fail: (offset: number, expected: string, got: string) => SyntaxError,
): SgfNode[] {
  const roots: SgfNode[] = [];
  const branches: { parent: SgfNode | undefined; depth: number }[] = []; // where each open "(" began
  let node: SgfNode | undefined; // the last one; what comes next hangs on it
  let [depth, parts] = [0, 0];
  let at = text.indexOf("("); // some programs put a letterhead in front
  if (at < 0) throw fail(text.length, 'a game that starts with "("', "none");
  while ((at = skipSpace(text, at)) < text.length) {
    const sign = text[at];
    if (sign === "(") {
      const next = skipSpace(text, at + 1);
      if (text[next] !== ";") throw fail(next, 'a node, ";", behind "("', shown(text, next));
      branches.push({ parent: node, depth });
      at++;
    } else if (sign === ")") {
      const last = branches.pop();
      if (!last) throw fail(at, 'as many "(" as ")"', "one more");
      ({ parent: node, depth } = last);
      at++;
    } else if (sign === ";" && branches.length > 0) {
      const child: SgfNode = { properties: {}, children: [] };
      if (++depth > DEEPEST) throw fail(at, `at most ${DEEPEST} positions in a row`, "more");
      (node ? node.children : roots).push(child);
      places.set(child, at);
      node = child;
      at = parseProperties(text, at + 1, child, fail);
      parts += 1 + Object.keys(child.properties).length;
      if (parts > MOST_PARTS)
        throw fail(at, `at most ${MOST_PARTS} positions and properties in a file`, "more");
    } else if (branches.length > 0) throw fail(at, '"(", ")" or ";"', shown(text, at));
    else if ((at = text.indexOf("(", at)) < 0) break; // words between two games or behind the last
  }
  if (branches.length > 0) throw fail(text.length, `${branches.length} more ")"`, "the end of the file");
  return roots;
}

function parseProperties(
  text: string,
  start: number,
  node: SgfNode,
  fail: (offset: number, expected: string, got: string) => SyntaxError,
): number {
  let at = skipSpace(text, start);
  while (/[A-Za-z]/.test(text[at] ?? "")) {
    let end = at;
    while (/[A-Za-z0-9]/.test(text[end] ?? "")) end++;
    const key = text.slice(at, end).replace(/[a-z]/g, ""); // before FF[4], "Black" was a long way to write "B"
    if (!/^[A-Z]/.test(key))
      throw fail(at, "a property in capitals", JSON.stringify(text.slice(at, at + 20)));
    at = skipSpace(text, end);
    if (text[at] !== "[") throw fail(at, `a value in brackets for ${key.slice(0, 20)}`, shown(text, at));
    const values = (node.properties[key] ??= []);
    while (text[at] === "[") {
      const close = closingBracket(text, at);
      if (close < 0) throw fail(at, 'a "]" for this "["', "the end of the file");
      values.push(unescaped(text.slice(at + 1, close)));
      at = skipSpace(text, close + 1);
    }
  }
  return at;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

function closingBracket(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "]") return i;
  }
  return -1;
}

function unescaped(raw: string): string {
  return raw.replace(/\\(\r\n|\n\r|[^])/g, (_, next: string) => (/^[\r\n]/.test(next) ? "" : next));
}

/**
 * Write games as an SGF file, with all variations. What `readSgf` gave comes back the same, but for CA:
 * it names the encoding, which is UTF-8 here.
 *
 * @param games the trees; `size` and `plays` are not needed, for they stand in the properties
 * @param path  where to write, or nothing to get the bytes only
 * @returns the bytes (UTF-8)
 * @throws {RangeError} for a property whose name is not in capitals, or that has no value
 */
export function writeSgf(games: readonly { root: SgfNode }[], path?: string): Uint8Array {
  const parts: string[] = [];
  for (const { root } of games) {
    const waiting: (SgfNode | string)[] = [")\n", root, "("];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (typeof next === "string") {
        parts.push(next);
        continue;
      }
      parts.push(
        ";",
        ...Object.entries(next.properties).map(([key, values]) =>
          propertyText(key, key === "CA" ? ["UTF-8"] : values),
        ),
      );
      if (next.children.length === 1) waiting.push(next.children[0]);
      else for (const child of [...next.children].reverse()) waiting.push(")", child, "(");
    }
  }
  return save(new TextEncoder().encode(parts.join("")), path);
}

function propertyText(key: string, values: readonly string[]): string {
  if (!/^[A-Z][A-Z0-9]*$/.test(key))
    throw rangeError("writeSgf", "properties in capitals", JSON.stringify(key));
  if (values.length === 0) throw rangeError("writeSgf", `at least one value for ${key}`, "none");
  return key + values.map((value) => `[${value.replace(/[\\\]]/g, "\\$&")}]`).join("");
}
