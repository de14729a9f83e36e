// How fast this machine multiplies and adds in WebAssembly, four floats at a time, when nothing else is in the way: what
// a product of matrices is measured against.

/** Sums that grow side by side: enough to hide how long one multiply-add takes, few enough to stay in registers. */
const SUMS = 12;
const FACTOR = SUMS + 1; // the local behind the counter and the sums

/** @param {number} value */
function leb(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

/** @param {number} local */
const get = (local) => [0x20, local];
/** @param {number} local */
const set = (local) => [0x21, local];
const MULTIPLY = [0xfd, 0xe6, 0x01];
const ADD = [0xfd, 0xe4, 0x01];
const MULTIPLY_ADD = [0xfd, 0x85, 0x02]; // f32x4.relaxed_madd

/**
 * @param {boolean} fused whether one instruction multiplies and adds (Relaxed SIMD)
 * @returns {Uint8Array<ArrayBuffer>} a module with `run(times)`
 */
export function peakModule(fused) {
  const sums = Array.from({ length: SUMS }, (_, i) => i + 1);
  const body = [
    ...[1, SUMS + 1, 0x7b], // locals: v128
    ...[0x43, 0x00, 0x00, 0x00, 0x3f, 0xfd, 0x13, ...set(FACTOR)], // f32.const 0.5, in all four places
    ...[0x03, 0x40], // loop; sum = sum · 0.5 + 0.5 stays near 1
    ...sums.flatMap((sum) => [
      ...[...get(sum), ...get(FACTOR)],
      ...(fused ? [...get(FACTOR), ...MULTIPLY_ADD] : [...MULTIPLY, ...get(FACTOR), ...ADD]),
      ...set(sum),
    ]),
    ...[...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b], // until the counter is 0
    ...[...get(1), ...sums.slice(1).flatMap((sum) => [...get(sum), ...ADD])],
    ...[0xfd, 0x1f, 0, 0x0b], // what all sums lead to, so that none is left out
  ];
  /** @param {number} id @param {number[]} content */
  const section = (id, content) => [id, ...leb(content.length), ...content];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]), // (i32) → f32
    ...section(3, [1, 0]),
    ...section(7, [1, 3, 0x72, 0x75, 0x6e, 0, 0]), // "run"
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

/** TypeScript declares WebAssembly for browsers only. */
const { WebAssembly } =
  /** @type {{ WebAssembly: { validate(bytes: Uint8Array): boolean, Module: new (bytes: Uint8Array) => object, Instance: new (module: object) => { exports: object } } }} */ (
    /** @type {unknown} */ (globalThis)
  );

/** Whether this process may multiply and add in one instruction. */
export const canFuse = () => WebAssembly.validate(peakModule(true));

/** Billions of multiplications and additions a second, of one thread. */
export function peakGflops() {
  const { run } = /** @type {{ run: (times: number) => number }} */ (
    new WebAssembly.Instance(new WebAssembly.Module(peakModule(canFuse()))).exports
  );
  const times = 2e6;
  let best = Infinity;
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    run(times);
    best = Math.min(best, performance.now() - start);
  }
  return (times * SUMS * 4 * 2) / (best * 1e6);
}
