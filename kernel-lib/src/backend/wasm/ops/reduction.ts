import { rowMajorStrides } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import type { Backend, ReduceOp } from "../../backend.js";
import { reference } from "../../reference/index.js";
import { forEachRow } from "../../reference/rows.js";
import { folds, type Fold } from "../routines/folds.js";
import { Code } from "../threads/code.js";
import { onBlock, WORTH, type Scratch } from "./setting.js";

/** Values at a time: so many stay in the first cache until they are counted in. */
const CHUNK = 4096;

/** Counts `length` values, which lie at `from`, in with what is at `to`: all as one, or each with its own. */
type Count = (from: number, length: number, to: number) => void;
interface Folding extends Pick<Fold, "Sums" | "start"> {
  readonly along: Count;
  readonly across: Count;
}

/** Sums, largest and smallest values of float32: sums in float64, as the reference takes them. */
export function reductions(scratch: Scratch): Pick<Backend, "reduce"> {
  const made = new Map<ReduceOp, Folding>();

  const prepare = ({ along, across, ...fold }: Fold): Folding => {
    const { routines } = new Code(scratch(), [along, across]);
    return { ...fold, along: routines[0], across: routines[1] };
  };

  return {
    reduce(op, x, dims) {
      const fold = folds[op];
      if (!fold || x.dtype !== "float32" || x.numel < WORTH.values) return reference.reduce(op, x, dims);
      if (!made.has(op)) made.set(op, prepare(fold()));
      const { Sums, start, along, across } = made.get(op)!;
      const outShape = x.shape.map((size, dim) => (dims.includes(dim) ? 1 : size));
      const strides = rowMajorStrides(outShape).map((stride, dim) => (dims.includes(dim) ? 0 : stride));
      const count = outShape.reduce((product, size) => product * size, 1);
      const values = x.storage as Float32Array;
      const bytes = Sums.BYTES_PER_ELEMENT;
      const out = onBlock(scratch(), 4 * CHUNK + count * bytes, ({ floats, base }) => {
        const room = floats.subarray(base / 4, base / 4 + CHUNK);
        const sums = new Sums(floats.buffer as ArrayBuffer, base + 4 * CHUNK, count).fill(start);
        let end = 0; // up to here values are in the room
        forEachRow(x.shape, [strides], (from, length, [to], [step]) => {
          for (let done = 0; done < length;) {
            const at = from + done;
            if (at === end) {
              end = Math.min(at + CHUNK, values.length);
              room.set(values.subarray(at, end));
            }
            const run = Math.min(length - done, end - at);
            const place = base + 4 * (at % CHUNK);
            // The innermost dimension goes, or it stays, so that its step is 1.
            if (step === 0) along(place, run, sums.byteOffset + bytes * to);
            else across(place, run, sums.byteOffset + bytes * (to + done));
            done += run;
          }
        });
        return new Float32Array(sums);
      });
      return new Tensor(out, outShape, "float32");
    },
  };
}
