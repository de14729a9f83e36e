import { add, i32, I32, loadF32, type Func, type Local } from "../assembler.js";
import { inside, type Grid } from "../grid.js";
import { place, routine, type Routine } from "./routine.js";

/*
 * From (N, C, H, W), as tensors hold their values, to a grid and back. `plain` is where the values lie, in bytes; from
 * one sample to the next are `sample` floats, if not all of them follow each other.
 */

export function fromPlain(name: string, plain: number, grid: Grid, sample?: number): Routine {
  return eachValue(name, plain, grid, sample, (outside, within, f) =>
    f.storeF32(within.get, 0, loadF32(outside.get)),
  );
}

export function toPlain(name: string, grid: Grid, plain: number, sample?: number): Routine {
  return eachValue(name, plain, grid, sample, (outside, within, f) =>
    f.storeF32(outside.get, 0, loadF32(within.get)),
  );
}

function eachValue(
  name: string,
  plain: number,
  grid: Grid,
  sample: number | undefined,
  move: (outside: Local, within: Local, f: Func) => void,
): Routine {
  const { channels, height, width } = grid;
  const step = 4 * (sample ?? channels * height * width);
  const about = { units: grid.batch, grids: [grid], bySample: true };
  return routine(name, about, ({ f, base, first, end, of }) => {
    const [unit, channel, row, column, outside, within] = f.locals(6, I32);
    f.for(unit, first.get, end.get, 1, () => {
      f.set(outside, place(base, plain, [unit.get, step]));
      f.for(channel, i32(0), i32(channels), 1, () => {
        f.for(row, i32(0), i32(height), 1, () => {
          f.set(
            within,
            place(
              of(grid),
              inside(grid),
              [unit.get, grid.sample * 4],
              [row.get, grid.row * 4],
              [channel.get, 4],
            ),
          );
          f.for(column, i32(0), i32(width), 1, () => {
            move(outside, within, f);
            f.set(outside, add(outside.get, i32(4)));
            f.set(within, add(within.get, i32(grid.pixel * 4)));
          });
        });
      });
    });
  });
}
