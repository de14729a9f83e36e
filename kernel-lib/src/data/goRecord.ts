import type { SgfNode } from "./sgf.js";

/*
 * What the properties of a game record mean in Go. A point is two letters, column and row from the upper left corner,
 * a to z for the first 26 and A to Z for the next; moves are B and W, stones put on the board AB and AW, points made
 * empty AE. An empty point is a pass, and so is tt on boards up to 19 × 19.
 * Source: FF[4] by Arno Hollosi (red-bean.com/sgf), "Go (GM[1]) specific properties".
 */

/** A stone of a Go record, or a pass. */
export interface SgfPlay {
  /** Whose; "empty" for a point that setup clears. */
  color: "black" | "white" | "empty";
  /** Row and column from the upper left corner, from 0; `null` for a pass. */
  point: [row: number, column: number] | null;
  /** Whether it was put there without being played (handicap stones, problems): nothing is captured then. */
  setup: boolean;
}

/** The largest board that points can name. */
const LARGEST = 52;

const COLORS = { B: "black", W: "white", AB: "black", AW: "white", AE: "empty" } as const;

type Refuse = (node: SgfNode, expected: string, got: string) => SyntaxError;

/** Rows and columns that SZ gives: `9`, or `columns:rows`. */
export function sizeOf(root: SgfNode, refuse: Refuse): [rows: number, columns: number] {
  const text = root.properties.SZ?.[0] ?? "19";
  const [columns, rows = columns] = /^\d+(:\d+)?$/.test(text.trim()) ? text.split(":").map(Number) : [0];
  if (![rows, columns].every((size) => size >= 1 && size <= LARGEST)) {
    throw refuse(root, `a board size SZ from 1 to ${LARGEST}`, JSON.stringify(text.slice(0, 20)));
  }
  return [rows, columns];
}

/**
 * Stones of the main line in order: in each position first what is set up, then the move.
 * Setup is taken from the budget that a whole file has.
 */
export function playsOf(
  root: SgfNode,
  size: readonly [number, number],
  budget: { setup: number },
  refuse: Refuse,
): SgfPlay[] {
  const plays: SgfPlay[] = [];
  if ((root.properties.GM?.[0] ?? "1").trim() !== "1") return plays;
  for (let node: SgfNode | undefined = root; node; node = node.children[0]) {
    const here = node;
    const point = (text: string): [number, number] => {
      const [column, row] = [...text].map(letterValue);
      if (text.length !== 2 || !(row < size[0] && column < size[1])) {
        const board = `a point of two letters on a board of ${size[0]} × ${size[1]}`;
        throw refuse(here, board, JSON.stringify(text.slice(0, 20)));
      }
      return [row, column];
    };
    for (const key of ["AB", "AW", "AE"] as const) {
      for (const text of here.properties[key] ?? []) {
        const points = rectangle(text, point);
        budget.setup -= points.length;
        if (budget.setup < 0) throw refuse(here, "at most 1,000,000 stones of setup in a file", "more");
        for (const each of points) plays.push({ color: COLORS[key], point: each, setup: true });
      }
    }
    for (const key of ["B", "W"] as const) {
      const values = here.properties[key] ?? [];
      if (values.length > 1) throw refuse(here, `one point for ${key}`, String(values.length));
      for (const text of values) {
        const pass = text === "" || (text === "tt" && Math.max(...size) <= 19);
        plays.push({ color: COLORS[key], point: pass ? null : point(text), setup: false });
      }
    }
  }
  return plays;
}

/** `aa:cc` stands for all points between two corners, `aa` for itself. */
function rectangle(text: string, point: (text: string) => [number, number]): [number, number][] {
  const cut = text.includes(":") ? text.indexOf(":") : text.length;
  const a = point(text.slice(0, cut));
  const b = cut < text.length ? point(text.slice(cut + 1)) : a; // a third corner makes this one no point
  const points: [number, number][] = [];
  for (let row = Math.min(a[0], b[0]); row <= Math.max(a[0], b[0]); row++) {
    for (let column = Math.min(a[1], b[1]); column <= Math.max(a[1], b[1]); column++) {
      points.push([row, column]);
    }
  }
  return points;
}

/** a … z are 0 … 25, A … Z are 26 … 51. */
function letterValue(letter: string): number {
  if (letter >= "a" && letter <= "z") return letter.charCodeAt(0) - 97;
  return letter >= "A" && letter <= "Z" ? letter.charCodeAt(0) - 39 : NaN;
}
