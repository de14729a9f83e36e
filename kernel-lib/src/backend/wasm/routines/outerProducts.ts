import { add, constant, I32, i32, load, type Value } from "../assembler.js";
import { LANES, padded, type Grid } from "../grid.js";
import { beginning, place, routine, type Routine } from "./routine.js";
import { emitTile, Registers, type Level } from "./tile.js";
import { columnTiles, rowTiles } from "./tiling.js";

/** How far the factors and the sums move, in bytes. */
export interface OuterSteps {
  readonly count: number;
  readonly a: number;
  readonly b: number;
  readonly to: number;
}

/**
 * The gradient of weights: how much each input met each error, summed over all places where they met.
 *
 *     to[block][row][column] += Σ a[row] · b[column]
 *
 * Each thread has sums of its own, `partSize` bytes apart, which it clears first; they are added up by whoever reads them.
 */
export interface OuterProducts {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly to: number;
  readonly partSize: number;
  /** The maps that the factors lie in. */
  readonly maps?: { readonly a?: Grid; readonly b?: Grid };
  /** Shared among threads. */
  readonly units: OuterSteps;
  /** Blocks of sums, one after the other: the taps of a convolution. */
  readonly blocks: readonly OuterSteps[];
  /** Rows of a block, and from one to the next in `a`, in bytes: neighbours unless given. */
  readonly rows: number;
  readonly rowStep?: number;
  /** From one row of the result to the next, in bytes, unless they lie close together. */
  readonly toRow?: number;
  /** Whether each of four columns meets a factor of its own from `a`: those that stand there beside each other. */
  readonly lanewise?: boolean;
  readonly columns: number;
  readonly sum: readonly Level[];
  /** Whether units are samples, which add to the same sums of a thread, so that these begin with 0; or each unit has its own. */
  readonly accumulate: boolean;
  readonly fma: boolean;
}

export function outerProducts(p: OuterProducts): Routine {
  const { accumulate, partSize, maps = {} } = p;
  const about = {
    units: p.units.count,
    grids: Object.values(maps),
    bySample: accumulate,
    shared: partSize,
    begin: accumulate
      ? beginning(({ f, base, part }) => f.clear(place(base, p.to, [part.get, partSize]), i32(partSize)))
      : undefined,
  };
  return routine(p.name, about, ({ f, base, first, end, part, of }) => {
    const [unit, a, b, startA, startB, tile, strip] = f.locals(7, I32);
    const blocks = p.blocks.map(() => f.local(I32));
    const to = f.local(I32);
    const registers = new Registers(f);
    const { rowStep = 4, toRow: row = padded(p.columns) * 4 } = p;
    const part0: readonly [Value, number] = [part.get, partSize];
    const inBlocks = (depth: number, body: () => void): void => {
      if (depth === p.blocks.length) return body();
      f.for(blocks[depth], i32(0), i32(p.blocks[depth].count), 1, () => inBlocks(depth + 1, body));
    };
    const at = (start: number, array: "a" | "b" | "to", tileStep = 0): Value =>
      place(
        array === "to" ? base : of(maps[array]),
        start,
        [unit.get, p.units[array]],
        ...p.blocks.map((steps, i): [Value, number] => [blocks[i].get, steps[array]]),
        [tile.get, tileStep],
        ...(array === "to" ? [part0] : []),
      );
    f.for(unit, first.get, end.get, 1, () =>
      inBlocks(0, () => {
        for (const tiles of columnTiles(p.columns)) {
          const width = tiles.vectors * LANES * 4;
          f.for(tile, i32(0), i32(tiles.count), 1, () => {
            f.set(startA, at(p.a, "a"));
            f.set(startB, at(p.b + tiles.first * LANES * 4, "b", width));
            f.set(to, at(p.to + tiles.first * LANES * 4, "to", width));
            for (const { size, count } of rowTiles(p.rows, tiles.vectors)) {
              f.repeat(strip, count, () => {
                f.set(a, startA.get);
                f.set(b, startB.get);
                emitTile(
                  registers,
                  {
                    rows: size,
                    vectors: tiles.vectors,
                    rowStepA: rowStep,
                    columnStepB: p.lanewise ? width : undefined,
                    levels: p.sum,
                    plus: accumulate ? (r, v) => load(to.get, r * row + 16 * v) : undefined,
                    fma: p.fma,
                  },
                  a,
                  b,
                  () => constant(0),
                  (r, v, sum) => f.store(to.get, r * row + 16 * v, sum),
                );
                f.set(startA, add(startA.get, i32(size * rowStep)));
                f.set(to, add(to.get, i32(size * row)));
              });
            }
          });
        }
      }),
    );
  });
}
