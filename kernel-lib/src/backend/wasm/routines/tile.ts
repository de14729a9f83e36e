import {
  add,
  i32,
  I32,
  load,
  loadSplat,
  V128,
  vAdd,
  vFusedMultiplyAdd,
  vMul,
  type Func,
  type Local,
  type Value,
} from "../assembler.js";

/** One loop of a sum: so many terms, and how far both factors move from one to the next, in bytes. */
export interface Level {
  readonly count: number;
  readonly stepA: number;
  readonly stepB: number;
}

/** What a tile needs: shapes are known when the routine is made, so every step is a constant in its code. */
export interface Tile {
  /** Results one below the other, each with a factor of its own from `a`. */
  readonly rows: number;
  /** Results side by side, in fours; all rows share their factors from `b`. */
  readonly vectors: number;
  /** From one row's factor to the next, in bytes. */
  readonly rowStepA: number;
  /**
   * For lanes that each have factors of their own from `a` as well: from one vector's factors from `b` to the next's, in
   * bytes. They are four channels that do not meet, or four terms of a sum, which then is that of the lanes.
   */
  readonly columnStepB?: number;
  /** For a tile across several panels of `b`: the fours in one, and from one panel to the next, in bytes. */
  readonly panel?: { readonly vectors: number; readonly step: number };
  /** The sum, outermost loop first. */
  readonly levels: readonly Level[];
  /** What is added to each sum at the end: to all before the first is finished, as only neighbouring loads make a pair. */
  readonly plus?: (row: number, vector: number) => Value;
  /** Whether the machine multiplies and adds at once. */
  readonly fma: boolean;
}

/**
 * The inner loops of everything here: rows × 4·vectors sums of products that stay in registers,
 *
 *     sum[row][column] += a[row] · b[column]      for each term of the sum
 *
 * The loop is not written out several times: V8's scheduler (Node 20) would move all loads to the front and spill what it
 * had loaded, at half the speed.
 *
 * @param a      address of the first row's first factor; is moved
 * @param b      address of the first columns' factors; is moved
 * @param start  what each sum begins with
 * @param finish is given each finished sum
 */
export function emitTile(
  registers: Registers,
  tile: Tile,
  a: Local,
  b: Local,
  start: (row: number, vector: number) => Value,
  finish: (row: number, vector: number, sum: Value) => void,
): void {
  const { f, factor } = registers;
  const { rows, vectors, fma, rowStepA, columnStepB, panel = { vectors, step: 0 } } = tile;
  const sums = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: vectors }, (_, v) => registers.sum(row * vectors + v)),
  );
  const columns = Array.from({ length: vectors }, (_, v) => registers.column(v));
  sums.forEach((row, r) => row.forEach((sum, v) => f.set(sum, start(r, v))));
  emitSum(registers, merged(tile.levels), a, b, () => {
    columns.forEach((column, v) => {
      const within = v % panel.vectors;
      const start = ((v - within) / panel.vectors) * panel.step;
      f.set(column, load(b.get, start + within * (columnStepB ?? 16)));
    });
    sums.forEach((row, r) => {
      const at = r * rowStepA;
      f.set(factor, columnStepB === undefined ? loadSplat(a.get, at) : load(a.get, at));
      row.forEach((sum, v) => {
        const [x, y] = [factor.get, columns[v].get];
        f.set(sum, fma ? vFusedMultiplyAdd(x, y, sum.get) : vAdd(sum.get, vMul(x, y)));
      });
    });
  });
  const { plus } = tile;
  if (plus) sums.forEach((row, r) => row.forEach((sum, v) => f.set(sum, vAdd(plus(r, v), sum.get))));
  sums.forEach((row, r) => row.forEach((sum, v) => finish(r, v, sum.get)));
}

/** Variables that the tiles of one function share, so that a long function stays cheap to compile. */
export class Registers {
  readonly factor: Local;
  readonly #sums: Local[] = [];
  readonly #columns: Local[] = [];
  readonly #counters: Local[] = [];

  constructor(readonly f: Func) {
    this.factor = f.local(V128);
  }
  sum(i: number): Local {
    return (this.#sums[i] ??= this.f.local(V128));
  }
  column(i: number): Local {
    return (this.#columns[i] ??= this.f.local(V128));
  }
  counter(depth: number): Local {
    return (this.#counters[depth] ??= this.f.local(I32));
  }
}

/** Loops of one term fall away, and a loop whose terms go on where the inner one ended becomes one with it. */
function merged(levels: readonly Level[]): Level[] {
  const out: Level[] = [];
  for (const level of levels.filter(({ count }) => count > 1)) {
    const outer = out.at(-1);
    if (outer && outer.stepA === level.count * level.stepA && outer.stepB === level.count * level.stepB) {
      out[out.length - 1] = { ...level, count: outer.count * level.count };
    } else out.push(level);
  }
  return out.length > 0 ? out : [{ count: 1, stepA: 0, stepB: 0 }];
}

/** The loops around `term`; both addresses have moved by one step of the outermost loop's whole length at the end. */
function emitSum(registers: Registers, levels: readonly Level[], a: Local, b: Local, term: () => void): void {
  const { f } = registers;
  const [{ count, stepA, stepB }, ...inner] = levels;
  const movedA = inner.length ? inner[0].count * inner[0].stepA : 0;
  const movedB = inner.length ? inner[0].count * inner[0].stepB : 0;
  f.repeat(registers.counter(levels.length), count, () => {
    if (inner.length) emitSum(registers, inner, a, b, term);
    else term();
    if (stepA !== movedA) f.set(a, add(a.get, i32(stepA - movedA)));
    if (stepB !== movedB) f.set(b, add(b.get, i32(stepB - movedB)));
  });
}
