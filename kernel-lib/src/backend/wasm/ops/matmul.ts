import { Tensor } from "../../../tensor/tensor.js";
import type { Backend, MatmulGeometry } from "../../backend.js";
import { reference } from "../../reference/index.js";
import { Performer } from "../chain/performer.js";
import { Layout, padded } from "../grid.js";
import { Recent } from "../recent.js";
import { packedSize, products } from "../routines/products.js";
import type { Routine } from "../routines/routine.js";
import { factors, type Factors, type Places } from "./factors.js";
import { KEPT, onBlock, WORTH, type Setting } from "./setting.js";

/** Floats of the left factor that stay in the cache while the right one goes by. */
const CACHED = 32768;

/** One product (rows × inner) · (inner × columns), as routines on a block. */
interface Prepared extends Places {
  readonly size: number;
  readonly routine: Routine;
  readonly performer: Performer;
}

/** Matrix products, one after the other; a left factor that only meets one right one counts as one product. */
export function matrixProducts(setting: Setting): Pick<Backend, "matmul"> {
  const made = new Recent<Prepared>(KEPT, ({ performer }) => performer.close());
  let moving: Factors | undefined; // compiled on first use

  return {
    matmul(a, b, geometry) {
      const g = joined(geometry);
      const isFloat = a.dtype === "float32" && b.dtype === "float32";
      if (!isFloat || g.rows * g.inner * g.columns < WORTH.product) return reference.matmul(a, b, geometry);
      const { rows, inner, columns } = g;
      const { fma, parts } = setting.means();
      const prepared = made.get(`${rows} ${inner} ${columns} ${fma} ${parts}`, () =>
        prepare(setting, rows, inner, columns),
      );
      const { placeLeft, placeRight, result } = (moving ??= factors(setting.arena()));
      const out = new Float32Array(g.offsetsA.length * rows * columns);
      onBlock(setting.arena(), prepared.size, (block) => {
        g.offsetsA.forEach((startA, i) => {
          const startB = g.offsetsB[i];
          placeLeft(block, prepared, a.storage as Float32Array, startA, g);
          if (i === 0 || startB !== g.offsetsB[i - 1])
            placeRight(block, prepared, b.storage as Float32Array, startB, g);
          prepared.performer.perform([prepared.routine], block);
          out.set(result(block, prepared, g), i * rows * columns);
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
  // A factor that has to be put in order lies where the result will be until it is.
  const out = layout.floats(Math.max(rows * row, inner * columns, rows * inner));
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
