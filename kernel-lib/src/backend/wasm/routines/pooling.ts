import type { WindowGeometry } from "../../backend.js";
import {
  add, constant, I32, i32, integers, lessThan, load, V128, vAdd, vAnd, vEqualIntegers, vGreater, vGreaterEqual, vMul, vNot, vOr, vSelect,
  type Func, type Local, type Value,
} from "../assembler.js"; // prettier-ignore
import { inside, LANES, type Grid } from "../grid.js";
import { whereActive } from "./relu.js";
import { place, routine, unitIndex, type Frame, type Routine } from "./routine.js";
import type { Stops, Windows } from "./windows.js";

/** A window that slides over feature maps; its tap number `row · columns + column` names a pixel. */
export interface Pooling {
  readonly from: Grid;
  readonly to: Grid;
  readonly g: WindowGeometry;
  readonly windows: Windows;
}

/** The taps of one way to cut a window. */
interface Cut {
  readonly rows: Stops;
  readonly columns: Stops;
}

/** The largest of each window, and in `index`, a grid like `to`, the tap it stood at: the first of equal ones; nan wins. */
export function maxPool(name: string, p: Pooling, index: Grid): Routine {
  return eachStop(name, p, [index], (f, cut, from, to, [winner]) => {
    const [best, bestTap, value, larger] = f.locals(4, V128);
    eachTap(p, cut, (tap, offset, isFirst) => {
      if (isFirst) {
        f.set(best, load(from, offset));
        f.set(bestTap, integers(tap));
        return;
      }
      f.set(value, load(from, offset));
      // Larger, or nan where the best is a number.
      const nan = vAnd(vNot(vGreaterEqual(value.get, value.get)), vGreaterEqual(best.get, best.get));
      f.set(larger, vOr(vGreater(value.get, best.get), nan));
      f.set(best, vSelect(value.get, best.get, larger.get));
      f.set(bestTap, vSelect(integers(tap), bestTap.get, larger.get));
    });
    f.store(to, 0, best.get);
    f.store(winner, 0, bestTap.get);
  });
}

/** Only the winner hears the gradient. `mask`: the pooled values, if they came out of a relu. */
export function maxPoolGrad(
  name: string,
  p: Pooling,
  grads: { readonly from: Grid; readonly to: Grid },
  index: Grid,
  mask: Grid | undefined,
): Routine {
  const window = { ...p, from: grads.from, to: grads.to };
  const others = mask ? [index, mask] : [index];
  return eachStopBack(name, window, others, (f, cut, from, to, [winner, pooled], overlaps) => {
    const [grad, taps] = f.locals(2, V128);
    const arriving = load(to, 0);
    f.set(grad, pooled ? whereActive(arriving, load(pooled, 0)) : arriving);
    f.set(taps, load(winner, 0));
    eachTap(window, cut, (tap, offset) => {
      const share = vAnd(grad.get, vEqualIntegers(taps.get, integers(tap)));
      f.store(from, offset, overlaps ? vAdd(load(from, offset), share) : share);
    });
  });
}

/** The mean of each window. */
export function avgPool(name: string, p: Pooling): Routine {
  return eachStop(name, p, [], (f, cut, from, to) => {
    const sum = f.local(V128);
    eachTap(p, cut, (_, offset, isFirst) =>
      f.set(sum, isFirst ? load(from, offset) : vAdd(sum.get, load(from, offset))),
    );
    f.store(to, 0, vMul(sum.get, share(cut)));
  });
}

/** Every pixel of a window hears the same share. */
export function avgPoolGrad(
  name: string,
  p: Pooling,
  grads: { readonly from: Grid; readonly to: Grid },
): Routine {
  const window = { ...p, from: grads.from, to: grads.to };
  return eachStopBack(name, window, [], (f, cut, from, to, _, overlaps) => {
    const grad = f.local(V128);
    f.set(grad, vMul(load(to, 0), share(cut)));
    eachTap(window, cut, (_, offset) =>
      f.store(from, offset, overlaps ? vAdd(load(from, offset), grad.get) : grad.get),
    );
  });
}

/** Of one pixel in an average. */
const share = ({ rows, columns }: Cut): Value => constant(1 / (rows.counted * columns.counted));

/** Each tap on the image: its number, and how far it is from the first of them, in bytes. */
function eachTap(
  { from, g }: Pooling,
  { rows, columns }: Cut,
  body: (tap: number, offset: number, isFirst: boolean) => void,
): void {
  for (let row = 0; row < rows.taps; row++) {
    for (let column = 0; column < columns.taps; column++) {
      const tap = (rows.tap + row) * g.kernelWidth + columns.tap + column;
      const pixel = row * g.dilationY * from.row + column * g.dilationX * from.pixel;
      body(tap, 4 * pixel, row + column === 0);
    }
  }
}

/** Given the addresses of a window's first tap on the image, and of its stop in the other grids. */
type StopBody = (f: Func, cut: Cut, from: Value, to: Value, others: Value[], overlaps: boolean) => void;

/** Units are rows of stops. */
function eachStop(name: string, p: Pooling, others: readonly Grid[], body: StopBody): Routine {
  const about = { units: p.to.batch * p.to.height, grids: [p.from, p.to, ...others], bySample: true };
  return routine(name, about, ({ f, first, end, of }) => {
    const [unit, column, lanes] = f.locals(3, I32);
    f.for(unit, first.get, end.get, 1, () => {
      const { outer, inner } = unitIndex(unit.get, p.to.height);
      const among = ([rows, ...rest]: readonly Stops[]): void => {
        const write = (): void =>
          rowOfStops(f, of, p, others, rows, outer, inner, column, lanes, (cut, from, to, others) =>
            body(f, cut, from, to, others, false),
          );
        if (rest.length === 0) write();
        else f.if(lessThan(inner, i32(rows.end)), write, () => among(rest));
      };
      among(p.windows.rows);
    });
  });
}

/** Units are rows of stops; where windows overlap they are samples, and a sample's gradient is cleared first. */
function eachStopBack(name: string, p: Pooling, others: readonly Grid[], body: StopBody): Routine {
  const { g } = p;
  const overlaps =
    (g.kernelHeight - 1) * g.dilationY + 1 > g.strideY || (g.kernelWidth - 1) * g.dilationX + 1 > g.strideX;
  if (!overlaps) return eachStop(name, p, others, body);
  const about = { units: p.to.batch, grids: [p.from, p.to, ...others], bySample: true };
  return routine(name, about, ({ f, first, end, of }) => {
    const [unit, row, column, lanes] = f.locals(4, I32);
    f.for(unit, first.get, end.get, 1, () => {
      f.clear(place(of(p.from), p.from.at, [unit.get, p.from.sample * 4]), i32(p.from.sample * 4));
      for (const rows of p.windows.rows) {
        f.for(row, i32(rows.first), i32(rows.end), 1, () =>
          rowOfStops(f, of, p, others, rows, unit.get, row.get, column, lanes, (cut, from, to, others) =>
            body(f, cut, from, to, others, true),
          ),
        );
      }
    });
  });
}

function rowOfStops(
  f: Func,
  of: Frame["of"],
  p: Pooling,
  others: readonly Grid[],
  rows: Stops,
  sample: Value,
  row: Value,
  column: Local,
  lanes: Local,
  body: (cut: Cut, from: Value, to: Value, others: Value[]) => void,
): void {
  const { g } = p;
  const cursors = f.locals(2 + others.length, I32);
  const starts = f.locals(2 + others.length, I32);
  const grids = [p.from, p.to, ...others];
  grids.forEach((grid, i) => {
    const [step, top] = i === 0 ? [g.strideY, rows.tap * g.dilationY - g.padTop] : [1, 0];
    const at = inside(grid) + 4 * top * grid.row;
    f.set(starts[i], place(of(grid), at, [sample, grid.sample * 4], [row, step * grid.row * 4]));
  });
  let left = 0; // from the stop's own pixel to the first tap on the image
  for (const columns of p.windows.columns) {
    const moved = columns.tap * g.dilationX - g.padLeft - left;
    left += moved;
    if (moved !== 0) f.set(starts[0], add(starts[0].get, i32(4 * moved * p.from.pixel)));
    f.for(column, i32(columns.first), i32(columns.end), 1, () => {
      f.for(lanes, i32(0), i32(p.to.pixel * 4), LANES * 4, () => {
        cursors.forEach((cursor, i) => f.set(cursor, add(starts[i].get, lanes.get)));
        const [from, to, ...rest] = cursors.map((cursor) => cursor.get);
        body({ rows, columns }, from, to, rest);
      });
      grids.forEach((grid, i) => {
        const step = i === 0 ? g.strideX : 1;
        f.set(starts[i], add(starts[i].get, i32(step * grid.pixel * 4)));
      });
    });
  }
}
