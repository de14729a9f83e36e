import fc from "fast-check";
import { backend, cat, F, Generator, randint, randn, stack, tensor, type Tensor } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { FILTER_1, IMAGE, MAP_1 } from "../support/lecture";
import { expectClose, single } from "../support/tensors";

/** The same examples at every run. */
const runs = { seed: 2021, numRuns: 60 };
const holds = <T>(inputs: fc.Arbitrary<T>, body: (input: T) => void): void =>
  fc.assert(fc.property(inputs, body), runs);

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const shapes = fc.array(size(4), { minLength: 1, maxLength: 4 });
const seeds = fc.nat(1_000_000);

/** Whole numbers, so that sums in any order agree to the last bit. */
const whole = (shape: readonly number[], seed: number): Tensor =>
  randint(-9, 10, shape, { generator: new Generator(seed) }).to("float64");

const geometries = fc
  .record({
    batch: size(2),
    perGroup: size(2),
    kernels: size(2),
    groups: size(2),
    height: size(6),
    width: size(6),
    kernelHeight: size(3),
    kernelWidth: size(3),
    stride: fc.tuple(size(3), size(3)),
    padding: fc.tuple(fc.nat(2), fc.nat(2)),
    dilation: fc.tuple(size(2), size(2)),
    seed: seeds,
  })
  .filter(
    (g) =>
      g.height + 2 * g.padding[0] > g.dilation[0] * (g.kernelHeight - 1) &&
      g.width + 2 * g.padding[1] > g.dilation[1] * (g.kernelWidth - 1),
  );
type Geometry = typeof geometries extends fc.Arbitrary<infer T> ? T : never;

function layer(g: Geometry): { x: Tensor; weight: Tensor; run: (x: Tensor, weight: Tensor) => Tensor } {
  const { stride, padding, dilation, groups } = g;
  return {
    x: whole([g.batch, g.groups * g.perGroup, g.height, g.width], g.seed),
    weight: whole([g.groups * g.kernels, g.perGroup, g.kernelHeight, g.kernelWidth], g.seed + 1),
    run: (x, weight) => F.conv2d(x, weight, undefined, { stride, padding, dilation, groups }),
  };
}

describe.each(backend.list())("laws on %s", (name) => {
  beforeEach(() => backend.use(name));

  test("a shifted image gives the shifted map inside the border (W-11)", () => {
    const shifted = single(IMAGE.map((row) => [0, ...row.slice(0, -1)]));
    const map = F.conv2d(shifted, single(FILTER_1)).at(0, 0);
    expect(map.narrow(1, 1, 3).toArray()).toEqual(MAP_1.map((row) => row.slice(0, 3)));
    expect(F.maxPool2d(map.unsqueeze(0).unsqueeze(0), 2).at(0, 0).toArray()).toEqual([[3, 1], [3, 0]]); // prettier-ignore
  });

  test("shifting any image and convolving may change places inside the border", () => {
    holds(fc.record({ dy: fc.nat(2), dx: fc.nat(2), seed: seeds }), ({ dy, dx, seed }) => {
      const [x, weight] = [whole([1, 2, 7, 7], seed), whole([2, 2, 3, 2], seed + 1)];
      const first = F.conv2d(x.roll([dy, dx], [2, 3]), weight);
      const last = F.conv2d(x, weight).roll([dy, dx], [2, 3]);
      const inside = (out: Tensor): unknown => out.at([], [], [dy, null], [dx, null]).toArray();
      expect(inside(first)).toEqual(inside(last));
    });
  });

  test("a convolution is the product with a matrix", () => {
    holds(geometries, (g) => {
      const { x, weight, run } = layer(g);
      const pixels = x.numel / g.batch;
      // Column by column: what comes out when one pixel is 1 and all others are 0.
      const columns = Array.from({ length: pixels }, (_, pixel) => {
        const lamp = new Array<number>(pixels).fill(0);
        lamp[pixel] = 1;
        return run(tensor(lamp, { dtype: "float64" }).reshape(1, ...x.shape.slice(1)), weight).reshape(-1);
      });
      const matrix = stack(columns, 1);
      const out = run(x, weight);
      expect(x.flatten(1).matmul(matrix.T).toArray()).toEqual(out.flatten(1).toArray());
    });
  });

  test("a convolution is seven plain loops", () => {
    holds(geometries, (g) => {
      const { x, weight, run } = layer(g);
      const out = run(x, weight);
      const [xs, ws] = [x.toArray(), weight.toArray()];
      const [N, O, H, W] = out.shape;
      const expected = [];
      for (let n = 0; n < N; n++)
        for (let o = 0; o < O; o++)
          for (let row = 0; row < H; row++)
            for (let column = 0; column < W; column++) {
              let sum = 0;
              for (let c = 0; c < g.perGroup; c++)
                for (let u = 0; u < g.kernelHeight; u++)
                  for (let v = 0; v < g.kernelWidth; v++) {
                    const y = row * g.stride[0] + u * g.dilation[0] - g.padding[0];
                    const z = column * g.stride[1] + v * g.dilation[1] - g.padding[1];
                    const channel = Math.floor(o / g.kernels) * g.perGroup + c;
                    sum += (xs[n][channel][y]?.[z] ?? 0) * ws[o][c][u][v];
                  }
              expected.push(sum);
            }
      expect(out.reshape(-1).toArray()).toEqual(expected);
    });
  });

  test("⟨conv(x), y⟩ = ⟨x, what x hears of y⟩, and so for the weight", () => {
    holds(geometries, (g) => {
      const { x, weight, run } = layer(g);
      x.requiresGrad_();
      weight.requiresGrad_();
      const out = run(x, weight);
      const y = whole(out.shape, g.seed + 2);
      const product = out.mul(y).sum().item();
      out.backward(y);
      expect(x.grad!.mul(x).sum().item()).toBe(product);
      expect(weight.grad!.mul(weight).sum().item()).toBe(product);
    });
  });

  test("each image of a batch and each channel of maxPool2d is on its own", () => {
    holds(fc.record({ window: size(3), stride: size(3), seed: seeds }), ({ window, stride, seed }) => {
      const x = whole([2, 3, 6, 5], seed);
      const all = F.maxPool2d(x, window, { stride });
      const alone = F.maxPool2d(x.reshape(6, 1, 6, 5), window, { stride });
      expect(alone.reshape(...all.shape).toArray()).toEqual(all.toArray());
    });
  });

  test("permuting there and back changes nothing", () => {
    holds(
      fc.tuple(shapes, seeds).chain(([shape, seed]) =>
        fc.record({
          x: fc.constant(whole(shape, seed)),
          order: fc.shuffledSubarray(shape.map((_, dim) => dim), { minLength: shape.length }), // prettier-ignore
        }),
      ),
      ({ x, order }) => {
        const moved = x.permute(...order);
        expect(moved.shape).toEqual(order.map((dim) => x.shape[dim]));
        const back = order.map((_, dim) => order.indexOf(dim));
        expect(moved.permute(...back).toArray()).toEqual(x.toArray());
        expect(x.T.toArray()).toEqual(x.permute(...order.map((_, i) => order.length - 1 - i)).toArray());
      },
    );
  });

  test("reshaping keeps the row-major order", () => {
    holds(fc.record({ shape: shapes, seed: seeds }), ({ shape, seed }) => {
      const x = whole(shape, seed);
      expect(x.reshape(-1).data).toEqual(x.data);
      expect(x.reshape(-1).reshape(...shape).toArray()).toEqual(x.toArray()); // prettier-ignore
    });
  });

  test("flipping twice changes nothing, once reverses", () => {
    holds(fc.record({ shape: shapes, seed: seeds, pick: fc.nat(3) }), ({ shape, seed, pick }) => {
      const x = whole(shape, seed);
      const dim = pick % shape.length;
      expect(x.flip(dim).flip(dim).toArray()).toEqual(x.toArray());
      for (let i = 0; i < shape[dim]; i++) {
        const mirrored = x.flip(dim).narrow(dim, i, 1).toArray();
        expect(mirrored).toEqual(x.narrow(dim, shape[dim] - 1 - i, 1).toArray());
      }
    });
  });

  test("rolls add up, and a roll by the size is none", () => {
    holds(
      fc.record({ a: fc.integer({ min: -9, max: 9 }), b: fc.integer({ min: -9, max: 9 }), seed: seeds }),
      ({ a, b, seed }) => {
        const x = whole([3, 4], seed);
        expect(x.roll(a, 1).roll(b, 1).toArray()).toEqual(x.roll(a + b, 1).toArray());
        expect(x.roll([a, b], [0, 1]).roll([-a, -b], [0, 1]).toArray()).toEqual(x.toArray());
        expect(x.roll(4 * a, 1).toArray()).toEqual(x.toArray());
        expect(x.roll(1, 1).at([], 0).toArray()).toEqual(x.at([], 3).toArray()); // towards higher positions
      },
    );
  });

  test("quarter turns add up, and four are none", () => {
    holds(
      fc.record({ a: fc.integer({ min: -5, max: 5 }), b: fc.integer({ min: -5, max: 5 }), seed: seeds }),
      ({ a, b, seed }) => {
        const x = whole([2, 3, 4], seed);
        const turn = (y: Tensor, k: number): Tensor => y.rot90(k, [1, 2]);
        expect(turn(turn(x, a), b).toArray()).toEqual(turn(x, a + b).toArray());
        expect(turn(x, 4).toArray()).toEqual(x.toArray());
        expect(turn(x, 2).toArray()).toEqual(x.flip(1, 2).toArray());
      },
    );
  });

  test("stretching by itself is the same as expand first", () => {
    holds(
      fc.tuple(shapes, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat(2), seeds),
      ([shape, ones, drop, seed]) => {
        const small = shape.map((length, dim) => (ones[dim] ? 1 : length)).slice(Math.min(drop, shape.length - 1)); // prettier-ignore
        const [x, y] = [whole(shape, seed), whole(small, seed + 1)];
        const stretched = y.expand(...shape);
        for (const op of ["add", "sub", "mul", "div", "maximum", "minimum", "lt", "ge", "eq"] as const) {
          expect(x[op](y).toArray()).toEqual(x[op](stretched).toArray());
          expect(y[op](x).toArray()).toEqual(stretched[op](x).toArray());
        }
      },
    );
  });

  test("probabilities add up to 1, keep the order, and survive scores of ±1000", () => {
    holds(fc.record({ factor: fc.constantFrom(0.1, 1, 30, 1000), seed: seeds }), ({ factor, seed }) => {
      const x = randn(4, 5, { dtype: "float64", generator: new Generator(seed) }).mul(factor);
      const p = x.softmax(1);
      expectClose(p.sum(1), [1, 1, 1, 1]);
      expect(p.ge(0).all().item()).toBe(1);
      expect(p.argmax(1).toArray()).toEqual(x.argmax(1).toArray());
      expectClose(x.logSoftmax(1).exp(), p);
      expectClose(x.add(1000).softmax(1), p, 1e-9); // only differences count
      expect(x.logSoftmax(1).data.every(Number.isFinite)).toBe(true);
    });
  });

  test("what cat joins, narrow takes apart", () => {
    holds(fc.record({ lengths: fc.array(size(3), { minLength: 1, maxLength: 4 }), dim: fc.nat(2), seed: seeds }), ({ lengths, dim, seed }) => {
      const parts = lengths.map((length, i) => whole([2, 3, 2].map((n, d) => (d === dim ? length : n)), seed + i)); // prettier-ignore
      const joined = cat(parts, dim);
      let start = 0;
      for (const part of parts) {
        expect(joined.narrow(dim, start, part.shape[dim]).toArray()).toEqual(part.toArray());
        start += part.shape[dim];
      }
      expect(start).toBe(joined.shape[dim]);
    }); // prettier-ignore
  });

  test("a batched product is the product of each pair", () => {
    holds(fc.record({ n: size(3), m: size(3), k: size(4), batch: size(3), seed: seeds }), (g) => {
      const [a, b] = [whole([g.batch, g.n, g.k], g.seed), whole([g.batch, g.k, g.m], g.seed + 1)];
      const out = a.matmul(b);
      for (let i = 0; i < g.batch; i++) {
        const byHand = Array.from({ length: g.n }, (_, row) =>
          Array.from(
            { length: g.m },
            (_, column) =>
            Array.from({ length: g.k }, (_, inner) => a.at(i, row, inner).item() * b.at(i, inner, column).item()).reduce((sum, term) => sum + term, 0), // prettier-ignore
          ),
        );
        expect(out.at(i).toArray()).toEqual(byHand);
      }
    });
  });

  test("mean, var and std of a batch follow from its sums", () => {
    holds(fc.record({ shape: fc.tuple(size(4), size(4)), seed: seeds }), ({ shape, seed }) => {
      const x = whole(shape, seed);
      const mean = x.sum(0).div(shape[0]);
      expectClose(x.mean(0), mean);
      expectClose(x.var(0, { correction: 0 }), x.mul(x).mean(0).sub(mean.mul(mean)), 1e-9);
      expectClose(x.std(0, { correction: 0 }).pow(2), x.var(0, { correction: 0 }), 1e-9);
    });
  });
});
