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
 * Winograd's minimal filtering (Lavin & Gray 2016, arXiv:1509.09308): a window on a tile as products of polynomials, which
 * are interpolated at as many points as a side of the tile has pixels. Tiles of 6 × 6 need 36 products for 4 × 4 results of
 * a 3 × 3 window, which are 144 otherwise; tiles of 8 × 8 need 64 for 4 × 4 results of a 5 × 5 window, otherwise 400. The
 * points are 0, infinity, and pairs ±p, so that a transform computes what is even and what is odd once for both. Each
 * transform is written for one line; it is applied to rows and to columns.
 */

/** A tile: so many pixels on a side, for a window of so many taps on a side. */
export interface TileSize {
  readonly size: 6 | 8;
  readonly taps: number;
}

/** Results on a side of a tile. */
export const resultsOf = ({ size, taps }: TileSize): number => size + 1 - taps;

/** Products that a tile needs for each pair of channels. */
export const planesOf = ({ size }: TileSize): number => size * size;

/** The points p of the pairs ±p. */
const PAIRS: Readonly<Record<TileSize["size"], readonly number[]>> = { 6: [1, 2], 8: [1, 2, 0.5] };

/** From a line of values to a line of results, handed over one by one. */
export type Transform = (x: readonly Value[], put: (i: number, value: Value) => void) => void;

/** Writes the transforms of one function, which share a few variables. Points are in the order 0, p, −p, q, −q …, infinity. */
export class Transforms {
  readonly #even: Local;
  readonly #odd: Local;
  readonly #pairs: readonly number[];
  readonly #last: number;
  readonly #results: number;

  constructor(
    readonly f: Func,
    readonly tile: TileSize,
    readonly fma: boolean,
  ) {
    [this.#even, this.#odd] = f.locals(2, V128);
    this.#pairs = PAIRS[tile.size];
    this.#last = tile.size - 1;
    this.#results = resultsOf(tile);
  }

  /** Input: a line of pixels, Bᵀ d. */
  readonly input: Transform = (d, put) => {
    const all = product(this.#pairs);
    put(
      0,
      this.#sum(all, (i) => d[2 * i]),
    );
    put(
      this.#last,
      this.#sum(all, (i) => d[2 * i + 1]),
    );
    this.#pairs.forEach((p, pair) => {
      const others = product(this.#pairs.filter((q) => q !== p));
      const even = this.#sum(others, (i) => d[2 * i + 2]);
      const odd = this.#sum(others, (i) => d[2 * i + 1]);
      this.#putPair(pair, even, p === 1 ? odd : vMul(odd, constant(p)), put);
    });
  };

  /** Output: from products to a line of results, Aᵀ m. */
  readonly output: Transform = (m, put) => {
    const { f } = this;
    this.#sums ??= this.#pairs.map(() => f.local(V128));
    this.#differences ??= this.#pairs.map(() => f.local(V128));
    const [sums, differences] = [this.#sums, this.#differences];
    this.#pairs.forEach((_, pair) => {
      const [plus, minus] = [m[2 * pair + 1], m[2 * pair + 2]];
      f.set(sums[pair], vAdd(plus, minus));
      f.set(differences[pair], vSub(plus, minus));
    });
    for (let i = 0; i < this.#results; i++) {
      const terms = (i % 2 === 0 ? sums : differences).map((sum) => sum.get);
      let value = this.#combination(this.#pairs.map((p) => p ** i), terms); // prettier-ignore
      if (i === 0) value = vAdd(m[0], value);
      if (i === this.#results - 1) value = vAdd(value, m[this.#last]);
      put(i, value);
    }
  };
  #sums: Local[] | undefined;
  #differences: Local[] | undefined;

  /** The adjoint of `output`: errors of a line of results to errors of products, A e. */
  readonly error: Transform = (e, put) => {
    put(0, e[0]);
    put(this.#last, e[this.#results - 1]);
    const places = Array.from({ length: this.#results }, (_, i) => i);
    this.#pairs.forEach((p, pair) => {
      const [even, odd] = [0, 1].map((first) => {
        const some = places.filter((i) => i % 2 === first);
        return this.#combination(some.map((i) => p ** i), some.map((i) => e[i])); // prettier-ignore
      });
      this.#putPair(pair, even, odd, put);
    });
  };

  /** Weights: a line of taps, G g. */
  readonly weights: Transform = (g, put) => {
    weightMatrix(this.tile).forEach((row, i) => put(i, this.#combination(row, g)));
  };

  /** The adjoint of `weights`, Gᵀ u. */
  readonly gradWeights: Transform = (u, put) => {
    const matrix = weightMatrix(this.tile);
    for (let tap = 0; tap < this.tile.taps; tap++) {
      const column = matrix.map((row) => row[tap]);
      put(tap, this.#combination(column, u));
    }
  };

  /** What belongs to the points p and −p, of its even and its odd part. */
  #putPair(pair: number, even: Value, odd: Value, put: (i: number, value: Value) => void): void {
    this.f.set(this.#even, even);
    this.f.set(this.#odd, odd);
    put(2 * pair + 1, vAdd(this.#even.get, this.#odd.get));
    put(2 * pair + 2, vSub(this.#even.get, this.#odd.get));
  }

  /** Σ factors[i] · value(i); the last factor is 1. */
  #sum(factors: readonly number[], value: (i: number) => Value): Value {
    const last = factors.length - 1;
    const order = [last, ...factors.keys()].slice(0, -1);
    return this.#combination(order.map((i) => factors[i]), order.map(value)); // prettier-ignore
  }

  #combination(factors: readonly number[], values: readonly Value[]): Value {
    return values.reduce<Value>((sum, value, i) => {
      if (factors[i] === 0) return sum;
      if (sum.length === 0) return factors[i] === 1 ? value : vMul(value, constant(factors[i]));
      if (factors[i] === 1) return vAdd(sum, value);
      if (factors[i] === -1) return vSub(sum, value);
      const factor = constant(factors[i]);
      return this.fma ? vFusedMultiplyAdd(value, factor, sum) : vAdd(vMul(value, factor), sum);
    }, []);
  }
}

/** The coefficients of the product of all x² − p², by powers of x², the lowest first. */
function product(points: readonly number[]): number[] {
  return points.reduce<number[]>(
    (factors, p) => [...factors, 0].map((_, i) => (factors[i - 1] ?? 0) - p * p * (factors[i] ?? 0)),
    [1],
  );
}

/** G: the powers of the points, each row divided by the product of its point's distances to the others. */
function weightMatrix({ size, taps }: TileSize): number[][] {
  const points = [0, ...PAIRS[size].flatMap((p) => [p, -p])];
  const powers = Array.from({ length: taps }, (_, power) => power);
  return [
    ...points.map((point) => {
      const distances = points.filter((other) => other !== point).map((other) => point - other);
      const divisor = distances.reduce((all, distance) => all * distance, 1);
      return powers.map((power) => point ** power / divisor);
    }),
    powers.map((power) => Number(power === taps - 1)),
  ];
}
