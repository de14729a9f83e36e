import { Tensor } from "../../../tensor/tensor.js";
import type { Backend, MatmulGeometry } from "../../backend.js";
import { reference } from "../../reference/index.js";
import { Performer } from "../chain/performer.js";
import { view } from "../chain/stage.js";
import { LANES, Layout, padded } from "../grid.js";
import { Recent } from "../recent.js";
import { packedSize, products } from "../routines/products.js";
import type { Routine } from "../routines/routine.js";
import { columnTiles } from "../routines/tiling.js";
import { KEPT, onBlock, WORTH, type Setting } from "./setting.js";

/** Floats of the left factor that stay in the cache while the right one goes by. */
const CACHED = 32768;

/** One product (rows × inner) · (inner × columns), as routines on a block. */
interface Prepared {
  readonly size: number;
  /** Where the left factor lies, the right one tile by tile, and the result with room in its rows; in bytes. */
  readonly left: number;
  readonly right: number;
  readonly out: number;
  readonly routine: Routine;
  readonly performer: Performer;
}

/** Matrix products, one after the other; a left factor that only meets one right one counts as one product. */
export function matrixProducts(setting: Setting): Pick<Backend, "matmul"> {
  const made = new Recent<Prepared>(KEPT, ({ performer }) => performer.close());

  return {
    matmul(a, b, geometry) {
      const g = joined(geometry);
      const isFloat = a.dtype === "float32" && b.dtype === "float32";
      if (!isFloat || g.rows * g.inner * g.columns < WORTH.product) return reference.matmul(a, b, geometry);
      const { rows, inner, columns } = g;
      const prepared = made.get(JSON.stringify([rows, inner, columns, setting.means()]), () =>
        prepare(setting, rows, inner, columns),
      );
      const out = new Float32Array(g.offsetsA.length * rows * columns);
      onBlock(setting, prepared.size, (block) => {
        const left = view(block, prepared.left, rows * inner);
        const right = view(block, prepared.right, packedSize(inner, columns));
        const result = view(block, prepared.out, rows * padded(columns));
        g.offsetsA.forEach((startA, i) => {
          copyLeft(left, a.storage as Float32Array, startA, g);
          if (i === 0 || g.offsetsB[i] !== g.offsetsB[i - 1])
            packRight(right, b.storage as Float32Array, g.offsetsB[i], g);
          prepared.performer.perform([prepared.routine], block);
          copyOut(out, i * rows * columns, result, rows, columns);
        });
      });
      return new Tensor(out, geometry.shape, "float32");
    },
  };
}

/** Products in a row with the same right factor, as one with more rows. */
function joined(g: MatmulGeometry): MatmulGeometry {
  const count = g.offsetsA.length;
  const follow = (start: number, i: number): boolean => start === g.offsetsA[0] + i * g.rows * g.rowStepA;
  if (count < 2 || !g.offsetsA.every(follow) || g.offsetsB.some((start) => start !== g.offsetsB[0])) return g;
  return {
    ...g,
    rows: count * g.rows,
    offsetsA: g.offsetsA.subarray(0, 1),
    offsetsB: g.offsetsB.subarray(0, 1),
  };
}

function prepare(setting: Setting, rows: number, inner: number, columns: number): Prepared {
  const { fma, parts } = setting.means();
  const layout = new Layout();
  const left = layout.floats(rows * inner);
  const right = layout.floats(packedSize(inner, columns));
  const row = padded(columns);
  const out = layout.floats(rows * row);
  const strip = Math.min(rows, Math.max(8, Math.floor(CACHED / inner)));
  const routine = products({
    name: "product",
    from: left,
    to: out,
    units: [
      { count: 1, from: 0, to: 0 },
      { count: Math.ceil(rows / strip), from: inner * 4, to: row * 4 },
    ],
    inner: { stride: strip, last: rows - strip },
    strip: { count: strip, from: inner * 4, to: row * 4 },
    sum: [{ count: inner, step: 4 }],
    columns,
    weights: right,
    fma,
  });
  return {
    size: layout.size,
    left,
    right,
    out,
    routine,
    performer: new Performer(setting.arena(), [routine], parts),
  };
}

function copyLeft(to: Float32Array, a: Float32Array, start: number, g: MatmulGeometry): void {
  const { rows, inner, rowStepA, columnStepA } = g;
  if (columnStepA === 1 && rowStepA === inner) to.set(a.subarray(start, start + rows * inner));
  else if (columnStepA === 1) {
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < inner; k++) to[row * inner + k] = a[start + row * rowStepA + k];
    }
  } else {
    for (let k = 0; k < inner; k++) {
      const from = start + k * columnStepA;
      for (let row = 0; row < rows; row++) to[row * inner + k] = a[from + row * rowStepA];
    }
  }
}

/** Tile by tile of columns, for each term the columns of the tile; whichever way the factor lies, it is read in runs. */
function packRight(to: Float32Array, b: Float32Array, start: number, g: MatmulGeometry): void {
  const { inner, columns, rowStepB, columnStepB } = g;
  for (const { first, vectors, count } of columnTiles(columns)) {
    const width = vectors * LANES;
    for (let tile = 0; tile < count; tile++) {
      const column = first * LANES + tile * width;
      const at = column * inner;
      const used = Math.min(width, columns - column);
      const from = start + column * columnStepB;
      if (columnStepB === 1) {
        for (let k = 0; k < inner; k++) {
          for (let i = 0; i < used; i++) to[at + k * width + i] = b[from + k * rowStepB + i];
        }
      } else {
        for (let i = 0; i < used; i++) {
          for (let k = 0; k < inner; k++) to[at + k * width + i] = b[from + i * columnStepB + k * rowStepB];
        }
      }
    }
  }
}

function copyOut(to: Float32Array, start: number, from: Float32Array, rows: number, columns: number): void {
  const row = padded(columns);
  if (row === columns) to.set(from, start);
  else {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) to[start + r * columns + c] = from[r * row + c];
    }
  }
}
