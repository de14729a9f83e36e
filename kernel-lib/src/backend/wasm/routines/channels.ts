import { add, constant, I32, i32, load, V128, vAdd, vGreater, vMul, vSelect, vSub, type Func, type Local, type Value } from "../assembler.js"; // prettier-ignore
import { inside, LANES, type Grid } from "../grid.js";
import { positivePart, whereActive } from "./relu.js";
import { place, routine, unitIndex, type Routine } from "./routine.js";

/*
 * What goes channel by channel over all pixels. A sum is taken row by row, then over a sample's rows, and written down
 * for each sample (N, pixel), so that it does not depend on the number of threads; the caller adds up the samples in
 * float64.
 */

/** Sums over each sample's pixels of what `term` makes of them. */
function sums(
  name: string,
  grids: readonly Grid[],
  to: readonly number[],
  constants: readonly number[],
  terms: (values: Value[], perChannel: Value[]) => Value[],
): Routine {
  const { batch, height, width, pixel } = grids[0];
  const fours = pixel % (2 * LANES) === 0 ? 2 : 1; // side by side, while all sums stay in registers
  return routine(name, { units: batch, grids, bySample: true }, ({ f, base, first, end, of }) => {
    const [unit, row, column, lanes, target] = f.locals(5, I32);
    const [starts, cursors] = [f.locals(grids.length, I32), f.locals(grids.length, I32)];
    const values = f.locals(grids.length, V128);
    const each = Array.from({ length: fours }, (_, i) => ({
      offset: 16 * i,
      perChannel: f.locals(constants.length, V128),
      rowSums: f.locals(to.length, V128),
    }));
    f.for(unit, first.get, end.get, 1, () => {
      to.forEach((at) => f.clear(place(base, at, [unit.get, pixel * 4]), i32(pixel * 4)));
      f.for(row, i32(0), i32(height), 1, () => {
        // A row at a time for all channels, so that it is read from afar once.
        grids.forEach((grid, i) =>
          f.set(
            starts[i],
            place(of(grid), inside(grid), [unit.get, grid.sample * 4], [row.get, grid.row * 4]),
          ),
        );
        f.for(lanes, i32(0), i32(pixel * 4), fours * LANES * 4, () => {
          for (const { offset, perChannel, rowSums } of each) {
            constants.forEach((at, i) => f.set(perChannel[i], load(add(base.get, lanes.get), at + offset)));
            rowSums.forEach((sum) => f.set(sum, constant(0)));
          }
          grids.forEach((_, i) => f.set(cursors[i], add(starts[i].get, lanes.get)));
          f.for(column, i32(0), i32(width), 1, () => {
            for (const { offset, perChannel, rowSums } of each) {
              cursors.forEach((cursor, i) => f.set(values[i], load(cursor.get, offset)));
              const found = terms(
                values.map((value) => value.get),
                perChannel.map((value) => value.get),
              );
              found.forEach((term, i) => f.set(rowSums[i], vAdd(rowSums[i].get, term)));
            }
            grids.forEach((grid, i) => f.set(cursors[i], add(cursors[i].get, i32(grid.pixel * 4))));
          });
          for (const { offset, rowSums } of each) {
            to.forEach((at, i) => {
              f.set(target, add(place(base, at, [unit.get, pixel * 4]), lanes.get));
              f.store(target.get, offset, vAdd(load(target.get, offset), rowSums[i].get));
            });
          }
        });
      });
    });
  });
}

/** The sum of each channel: the gradient of a bias. */
export function channelSums(name: string, grid: Grid, to: number): Routine {
  return sums(name, [grid], [to], [], ([x]) => [x]);
}

/** Sums of x − shift and of its square: mean and variance, without the cancellation that large means would bring. */
export function channelMoments(name: string, x: Grid, shift: number, to: readonly [number, number]): Routine {
  return sums(name, [x], to, [shift], ([value], [origin]) => {
    const centred = vSub(value, origin);
    return [centred, vMul(centred, centred)];
  });
}

/** Sums of the gradient and of gradient · (x − mean). */
export function channelGradMoments(
  name: string,
  grad: Grid,
  x: Grid,
  mean: number,
  to: readonly [number, number],
): Routine {
  return sums(name, [grad, x], to, [mean], ([g, value], [centre]) => [g, vMul(g, vSub(value, centre))]);
}

/** x · scale + shift, with relu if wanted. */
export function rescale(
  name: string,
  x: Grid,
  to: Grid,
  scale: number,
  shift: number,
  relu: boolean,
): Routine {
  return eachPixel(name, [x], to, [scale, shift], ([value], [factor, offset]) => {
    const out = vAdd(vMul(value, factor), offset);
    return relu ? positivePart(out) : out;
  });
}

/** grad · a + x · b + c, kept where `mask` is positive: how batch norm hands its gradient on. */
export function rescaleGrad(
  name: string,
  grad: Grid,
  x: Grid,
  to: Grid,
  coefficients: readonly [number, number, number],
  mask: boolean,
): Routine {
  return eachPixel(name, [grad, x], to, coefficients, ([g, value], [a, b, c]) => {
    const out = vAdd(vAdd(vMul(g, a), vMul(value, b)), c);
    return mask ? whereActive(out, value) : out;
  });
}

/** The positive part. */
export function relu(name: string, x: Grid, to: Grid): Routine {
  return eachPixel(name, [x], to, [], ([value]) => positivePart(value));
}

/** The gradient where `x` is positive. */
export function reluGrad(name: string, grad: Grid, x: Grid, to: Grid): Routine {
  return eachPixel(name, [grad, x], to, [], ([g, value]) => whereActive(g, value));
}

/** What is negative times `slope`; nan stays. */
export function leakyRelu(name: string, x: Grid, slope: number, to: Grid): Routine {
  return eachPixel(name, [x], to, [], ([value]) =>
    vSelect(value, vMul(value, constant(slope)), vGreater(value, constant(0))),
  );
}

/** The gradient, times `slope` where `x` is not positive. */
export function leakyReluGrad(name: string, grad: Grid, x: Grid, slope: number, to: Grid): Routine {
  return eachPixel(name, [grad, x], to, [], ([g, value]) =>
    vSelect(g, vMul(g, constant(slope)), vGreater(value, constant(0))),
  );
}

/** What `compute` makes of each value; and of several. */
export function each(
  name: string,
  grids: readonly Grid[],
  to: Grid,
  compute: (f: Func, ...values: Value[]) => Value,
): Routine {
  return eachPixel(name, grids, to, [], (values, _, f) => compute(f, ...values));
}

/** The same values. */
export function copy(name: string, x: Grid, to: Grid): Routine {
  return eachPixel(name, [x], to, [], ([value]) => value);
}

/** Value plus value, with relu if wanted. */
export function sum(name: string, grids: readonly Grid[], to: Grid, relu: boolean): Routine {
  return eachPixel(name, grids, to, [], (values) => {
    const out = values.reduce((total, value) => vAdd(total, value));
    return relu ? positivePart(out) : out;
  });
}

/** Value times value. */
export function multiply(name: string, x: Grid, factors: Grid, to: Grid): Routine {
  return eachPixel(name, [x, factors], to, [], ([value, factor]) => vMul(value, factor));
}

/** One value for each value; units are rows. */
function eachPixel(
  name: string,
  grids: readonly Grid[],
  to: Grid,
  constants: readonly number[],
  compute: (values: Value[], perChannel: Value[], f: Func) => Value,
): Routine {
  const units = to.batch * to.height;
  const all = [to, ...grids];
  return routine(name, { units, grids: all, bySample: true }, ({ f, base, first, end, of }) => {
    const [unit, column, lanes] = f.locals(3, I32);
    const starts = f.locals(all.length, I32);
    const cursors: Local[] = f.locals(all.length, I32);
    f.for(unit, first.get, end.get, 1, () => {
      const { outer, inner } = unitIndex(unit.get, to.height);
      all.forEach((grid, i) =>
        f.set(starts[i], place(of(grid), inside(grid), [outer, grid.sample * 4], [inner, grid.row * 4])),
      );
      f.for(column, i32(0), i32(to.width), 1, () => {
        f.for(lanes, i32(0), i32(to.pixel * 4), LANES * 4, () => {
          cursors.forEach((cursor, i) => f.set(cursor, add(starts[i].get, lanes.get)));
          const values = cursors.slice(1).map((cursor) => load(cursor.get));
          const perChannel = constants.map((at) => load(add(base.get, lanes.get), at));
          f.store(cursors[0].get, 0, compute(values, perChannel, f));
        });
        all.forEach((grid, i) => f.set(starts[i], add(starts[i].get, i32(grid.pixel * 4))));
      });
    });
  });
}
