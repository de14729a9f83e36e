import { add, load, vAdd, vFusedMultiplyAdd, vMul, type Local, type Value } from "../assembler.js";

/** Two numbers for each channel: where they start in the block, in bytes. */
export interface Rescale {
  readonly scale: number;
  readonly offset: number;
}

/** x · scale + offset for four channels; `channel` is how far from the first they lie, in bytes. */
export function rescaled(
  x: Value,
  { scale, offset }: Rescale,
  base: Local,
  channel: Value,
  fma: boolean,
): Value {
  const start = add(base.get, channel);
  const [factor, addend] = [load(start, scale), load(start, offset)];
  return fma ? vFusedMultiplyAdd(x, factor, addend) : vAdd(vMul(x, factor), addend);
}
