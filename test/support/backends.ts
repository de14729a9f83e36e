import { backend, type Tensor } from "kernel-lib";
import { expect } from "vitest";
import { WORTH } from "../../kernel-lib/src/backend/wasm/ops/setting";

const USUAL = { ...WORTH };
const NOTHING: typeof WORTH = { convolution: 0, product: 0, values: 0 };

/** The same on the reference and on the fast backend, which stays in use. */
export function onBoth<T>(run: () => T): { expected: T; got: T } {
  backend.use("reference");
  const expected = run();
  backend.use("wasm");
  return { expected, got: run() };
}

/** The same names and shapes, and values within `tolerance` of the largest value of each tensor (of 1, if all are small). */
export function expectAlike(
  got: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
  tolerance = 1e-5,
): void {
  expect([...got.keys()]).toEqual([...expected.keys()]);
  for (const [name, { storage, shape, dtype }] of expected) {
    const other = got.get(name)!;
    expect([other.shape, other.dtype], name).toEqual([shape, dtype]);
    let [largest, worst] = [1, 0];
    storage.forEach((value, i) => {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
      const apart = Object.is(value + 0, other.storage[i] + 0) ? 0 : Math.abs(value - other.storage[i]);
      worst = Number.isNaN(apart) ? Infinity : Math.max(worst, apart);
    });
    expect(worst / largest, name).toBeLessThan(tolerance);
  }
}

/**
 * Ways to compute: each backend, and the fast one with its routines even for what is too small to be worth it, with
 * Winograd's tiles and without.
 */
export const WAYS: readonly { name: string; use: () => void }[] = [
  ...backend.list().map((name) => ({ name, use: () => useBackend(name, USUAL) })),
  { name: "wasm, without winograd", use: () => useBackend("wasm", NOTHING, false) },
  { name: "wasm, however little", use: () => useBackend("wasm", NOTHING) },
].filter(({ name }) => backend.list().includes(name.split(",")[0]));

function useBackend(name: string, worth: typeof WORTH, winograd?: boolean): void {
  backend.use(name, { winograd });
  Object.assign(WORTH, worth);
}
