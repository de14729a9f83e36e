import {
  add, constant, I32, i32, integers, load, V128, vAdd, vAnd, vEqualIntegers, vGreater, vGreaterEqual, vMul, vNot, vOr, vSelect,
  type Func, type Local, type Value,
} from "../assembler.js"; // prettier-ignore
import { inside, LANES, type Grid } from "../grid.js";
import { whereActive } from "./relu.js";
import { place, routine, unitIndex, type Routine } from "./routine.js";

/** A window without padding that slides over feature maps; its tap number `row · columns + column` names a pixel. */
export interface Pooling {
  readonly from: Grid;
  readonly to: Grid;
  readonly window: readonly [rows: number, columns: number];
  readonly stride: readonly [y: number, x: number];
  readonly dilation: readonly [y: number, x: number];
}

/** The largest of each window, and in `index`, a grid like `to`, the tap it stood at: the first of equal ones; nan wins. */
export function maxPool(name: string, p: Pooling, index: Grid): Routine {
  return eachStop(name, p, [index], (f, from, to, [winner]) => {
    const [best, bestTap, value, larger] = f.locals(4, V128);
    eachTap(p, (tap, offset) => {
      if (tap === 0) {
        f.set(best, load(from, offset));
        f.set(bestTap, integers(0));
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
  return eachStopBack(name, window, others, (f, from, to, [winner, pooled], overlaps) => {
    const [grad, taps] = f.locals(2, V128);
    const arriving = load(to, 0);
    f.set(grad, pooled ? whereActive(arriving, load(pooled, 0)) : arriving);
    f.set(taps, load(winner, 0));
    eachTap(window, (tap, offset) => {
      const share = vAnd(grad.get, vEqualIntegers(taps.get, integers(tap)));
      f.store(from, offset, overlaps ? vAdd(load(from, offset), share) : share);
    });
  });
}

/** The mean of each window. */
export function avgPool(name: string, p: Pooling): Routine {
  return eachStop(name, p, [], (f, from, to) => {
    const sum = f.local(V128);
    eachTap(p, (tap, offset) =>
      f.set(sum, tap === 0 ? load(from, offset) : vAdd(sum.get, load(from, offset))),
    );
    f.store(to, 0, vMul(sum.get, constant(1 / (p.window[0] * p.window[1]))));
  });
}

/** Every pixel of a window hears the same share. `mask`: the values that were pooled, if they came out of a relu. */
export function avgPoolGrad(
  name: string,
  p: Pooling,
  grads: { readonly from: Grid; readonly to: Grid },
): Routine {
  const window = { ...p, from: grads.from, to: grads.to };
  return eachStopBack(name, window, [], (f, from, to, _, overlaps) => {
    const share = f.local(V128);
    f.set(share, vMul(load(to, 0), constant(1 / (p.window[0] * p.window[1]))));
    eachTap(window, (_, offset) =>
      f.store(from, offset, overlaps ? vAdd(load(from, offset), share.get) : share.get),
    );
  });
}

function eachTap({ from, window, dilation }: Pooling, body: (tap: number, offset: number) => void): void {
  for (let row = 0; row < window[0]; row++) {
    for (let column = 0; column < window[1]; column++) {
      const pixel = row * dilation[0] * from.row + column * dilation[1] * from.pixel;
      body(row * window[1] + column, 4 * pixel);
    }
  }
}

type StopBody = (f: Func, from: Value, to: Value, others: Value[], overlaps: boolean) => void;

/** Units are rows of stops. */
function eachStop(name: string, p: Pooling, others: readonly Grid[], body: StopBody): Routine {
  return routine(name, p.to.batch * p.to.height, ({ f, base, first, end }) => {
    const [unit, column, lanes] = f.locals(3, I32);
    f.for(unit, first.get, end.get, 1, () => {
      const { outer, inner } = unitIndex(unit.get, p.to.height);
      rowOfStops(f, base, p, others, outer, inner, column, lanes, (from, to, rest) =>
        body(f, from, to, rest, false),
      );
    });
  });
}

/** Units are rows of stops; where windows overlap they are samples, and a sample's gradient is cleared first. */
function eachStopBack(name: string, p: Pooling, others: readonly Grid[], body: StopBody): Routine {
  const overlaps = p.window.some((size, i) => (size - 1) * p.dilation[i] + 1 > p.stride[i]);
  if (!overlaps) return eachStop(name, p, others, body);
  return routine(name, p.to.batch, ({ f, base, first, end }) => {
    const [unit, row, column, lanes] = f.locals(4, I32);
    f.for(unit, first.get, end.get, 1, () => {
      f.clear(place(base, p.from.at, [unit.get, p.from.sample * 4]), i32(p.from.sample * 4));
      f.for(row, i32(0), i32(p.to.height), 1, () => {
        rowOfStops(f, base, p, others, unit.get, row.get, column, lanes, (from, to, rest) =>
          body(f, from, to, rest, true),
        );
      });
    });
  });
}

function rowOfStops(
  f: Func,
  base: Local,
  p: Pooling,
  others: readonly Grid[],
  sample: Value,
  row: Value,
  column: Local,
  lanes: Local,
  body: (from: Value, to: Value, others: Value[]) => void,
): void {
  const [from, to, ...rest] = f.locals(2 + others.length, I32);
  const starts = f.locals(2 + others.length, I32);
  const grids = [p.from, p.to, ...others];
  grids.forEach((grid, i) => {
    const step = i === 0 ? p.stride[0] : 1;
    f.set(starts[i], place(base, inside(grid), [sample, grid.sample * 4], [row, step * grid.row * 4]));
  });
  f.for(column, i32(0), i32(p.to.width), 1, () => {
    f.for(lanes, i32(0), i32(p.to.pixel * 4), LANES * 4, () => {
      [from, to, ...rest].forEach((cursor, i) => f.set(cursor, add(starts[i].get, lanes.get)));
      body(
        from.get,
        to.get,
        rest.map((cursor) => cursor.get),
      );
    });
    grids.forEach((grid, i) => {
      const step = i === 0 ? p.stride[1] : 1;
      f.set(starts[i], add(starts[i].get, i32(step * grid.pixel * 4)));
    });
  });
}
