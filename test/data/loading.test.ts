import { data, Generator, tensor, arange, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";

/** Ten samples: their number, and its square. */
const set = new data.TensorDataset(arange(10).to("float32").reshape(10, 1), arange(10).mul(arange(10)));
const order = (loader: Iterable<Tensor[]>): number[][] => [...loader].map(([x]) => x.reshape(-1).toArray());
const generator = (seed: number): Generator => new Generator(seed);

describe("DataLoader", () => {
  test("goes through the samples in order, the last batch smaller", () => {
    const loader = new data.DataLoader(set, { batchSize: 4 });
    expect(order(loader)).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]); // prettier-ignore
    expect(loader.length).toBe(3);
    const [[x, y]] = loader;
    expect([x.shape, y.toArray()]).toEqual([[4, 1], [0, 1, 4, 9]]); // prettier-ignore
    expect(new data.DataLoader(set).length).toBe(10);
  });

  test("can leave the smaller batch out", () => {
    const loader = new data.DataLoader(set, { batchSize: 4, dropLast: true });
    expect([loader.length, order(loader)]).toEqual([2, [[0, 1, 2, 3], [4, 5, 6, 7]]]); // prettier-ignore
  });

  test("shuffles anew each epoch, the same way for the same seed", () => {
    const make = (seed: number): data.DataLoader =>
      new data.DataLoader(set, { batchSize: 3, shuffle: true, generator: generator(seed) });
    const [loader, same] = [make(1), make(1)];
    const [first, second] = [order(loader), order(loader)];
    expect(first).not.toEqual(second);
    expect([...first.flat()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([order(same), order(same)]).toEqual([first, second]);
    expect(order(make(2))).not.toEqual(first);
  });

  test("keeps input and target together", () => {
    const loader = new data.DataLoader(set, { batchSize: 4, shuffle: true, generator: generator(5) });
    for (const [x, y] of loader) expect(y.toArray()).toEqual(x.mul(x).reshape(-1).toArray());
  });
});

describe("split()", () => {
  const numbers = (part: data.Subset): number[] => part.batch(Array.from({ length: part.length }, (_, i) => i))[0].reshape(-1).toArray(); // prettier-ignore

  test("deals every sample out once, by counts or by shares", () => {
    for (const lengths of [[7, 3], [0.7, 0.3]]) {
      const parts = data.split(set, lengths, { generator: generator(1) });
      expect(parts.map((part) => part.length)).toEqual([7, 3]);
      expect(parts.flatMap(numbers).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    } // prettier-ignore
    expect(data.split(set, [0.25, 0.25, 0.5]).map((part) => part.length)).toEqual([3, 2, 5]);
  });

  test("mixes, the same way for the same seed", () => {
    const first = (seed: number): number[] =>
      numbers(data.split(set, [10], { generator: generator(seed) })[0]);
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    expect(first(1)).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("makes subsets of subsets", () => {
    const evens = new data.Subset(set, [0, 2, 4, 6, 8]);
    expect(numbers(new data.Subset(evens, [4, 0]))).toEqual([8, 0]);
  });
});

describe("digits()", () => {
  const digits = data.digits();

  test("holds all images in grey levels from paper to ink, with labels and forms", () => {
    expect([digits.images.shape, digits.images.dtype]).toEqual([[1797, 1, 8, 8], "float32"]);
    expect([digits.images.min().item(), digits.images.max().item()]).toEqual([0, 1]);
    expect([digits.labels.shape, digits.labels.dtype]).toEqual([[1797], "int32"]);
    expect(digits.labels.narrow(0, 0, 12).toArray()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect([digits.forms.min().item(), digits.forms.max().item()]).toEqual([0, 13]);
    expect(digits.images.mul(16).at(0, 0, 1).toArray()).toEqual([0, 0, 13, 15, 10, 15, 5, 0]);
  });

  test("keeps every form on one side of the split", () => {
    expect([digits.train.length, digits.test.length]).toEqual([1287, 510]);
    const forms = (start: number, length: number): Set<number> => new Set(digits.forms.narrow(0, start, length).data); // prettier-ignore
    expect([...forms(0, 1287)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...forms(1287, 510)]).toEqual([10, 11, 12, 13]);
    const [images, labels] = digits.test.batch([0, 509]);
    expect(images.toArray()).toEqual(digits.images.indexSelect(0, [1287, 1796]).toArray());
    expect(labels.toArray()).toEqual(tensor([digits.labels.at(1287).item(), digits.labels.at(1796).item()]).toArray()); // prettier-ignore
  });
});
