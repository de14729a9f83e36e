import { add, Func, I32, i32, load, loadF32, mul, sub, V128, vShuffle, type Local, type Value } from "../assembler.js"; // prettier-ignore
import { LANES } from "../grid.js";
import type { Routine } from "./routine.js";

/*
 * A matrix from one place to another. Both routines are called with the addresses of its first value, there and then,
 * its rows and columns, and how far rows are apart, there and then, in bytes.
 */

/** As it is: a row stays a row. */
export function moveRows(): Routine {
  const f = new Func();
  const [from, to, rows, columns, fromStep, toStep] = Array.from({ length: 6 }, () => f.param(I32));
  const [row, column, rest, end] = f.locals(4, I32);
  f.set(end, mul(columns.get, i32(4)));
  f.for(row, i32(0), rows.get, 1, () => {
    const at = (matrix: Local, place: Local): Value => add(matrix.get, place.get);
    f.for(column, i32(0), lastFour(end), 4 * LANES, () => f.store(at(to, column), 0, load(at(from, column))));
    f.for(rest, column.get, end.get, 4, () => f.storeF32(at(to, rest), 0, loadF32(at(from, rest))));
    move(f, from, fromStep.get);
    move(f, to, toStep.get);
  });
  return { name: "moveRows", func: f, units: 1, grids: [] };
}

/** Transposed: a row becomes a column. Four rows at a time, so that what is written lies side by side as well. */
export function moveTurned(): Routine {
  const f = new Func();
  const [from, to, rows, columns, fromStep, toStep] = Array.from({ length: 6 }, () => f.param(I32));
  const [row, lastRows, column, rest, source, target, end] = f.locals(7, I32);
  const lines = f.locals(LANES, V128);
  const halves = f.locals(LANES, V128);

  const square = (): void => {
    f.set(source, add(from.get, column.get));
    for (const line of lines) {
      f.set(line, load(source.get));
      move(f, source, fromStep.get);
    }
    const [a, b, c, d] = lines.map((line) => line.get);
    f.set(halves[0], vShuffle(a, b, [0, 4, 1, 5]));
    f.set(halves[1], vShuffle(c, d, [0, 4, 1, 5]));
    f.set(halves[2], vShuffle(a, b, [2, 6, 3, 7]));
    f.set(halves[3], vShuffle(c, d, [2, 6, 3, 7]));
    for (const i of [0, 2]) {
      for (const picked of [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
      ]) {
        // prettier-ignore
        f.store(target.get, 0, vShuffle(halves[i].get, halves[i + 1].get, picked));
        move(f, target, toStep.get);
      }
    }
  };
  const single = (count: number): void => {
    f.set(source, add(from.get, rest.get));
    for (let i = 0; i < count; i++) {
      f.storeF32(target.get, 4 * i, loadF32(source.get));
      move(f, source, fromStep.get);
    }
    move(f, target, toStep.get);
  };
  const nextRows = (count: number): void => {
    move(f, from, mul(fromStep.get, i32(count)));
    move(f, to, i32(4 * count));
  };

  f.set(end, mul(columns.get, i32(4)));
  f.for(row, i32(0), sub(rows.get, i32(LANES - 1)), LANES, () => {
    f.set(target, to.get);
    f.for(column, i32(0), lastFour(end), 4 * LANES, square);
    f.for(rest, column.get, end.get, 4, () => single(LANES));
    nextRows(LANES);
  });
  f.for(lastRows, row.get, rows.get, 1, () => {
    f.set(target, to.get);
    f.for(rest, i32(0), end.get, 4, () => single(1));
    nextRows(1);
  });
  return { name: "moveTurned", func: f, units: 1, grids: [] };
}

/** Where the last four columns start, and one byte more: up to here there are four. */
function lastFour(end: Local): Value {
  return sub(end.get, i32(4 * (LANES - 1)));
}

function move(f: Func, cursor: Local, bytes: Value): void {
  f.set(cursor, add(cursor.get, bytes));
}
