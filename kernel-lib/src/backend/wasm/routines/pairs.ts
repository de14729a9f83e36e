import { assemble, constant, Func, I32, i32 } from "../assembler.js";
import { features } from "../features.js";
import { wasm } from "../webassembly.js";
import { emitTile, Registers } from "./tile.js";

/** With it V8 computes on neighbouring pairs of fours as on one eight (AVX2): an experiment of V8's. */
const FLAG = "--experimental-wasm-revectorize";

let found: boolean | undefined;

/**
 * Whether pairs of fours are one eight here. A module means the same either way, so no validation shows it, and the flag
 * alone is not enough: Node 22 takes it and does nothing. What shows it is that a tile of 4 × 16, which spills at four
 * floats a register, becomes the faster one. Only where the flag was given is that timed, once: others need not wait for
 * it. Each sum has the same terms in the same order in tiles of any size, so whatever is found, results are the same.
 */
export function pairsAreOne(): boolean {
  return (found ??= Boolean(globalThis.process?.execArgv?.includes(FLAG)) && wideTilesAreFaster());
}

/** Terms of the probe's sums: long enough to hide what is around them, and both factors fit into one page of memory. */
const TERMS = 256;
const B = 16_384; // where the second factor starts, behind at most 4 rows of the first
const TO = 32_768;
/** V8 compiles in haste at first and well after some milliseconds of use. */
const PROBE_MS = 20;
/** What the wide tile must win by, each multiply-add taken alike: it is 1.8 in pairs and 0.6 otherwise. */
const CLEARLY = 1.2;

function wideTilesAreFaster(): boolean {
  if (!wasm) return false;
  const limits = { maximum: 1, shared: false };
  const module = new wasm.Module(
    assemble(
      [
        ["narrow", tile(4, 2)],
        ["wide", tile(4, 4)],
      ],
      limits,
    ),
  );
  const memory = new wasm.Memory({ initial: 1, ...limits });
  const { narrow, wide } = new wasm.Instance(module, { env: { memory } }).exports as Record<
    string,
    () => void
  >;
  let [narrowMs, wideMs] = [Infinity, Infinity];
  for (const end = performance.now() + PROBE_MS; performance.now() < end;) {
    narrowMs = Math.min(narrowMs, msOf(narrow, 20));
    wideMs = Math.min(wideMs, msOf(wide, 10)); // as much work
  }
  return narrowMs > CLEARLY * wideMs;
}

function msOf(run: () => void, times: number): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) run();
  return performance.now() - start;
}

/** A tile as the routines have it, on memory that holds zeros. */
function tile(rows: number, vectors: number): Func {
  const f = new Func();
  const [a, b] = f.locals(2, I32);
  f.set(b, i32(B));
  const levels = [{ count: TERMS, stepA: 4, stepB: 16 * vectors }];
  const { fma } = features();
  emitTile(
    new Registers(f),
    { rows, vectors, rowStepA: 4 * TERMS, levels, fma },
    a,
    b,
    () => constant(0),
    (row, v, sum) => f.store(i32(TO), 16 * (row * vectors + v), sum),
  );
  return f;
}
