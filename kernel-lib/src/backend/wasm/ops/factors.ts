import type { MatmulGeometry } from "../../backend.js";
import { view, type Block } from "../chain/stage.js";
import { LANES, padded } from "../grid.js";
import type { Arena } from "../memory.js";
import { moveRows, moveTurned } from "../routines/moves.js";
import { columnTiles } from "../routines/tiling.js";
import { Code } from "../threads/code.js";

/** Where the left factor lies, the right one tile by tile, and the result with room in its rows; in bytes. */
export interface Places {
  readonly left: number;
  readonly right: number;
  /** Before the product, room for a factor as it comes. */
  readonly out: number;
}

type Place = (block: Block, at: Places, values: Float32Array, start: number, g: MatmulGeometry) => void;

/** How the factors of a product come into place, whichever way they lie in storage, and how its result leaves. */
export interface Factors {
  readonly placeLeft: Place;
  /** Tile by tile of columns, for each term the columns of the tile. */
  readonly placeRight: Place;
  readonly result: (block: Block, at: Places, g: MatmulGeometry) => Float32Array;
}

export function factors(arena: Arena): Factors {
  const [rowsTo, turnedTo] = new Code(arena, [moveRows(), moveTurned()]).routines;
  return {
    placeLeft(block, at, values, start, { rows, inner, rowStepA, columnStepA }) {
      if (columnStepA !== 1 && rowStepA === 1) {
        copy(view(block, at.out, rows * inner), values, start, inner, rows, columnStepA, 1);
        turnedTo(block.base + at.out, block.base + at.left, inner, rows, 4 * rows, 4 * inner);
      } else copy(view(block, at.left, rows * inner), values, start, rows, inner, rowStepA, columnStepA);
    },
    placeRight(block, at, values, start, { inner, columns, rowStepB, columnStepB }) {
      const turned = columnStepB !== 1 && rowStepB === 1;
      const plain = view(block, at.out, inner * columns);
      if (turned) copy(plain, values, start, columns, inner, columnStepB, 1);
      else copy(plain, values, start, inner, columns, rowStepB, columnStepB);
      for (const { first, vectors, count } of columnTiles(columns)) {
        const width = vectors * LANES;
        for (let tile = 0; tile < count; tile++) {
          const column = first * LANES + tile * width;
          const used = Math.min(width, columns - column);
          const from = block.base + at.out;
          const to = block.base + at.right + 4 * column * inner;
          if (turned) turnedTo(from + 4 * column * inner, to, used, inner, 4 * inner, 4 * width);
          else rowsTo(from + 4 * column, to, inner, used, 4 * columns, 4 * width);
        }
      }
    },
    result(block, at, { rows, columns }) {
      const row = padded(columns);
      const from = block.base + at.out;
      if (row !== columns) rowsTo(from, from, rows, columns, 4 * row, 4 * columns);
      return view(block, at.out, rows * columns);
    },
  };
}

/** A matrix of storage, row by row. */
function copy(
  to: Float32Array,
  values: Float32Array,
  start: number,
  rows: number,
  columns: number,
  rowStep: number,
  columnStep: number,
): void {
  if (columnStep === 1 && rowStep === columns) to.set(values.subarray(start, start + rows * columns));
  else {
    for (let row = 0, at = 0; row < rows; row++) {
      const from = start + row * rowStep;
      for (let column = 0; column < columns; column++) to[at++] = values[from + column * columnStep];
    }
  }
}
