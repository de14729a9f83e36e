import {
  constant,
  V128,
  vAdd,
  vFusedMultiplyAdd,
  vMul,
  vSub,
  type Func,
  type Local,
  type Value,
} from "../../assembler.js";

/*
 * Winograd's minimal filtering (Lavin & Gray 2016, arXiv:1509.09308) on tiles of 6 × 6 pixels, interpolated at the points
 * 0, 1, −1, 2, −2 and infinity: 4 × 4 results of a 3 × 3 window with 36 products instead of 144, 3 × 3 of a 4 × 4 window
 * with 36 instead of 144, or 2 × 2 of a 5 × 5 window with 36 instead of 100. Each transform is written for one line; it is
 * applied to rows, then to columns.
 */

/** Pixels on a side of a tile. */
export const TILE = 6;

/** Results on a side of a tile for a window of so many taps on a side. */
export function resultsPerTile(taps: number): number {
  return TILE + 1 - taps;
}

/** From a line of values to a line of results, handed over one by one; `put` may overwrite what was read. */
export type Transform = (x: readonly Value[], put: (i: number, value: Value) => void) => void;

/** Writes the transforms of one function, which share a few variables. */
export class Transforms {
  readonly #t: Local[];

  constructor(
    readonly f: Func,
    readonly fma: boolean,
  ) {
    this.#t = f.locals(4, V128);
  }

  /** x · factor + y */
  #scaled(x: Value, factor: number, y: Value): Value {
    return this.fma ? vFusedMultiplyAdd(x, constant(factor), y) : vAdd(vMul(x, constant(factor)), y);
  }

  #combination(factors: readonly number[], values: readonly Value[]): Value {
    return values.reduce<Value>((sum, value, i) => {
      if (factors[i] === 0) return sum;
      if (sum.length === 0) return factors[i] === 1 ? value : vMul(value, constant(factors[i]));
      return factors[i] === 1 ? vAdd(sum, value) : this.#scaled(value, factors[i], sum);
    }, []);
  }

  /** Input: a line of pixels, Bᵀ d. */
  readonly input: Transform = (d, put) => {
    const { f } = this;
    const [even, odd, far, near] = this.#t;
    f.set(even, this.#scaled(d[2], -4, d[4]));
    f.set(odd, this.#scaled(d[1], -4, d[3]));
    f.set(far, vSub(d[4], d[2]));
    f.set(near, vMul(vSub(d[3], d[1]), constant(2)));
    put(0, this.#scaled(d[0], 4, this.#scaled(d[2], -5, d[4])));
    put(5, this.#scaled(d[1], 4, this.#scaled(d[3], -5, d[5])));
    put(1, vAdd(even.get, odd.get));
    put(2, vSub(even.get, odd.get));
    put(3, vAdd(far.get, near.get));
    put(4, vSub(far.get, near.get));
  };

  /** Output: from products to a line of results, Aᵀ m. */
  readonly output =
    (results: number): Transform =>
    (m, put) => {
      const { f } = this;
      const [sum1, diff1, sum2, diff2] = this.#t;
      f.set(sum1, vAdd(m[1], m[2]));
      f.set(diff1, vSub(m[1], m[2]));
      f.set(sum2, vAdd(m[3], m[4]));
      f.set(diff2, vMul(vSub(m[3], m[4]), constant(2)));
      put(0, vAdd(m[0], vAdd(sum1.get, sum2.get)));
      for (let i = 1; i < results; i++) {
        const [near, far] = i % 2 === 0 ? [sum1, sum2] : [diff1, diff2];
        const first = i === results - 1 ? vAdd(near.get, m[5]) : near.get;
        const factor = i % 2 === 0 ? 2 ** i : 2 ** (i - 1); // diff2 is twice the difference
        put(i, factor === 1 ? vAdd(first, far.get) : this.#scaled(far.get, factor, first));
      }
    };

  /** The adjoint of `output`: errors of a line of results to errors of products, A e. */
  readonly error =
    (results: number): Transform =>
    (e, put) => {
      const { f } = this;
      const [even, odd, even2, odd2] = this.#t;
      const of = (first: number, base: number): readonly [factors: number[], values: Value[]] => {
        const values = e.slice(0, results).map((value, i) => ({ value, factor: base ** i }));
        const every = values.filter((_, i) => i % 2 === first);
        return [every.map(({ factor }) => factor), every.map(({ value }) => value)];
      };
      f.set(even, this.#combination(...of(0, 1)));
      f.set(odd, this.#combination(...of(1, 1)));
      f.set(even2, this.#combination(...of(0, 2)));
      f.set(odd2, this.#combination(...of(1, 2)));
      put(0, e[0]);
      put(5, e[results - 1]);
      put(1, vAdd(even.get, odd.get));
      put(2, vSub(even.get, odd.get));
      put(3, vAdd(even2.get, odd2.get));
      put(4, vSub(even2.get, odd2.get));
    };

  /** Weights: a line of taps, G g. */
  readonly weights =
    (taps: number): Transform =>
    (g, put) => {
      weightMatrix(taps).forEach((row, i) => put(i, this.#combination(row, g)));
    };

  /** The adjoint of `weights`, Gᵀ u. */
  readonly gradWeights =
    (taps: number): Transform =>
    (u, put) => {
      const matrix = weightMatrix(taps);
      for (let tap = 0; tap < taps; tap++) {
        const column = matrix.map((row) => row[tap]);
        put(tap, this.#combination(column, u));
      }
    };
}

/** G: the powers of the points, each row divided by the product of its point's distances to the others. */
function weightMatrix(taps: number): number[][] {
  const points = [0, 1, -1, 2, -2];
  const factors = [1 / 4, -1 / 6, -1 / 6, 1 / 24, 1 / 24];
  const powers = Array.from({ length: taps }, (_, power) => power);
  return [
    ...points.map((point, i) => powers.map((power) => factors[i] * point ** power)),
    powers.map((power) => Number(power === taps - 1)),
  ];
}
