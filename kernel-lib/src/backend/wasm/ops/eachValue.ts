import { allocate, type DType, type TypedArray } from "../../../tensor/dtype.js";
import { numelOf, type Shape } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import { add, I32, i32, load, loadBytes, vToBytes, type Func, type Value } from "../assembler.js";
import type { Block } from "../chain/stage.js";
import { LANES } from "../grid.js";
import { place, routine } from "../routines/routine.js";
import { Code } from "../threads/code.js";
import { feedFrom } from "./feed.js";
import { onBlock, type Scratch } from "./setting.js";

/** Values at a time: so many that an op's inputs and result stay in the cache. */
const CHUNK = 8192;
/** Bytes that a stretch of an input, or of the result, has for itself. */
const SLOT = CHUNK * 4;

/** What becomes of four values of each input. */
export type Compute = (f: Func, ...values: Value[]) => Value;

/** Makes a tensor of float32 or bool, each value from those of the inputs at its place, which are read as if they had `shape`. */
export type EachValue = (
  name: string,
  compute: Compute,
  shape: Shape,
  dtype: DType,
  ...inputs: Tensor[]
) => Tensor;

/** Computes so many fours of values in the block at `base`. */
type Stretch = (base: number, fours: number) => void;

/** Value by value, a stretch at a time: into the scratch memory, through the routine of this name, and out. */
export function eachValue(scratch: Scratch): EachValue {
  const made = new Map<string, Stretch>();

  return (name, compute, shape, dtype, ...inputs) => {
    const out = allocate(dtype, numelOf(shape));
    const dtypes = [...inputs.map((input) => input.dtype), dtype];
    if (!made.has(name)) made.set(name, prepare(scratch, name, dtypes, compute));
    const stretch = made.get(name)!;
    const feeds = inputs.map((input) => feedFrom(input, shape));
    onBlock(scratch(), dtypes.length * SLOT, (block) => {
      const slots = dtypes.map((each, i) => slot(block, i, each));
      const result = slots.at(-1)!;
      for (let start = 0; start < out.length; start += CHUNK) {
        const count = Math.min(CHUNK, out.length - start);
        feeds.forEach((feed, i) => feed(slots[i], start, count));
        stretch(block.base, Math.ceil(count / LANES));
        out.set(count === CHUNK ? result : result.subarray(0, count), start);
      }
    });
    return new Tensor(out, shape, dtype);
  };
}

/** The routine on slots of these dtypes, float32 or bool, the result's being the last. */
function prepare(scratch: Scratch, name: string, dtypes: readonly DType[], compute: Compute): Stretch {
  const made = routine(name, { units: 1, grids: [] }, ({ f, base, first, end }) => {
    const [unit, at, atBytes] = f.locals(3, I32);
    f.set(at, place(base, 0, [first.get, 4 * LANES]));
    f.set(atBytes, place(base, 0, [first.get, LANES]));
    f.for(unit, first.get, end.get, 1, () => {
      const values = dtypes
        .slice(0, -1)
        .map((dtype, i) => (dtype === "bool" ? loadBytes(atBytes.get, i * SLOT) : load(at.get, i * SLOT)));
      const value = compute(f, ...values);
      const to = values.length * SLOT;
      if (dtypes.at(-1) === "bool") f.storeLane(atBytes.get, to, vToBytes(value), 0);
      else f.store(at.get, to, value);
      f.set(at, add(at.get, i32(4 * LANES)));
      if (dtypes.includes("bool")) f.set(atBytes, add(atBytes.get, i32(LANES)));
    });
  });
  const { routines } = new Code(scratch(), [made]);
  return (base, fours) => routines[0](base, 0, fours, 0);
}

function slot({ floats, base }: Block, i: number, dtype: DType): TypedArray {
  const Kind = dtype === "bool" ? Uint8Array : Float32Array;
  return new Kind(floats.buffer as ArrayBuffer, base + i * SLOT, CHUNK);
}
