import { backend, F, tensor } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { leaf } from "../support/tensors";

const vectors = [[1, 2], [3, 4], [5, 6]]; // prettier-ignore
const words = (...numbers: number[]) => tensor(numbers, { dtype: "int32" });

describe.each(backend.list())("embedding() on %s", (name) => {
  beforeEach(() => backend.use(name));

  test("looks up one vector a number, in any shape", () => {
    expect(F.embedding(words(2, 0), leaf(vectors)).toArray()).toEqual([[5, 6], [1, 2]]); // prettier-ignore
    expect(F.embedding(words(1, 1).reshape(2, 1), leaf(vectors)).shape).toEqual([2, 1, 2]);
    expect(F.embedding(tensor(1, { dtype: "uint8" }), leaf(vectors)).toArray()).toEqual([3, 4]);
  });

  test("adds up what a vector hears from each use, and leaves the padding alone", () => {
    const weight = leaf(vectors);
    F.embedding(words(2, 0, 2), weight, { paddingIdx: 0 })
      .sum()
      .backward();
    expect(weight.grad!.toArray()).toEqual([[0, 0], [0, 0], [2, 2]]); // prettier-ignore
    const other = leaf(vectors);
    F.embedding(words(2, 0, 2), other, { paddingIdx: -1 })
      .sum()
      .backward();
    expect(other.grad!.toArray()).toEqual([[1, 1], [0, 0], [0, 0]]); // prettier-ignore
  });
});
