import fc from "fast-check";
import { arange, ones, tensor, where, zeros, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { f64 } from "../support/tensors";

type DType = Tensor["dtype"];
const dtypes: DType[] = ["bool", "uint8", "int32", "float32", "float64"];

describe("mixing dtypes", () => {
  test.each(dtypes.flatMap((a, i) => dtypes.map((b, j): [DType, DType, DType] => [a, b, dtypes[Math.max(i, j)]])))(
    "%s with %s gives %s",
    (a, b, expected) => {
      const [x, y] = [ones(2, { dtype: a }), ones(2, { dtype: b })];
      expect(x.add(y).dtype).toBe(expected);
      expect(where(tensor([true, false]), x, y).dtype).toBe(expected);
    },
  ); // prettier-ignore

  test("a plain number bends to the tensor, and makes a float only where it must", () => {
    const dtype = (x: DType, y: number): DType => ones(1, { dtype: x }).mul(y).dtype;
    expect(dtypes.map((x) => dtype(x, 2))).toEqual(["int32", "uint8", "int32", "float32", "float64"]);
    expect(dtypes.map((x) => dtype(x, 0.5))).toEqual(["float32", "float32", "float32", "float32", "float64"]);
  });

  test("dividing and averaging need floats; sums of whole numbers are int32", () => {
    const bytes = tensor([200, 100], { dtype: "uint8" });
    expect([bytes.sum().dtype, bytes.sum().item()]).toEqual(["int32", 300]);
    expect([bytes.div(bytes).dtype, bytes.exp().dtype]).toEqual(["float32", "float32"]);
    expect(tensor([true, true]).sum().item()).toBe(2);
    expect(bytes.add(bytes).toArray()).toEqual([144, 200]); // uint8 wraps round, as in PyTorch
  });

  test("to() converts, and is the tensor itself where nothing changes", () => {
    const x = tensor([0, 1.5, -2.5]);
    expect(x.to("int32").toArray()).toEqual([0, 1, -2]);
    expect(x.to("bool").toArray()).toEqual([false, true, true]);
    expect(x.to("float32")).toBe(x);
  });
});

describe("broadcasting", () => {
  const shape = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 3 });

  /** NumPy's rule, written the plain way. */
  function meet(a: number[], b: number[]): number[] | null {
    const n = Math.max(a.length, b.length);
    const pad = (s: number[]): number[] => [...new Array<number>(n - s.length).fill(1), ...s];
    const pairs = pad(a).map((size, i): [number, number] => [size, pad(b)[i]]);
    return pairs.some(([x, y]) => x !== y && x !== 1 && y !== 1) ? null : pairs.map(([x, y]) => (x === 1 ? y : x)); // prettier-ignore
  }

  test("stretches sizes of 1, counted from the last dimension, and refuses the rest", () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const expected = meet(a, b);
        const add = (): Tensor => zeros(a).add(zeros(b));
        if (expected) expect(add().shape).toEqual(expected);
        else expect(add).toThrow("add: expected shapes that broadcast");
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test("reads the stretched values again and again", () => {
    const sum = tensor([[10], [20]]).add(tensor([1, 2, 3]));
    expect(sum.toArray()).toEqual([[11, 12, 13], [21, 22, 23]]); // prettier-ignore
    expect(zeros(0, 3).add(ones(3)).shape).toEqual([0, 3]);
  });
});

describe("at()", () => {
  type Step = number | null | readonly (number | null)[];

  /** Python's slice of a plain array. */
  function slice<T>(items: T[], [start, stop, step]: readonly (number | null | undefined)[]): T[] {
    const [n, by] = [items.length, step ?? 1];
    const clamp = (end: number, low: number, high: number): number =>
      Math.min(Math.max(end < 0 ? end + n : end, low), high);
    const out: T[] = [];
    if (by > 0) {
      const last = stop == null ? n : clamp(stop, 0, n);
      for (let i = start == null ? 0 : clamp(start, 0, n); i < last; i += by) out.push(items[i]);
    } else {
      const last = stop == null ? -1 : clamp(stop, -1, n - 1);
      for (let i = start == null ? n - 1 : clamp(start, -1, n - 1); i > last; i += by) out.push(items[i]);
    }
    return out;
  }

  function naive(values: unknown, index: Step[]): unknown {
    if (index.length === 0) return values;
    const [step, ...rest] = index;
    if (step === null) return [naive(values, rest)];
    const items = values as unknown[];
    if (typeof step === "number") return naive(items.at(step), rest);
    return slice(items, step).map((item) => naive(item, rest));
  }

  const end = fc.option(fc.integer({ min: -6, max: 6 }));
  const range = fc.tuple(end, end, fc.option(fc.constantFrom(1, 2, 3, -1, -2)));
  const step: fc.Arbitrary<Step> = fc.oneof(
    range,
    range.map((full) => full.slice(0, 2)),
    fc.constant([]),
    fc.constant(null),
    fc.integer({ min: -3, max: 2 }),
  );

  test("picks what Python picks", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), (index) => {
        fc.pre(index.filter((each) => each !== null).length <= 3);
        const x = arange(60).reshape(3, 4, 5);
        // Positions −3 … 2 exist in every dimension.
        const got = x.at(...(index as Parameters<Tensor["at"]>));
        expect(got.toArray()).toEqual(naive(x.toArray(), index));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test("gives a tensor of its own", () => {
    const x = tensor([1, 2]);
    x.at(0).storage[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
  });
});

describe("movement", () => {
  const x = arange(6).reshape(2, 3);

  test("puts the same values at other places", () => {
    expect(x.T.toArray()).toEqual([[0, 3], [1, 4], [2, 5]]); // prettier-ignore
    expect(x.transpose(0, 1).toArray()).toEqual(x.T.toArray());
    expect(x.reshape(3, -1).toArray()).toEqual([[0, 1], [2, 3], [4, 5]]); // prettier-ignore
    expect(arange(24).reshape(2, 3, 4).permute(2, 0, 1).at(1).toArray()).toEqual([[1, 5, 9], [13, 17, 21]]); // prettier-ignore
    expect(x.unsqueeze(1).shape).toEqual([2, 1, 3]);
    expect(x.unsqueeze(-1).shape).toEqual([2, 3, 1]);
    expect(x.unsqueeze(1).squeeze().shape).toEqual([2, 3]);
    expect([x.squeeze(0).shape, ones(1, 2, 1).squeeze(0).shape]).toEqual([[2, 3], [2, 1]]); // prettier-ignore
    expect(x.flip(-1).toArray()).toEqual([[2, 1, 0], [5, 4, 3]]); // prettier-ignore
    expect(x.roll(1, 1).toArray()).toEqual([[2, 0, 1], [5, 3, 4]]); // prettier-ignore
    expect(x.rot90().toArray()).toEqual([[2, 5], [1, 4], [0, 3]]); // prettier-ignore
    expect(x.rot90(-1).toArray()).toEqual([[3, 0], [4, 1], [5, 2]]); // prettier-ignore
    expect(x.narrow(1, -2, 2).toArray()).toEqual([[1, 2], [4, 5]]); // prettier-ignore
    expect(x.pad([1, 0, 0, 1], { value: 9 }).toArray()).toEqual([[9, 0, 1, 2], [9, 3, 4, 5], [9, 9, 9, 9]]); // prettier-ignore
    expect(x.indexSelect(1, [2, 2, 0]).toArray()).toEqual([[2, 2, 0], [5, 5, 3]]); // prettier-ignore
    expect(x.gather(1, tensor([[2], [0]], { dtype: "int32" })).toArray()).toEqual([[2], [3]]); // prettier-ignore
    const cube = arange(24).reshape(2, 3, 4);
    expect(cube.gather(1, tensor([[[2, 0]]], { dtype: "int32" })).toArray()).toEqual([[[8, 1]]]); // shorter in two others
    expect(ones(2, 1).expand(-1, 3).shape).toEqual([2, 3]);
    expect(arange(24).reshape(2, 3, 4).flatten(1).shape).toEqual([2, 12]);
    expect([tensor(3).flatten().shape, tensor(3).reshape(1, 1).shape]).toEqual([[1], [1, 1]]); // prettier-ignore
  });

  test("knows its facts", () => {
    expect([x.shape, x.ndim, x.numel, x.size(-1), x.dtype]).toEqual([[2, 3], 2, 6, 3, "int32"]);
    expect(f64([[2.5]]).item()).toBe(2.5);
  });

  test("copy_ overwrites in place", () => {
    const y = zeros(2);
    expect(y.copy_(f64([1, 2]))).toBe(y);
    expect(y.toArray()).toEqual([1, 2]);
  });
});
