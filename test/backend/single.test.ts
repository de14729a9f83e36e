import { backend, F, manualSeed, randn, tensor, where, zeros, type Tensor } from "kernel-lib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WORTH } from "../../kernel-lib/src/backend/wasm/ops/setting";
import { expectAlike, onBoth } from "../support/backends";

// Single ops on the fast backend, outside of any Sequential, against the reference: values and gradients.

afterEach(() => backend.use("reference"));

const pick = (n: number): number => Math.floor(randn(1).abs().item() * 1000) % n;

/** An op's result and the gradients of its inputs. */
function through(op: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): Map<string, Tensor> {
  inputs.forEach((input) => (input.grad = null));
  const out = op(...inputs);
  out.mul(out.detach().mul(0.3).add(0.1)).sum().backward();
  return new Map([
    ["out", out.detach()],
    ...inputs.map((input, i) => [`gradient of input ${i}`, input.grad!] as const),
  ]);
}

function agree(op: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): void {
  const leaves = inputs.map((input) => input.detach().requiresGrad_());
  const { expected, got } = onBoth(() => through(op, ...leaves));
  expectAlike(got, expected);
}

describe("a single convolution on wasm", () => {
  test("computes what the reference computes, and its gradients", () => {
    manualSeed(1);
    for (let trial = 0; trial < 60; trial++) {
      const [kernel, groups] = [1 + pick(5), 1 + pick(3)];
      const [channels, outChannels] = [groups * (1 + pick(13)), groups * (1 + pick(13))];
      const options = { stride: 1 + pick(2), padding: pick(3), dilation: 1 + pick(2), groups };
      const size = (): number => kernel * 2 + pick(9);
      const x = randn(1 + pick(3), channels, size(), size());
      const weight = randn(outChannels, channels / groups, kernel, kernel);
      agree((x, weight, bias) => F.conv2d(x, weight, bias, options), x, weight, randn(outChannels));
    }
  });

  test("keeps float64 what it is", () => {
    const x = randn([2, 8, 12, 12], { dtype: "float64" });
    const weight = randn([8, 8, 3, 3], { dtype: "float64" });
    agree((x, weight) => F.conv2d(x, weight), x, weight);
    expect(F.conv2d(x, weight).dtype).toBe("float64");
  });
});

describe("a matrix product on wasm", () => {
  test.each([
    ["of odd sizes", [37, 41], [41, 29]],
    ["of one row", [1, 301], [301, 97]],
    ["of one column", [97, 301], [301, 1]],
    ["with one term", [203, 1], [1, 103]],
    ["with many rows", [1030, 17], [17, 6]],
    ["with many terms", [9, 5000], [5000, 8]],
    ["of a batch", [3, 2, 33, 18], [3, 2, 18, 40]],
    ["of a batch with one matrix", [4, 33, 18], [18, 40]],
    ["of one matrix with a batch", [33, 18], [4, 18, 40]],
    ["of batches that broadcast", [3, 1, 33, 18], [2, 18, 40]],
  ])("%s computes what the reference computes, and its gradients", (_, shapeA, shapeB) => {
    manualSeed(2);
    agree((a, b) => a.matmul(b), randn(shapeA), randn(shapeB));
    agree((a, b) => a.transpose(-1, -2).matmul(b), randn(shapeA).transpose(-1, -2), randn(shapeB));
    agree((a, b) => a.matmul(b.transpose(-1, -2)), randn(shapeA), randn(shapeB).transpose(-1, -2));
  });
});

test("a matrix product on wasm keeps nan and infinity in the rows and columns where they stand", () => {
  manualSeed(12);
  for (const [rows, inner, columns] of [
    [37, 41, 29],
    [9, 130, 8],
    [1, 500, 3],
  ]) {
    // prettier-ignore
    const [a, b] = [randn(rows, inner), randn(inner, columns)];
    a.storage[3] = NaN;
    a.storage[a.numel - 1] = Infinity;
    b.storage[b.numel - 2] = -Infinity;
    const { expected, got } = onBoth(() => [a.matmul(b), b.T.matmul(a.T)]);
    got.forEach((each, i) => expectAlike(new Map([["out", each]]), new Map([["out", expected[i]]])));
  }
});

test("single ops on wasm compute the same bits from run to run", () => {
  backend.use("wasm");
  const [a, b] = [randn(130, 97), randn(97, 33)];
  const run = (): Tensor[] => [a.matmul(b), a.sum(), a.sum(0), a.max(1), a.exp(), a.add(b.T.sum(0))];
  const first = run();
  randn(97, 130).matmul(a).mul(NaN).sum(); // leaves other numbers behind in the memory
  run().forEach(({ data }, i) => expect(data).toEqual(first[i].data));
});

test("a dense layer on wasm computes what the reference computes, whatever the dimensions of its input", () => {
  manualSeed(7);
  for (const shape of [[60], [33, 60], [0, 60], [3, 11, 60]]) {
    agree((x, weight, bias) => F.linear(x, weight, bias), randn(shape), randn(35, 60), randn(35));
    agree((x, weight) => F.linear(x, weight), randn(shape), randn(35, 60));
  }
  const wide = (): Tensor => F.linear(randn([2, 60], { dtype: "float64" }), randn(35, 60));
  expect(wide().dtype).toBe("float64");
});

test("single ops keep their memory bounded in a loop that never yields, whatever the sizes", () => {
  backend.use("wasm");
  const run = (): void => {
    for (let i = 0; i < 300; i++) {
      const x = randn(4, 4, 20 + (i % 50), 30);
      F.relu(F.conv2d(x, randn(8, 4, 3, 3), undefined, { padding: 1 })).flatten(1);
    }
  };
  run();
  const before = process.memoryUsage().rss;
  run();
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
});

const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } })
  .header;

test.runIf(glibcVersionRuntime)(
  "results of single ops lie where earlier ones lay, not in pages fresh from the system",
  () => {
    backend.use("wasm");
    const x = randn(1_000_000); // 977 pages
    const run = (): void => {
      for (let i = 0; i < 100; i++) x.add(x);
    };
    run();
    const before = process.resourceUsage().minorPageFault;
    run();
    expect((process.resourceUsage().minorPageFault - before) / 100).toBeLessThan(200);
  },
);

describe("pooling on wasm", () => {
  test("computes what the reference computes, and its gradients", () => {
    manualSeed(6);
    for (let trial = 0; trial < 60; trial++) {
      const kernel = [1 + pick(4), 1 + pick(4)] as const;
      const padding = kernel.map((size) => pick(Math.floor(size / 2) + 1)) as [number, number];
      const options = { stride: 1 + pick(3), padding, ceilMode: pick(2) > 0 };
      const dilation = 1 + pick(2);
      const x = randn(2, 3, 7 + pick(9), 7 + pick(9));
      agree((x) => F.maxPool2d(x, kernel, { ...options, dilation }), x);
      agree((x) => F.avgPool2d(x, kernel, { ...options, countIncludePad: trial % 2 > 0 }), x);
    }
  });
});

describe("arithmetic on wasm", () => {
  const edges = [
    NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    1e-45,
    -1e-45,
    1e-38,
    3e38,
    -3e38,
    88.7,
    89,
    -87.4,
    -104,
    1,
    -1,
    0.6251,
    -0.6249,
  ];
  const values = (shape: number[]): Tensor => {
    const x = randn(shape).mul(3);
    edges.forEach((edge, i) => {
      if (i * 7 < x.numel) x.storage[i * 7] = edge;
    });
    return x;
  };
  /** Any shape with up to four dimensions, sometimes empty, sometimes longer than a stretch. */
  const someShape = (): number[] => {
    const shape = Array.from({ length: 1 + pick(4) }, () => 1 + pick(9));
    if (pick(3) === 0) shape[pick(shape.length)] = [0, 1, 30, 1030][pick(4)];
    if (pick(6) === 0) shape[pick(shape.length)] = 4099;
    return shape.reduce((product, size) => product * size, 1) > 3e5 ? someShape() : shape;
  };
  /** A shape that broadcasts to it. */
  const thinned = (shape: number[]): number[] =>
    shape.map((size) => (pick(3) === 0 ? 1 : size)).slice(pick(4) === 0 ? pick(shape.length) : 0);
  const onBothWays = (run: () => Tensor[]): Tensor[] => {
    const { expected, got } = onBoth(run);
    return [...expected, ...got];
  };
  const worth = WORTH.values;
  beforeEach(() => {
    WORTH.values = 0; // by the routines, however few
  });
  afterEach(() => {
    WORTH.values = worth;
  });
  const functions = "neg exp log sqrt abs sign relu gelu sigmoid tanh".split(" ");
  const operators = "add sub mul div pow maximum minimum eq ne lt le gt ge".split(" ");
  type Method = (other?: Tensor) => Tensor;
  const call = (x: Tensor, name: string, other?: Tensor): Tensor =>
    (x[name as keyof Tensor] as Method).call(x, other);

  test.each(functions)("%s computes what the reference computes, nan and infinity as well", (name) => {
    manualSeed(3);
    for (const numel of [255, 300, 1024, 1025, 40_003]) {
      const x = values([numel]);
      const { expected, got } = onBoth(() => call(x, name));
      expected.storage.forEach((value, i) => {
        const close = Object.is(value + 0, got.storage[i] + 0) || Math.abs(value - got.storage[i]) <= 3e-7 * Math.abs(value) + 2e-38; // prettier-ignore
        if (!close && name !== "gelu") expect(got.storage[i], `${name}(${x.storage[i]})`).toBe(value);
      });
      expectAlike(new Map([["out", got]]), new Map([["out", expected]]), 1e-6);
    }
  });

  test.each(operators)("%s computes what the reference computes, whatever the shapes", (name) => {
    manualSeed(4);
    for (const [shapeA, shapeB] of [
      [[700], [700]],
      [
        [130, 300],
        [130, 300],
      ],
      [[130, 300], [300]],
      [
        [130, 300],
        [130, 1],
      ],
      [
        [1, 300],
        [130, 1],
      ],
      [
        [3, 1, 20, 20],
        [5, 1, 1],
      ],
    ]) {
      // prettier-ignore
      const [a, b] = [values(shapeA), values(shapeB.map((size) => size)).abs()];
      const pairs = [
        [a, b],
        [a, a.clone()],
        [a, tensor(2)],
      ];
      for (const [x, y] of pairs) {
        const { expected, got } = onBoth(() => call(x, name, y));
        expectAlike(new Map([["out", got]]), new Map([["out", expected]]), 1e-6);
      }
    }
  });

  test("where picks as the reference does, whatever the shapes", () => {
    manualSeed(8);
    for (let trial = 0; trial < 40; trial++) {
      const shape = someShape();
      const [condition, a, b] = [thinned(shape), thinned(shape), thinned(shape)].map((each) => values(each));
      const { expected, got } = onBoth(() => where(condition.gt(0.3), a, b));
      expectAlike(new Map([["out", got]]), new Map([["out", expected]]), 1e-6);
    }
  });

  test("inputs of any shapes are read as if they had the result's", () => {
    manualSeed(9);
    for (let trial = 0; trial < 80; trial++) {
      const shape = someShape();
      const [a, b] = [thinned(shape), thinned(shape)].map((each) => values(each));
      for (const op of ["sub", "ge"]) {
        const { expected, got } = onBoth(() => call(a, op, b));
        expectAlike(new Map([["out", got]]), new Map([["out", expected]]), 1e-6);
      }
    }
  });

  test.each(["sum", "mean", "max", "min", "prod"])(
    "%s computes what the reference computes, whatever the shape",
    (name) => {
      manualSeed(10);
      for (let trial = 0; trial < 60; trial++) {
        const shape = someShape();
        const dims = [...shape.keys()].filter(() => pick(2) > 0);
        const x = trial % 3 === 0 ? values(shape) : randn(shape);
        // Only sums go over several dimensions at once.
        const dim = name === "sum" || name === "mean" ? dims : dims[0];
        if (x.numel === 0 && name !== "sum") continue;
        const { expected, got } = onBoth(() => (x[name as "sum"] as (dim?: unknown) => Tensor).call(x, dim));
        expectAlike(new Map([["out", got]]), new Map([["out", expected]]), 1e-6);
      }
    },
  );

  test("a sum keeps what cancels, and nan is found wherever it stands", () => {
    manualSeed(11);
    for (const size of [1, 7, 8, 23, 4095, 4096, 4097, 9001]) {
      const x = randn(2 * size);
      x.storage.forEach((value, i) => (x.storage[i] = Math.round(500 * value) / 1024)); // float64 adds them exactly
      for (let i = 0; i < size; i += 2) [x.storage[i], x.storage[2 * size - 1 - i]] = [3e7, -3e7];
      const { expected, got } = onBoth(() => [
        x.sum(),
        x
          .reshape(2 * size, 1)
          .add(zeros(1, 3))
          .sum(0),
      ]);
      expect(got.map(({ data }) => data)).toEqual(expected.map(({ data }) => data));
      for (const place of [0, 1, size >> 1, size - 2, size - 1].filter((each) => each >= 0 && each < size)) {
        const y = randn(size);
        y.storage[place] = NaN;
        for (const found of onBothWays(() => [y.max(), y.min(), y.sum(), y.reshape(1, size).max(0)])) {
          expect(found.storage.some(Number.isNaN), `place ${place} of ${size}`).toBe(true);
        }
        y.storage[place] = Infinity;
        expect(onBothWays(() => [y.max(), y.sum()]).map((each) => each.item())).toEqual(
          Array(4).fill(Infinity),
        );
      }
    }
  });

  test.each(["sum", "mean", "max", "min", "prod"])(
    "%s computes what the reference computes along any dimension",
    (name) => {
      manualSeed(5);
      for (const shape of [[1001], [30, 41], [5, 6, 7, 8]]) {
        const plain = randn(shape);
        for (const x of [plain, values([...shape, 130])]) {
          for (const dim of [undefined, ...x.shape.keys()]) {
            const { expected, got } = onBoth(() =>
              (x[name as "sum"] as (dim?: number) => Tensor).call(x, dim),
            );
            expectAlike(new Map([["out", got]]), new Map([["out", expected]]), 1e-6);
          }
        }
      }
      const images = randn(4, 5, 6, 7);
      const { expected, got } = onBoth(() => images.sum([0, 2, 3]));
      expectAlike(new Map([["out", got]]), new Map([["out", expected]]), 1e-6);
    },
  );
});
