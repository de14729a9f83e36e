import { gradError, noGrad, ones, tensor, zeros, type Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { f64, leaf } from "../support/tensors";

describe("backward()", () => {
  test("follows the chain rule, worked by hand", () => {
    const [x, y] = [leaf(3), leaf(4)];
    x.mul(y).add(x).pow(2).backward(); // z = (xy + x)² = 225, dz/dx = 2 · 15 · (y + 1), dz/dy = 2 · 15 · x
    expect([x.grad!.item(), y.grad!.item()]).toEqual([150, 90]);
  });

  test("adds up over every use of a tensor", () => {
    const x = leaf([2]);
    const shared = x.mul(3);
    shared.add(shared.mul(shared)).add(x).sum().backward(); // 3x + 9x² + x
    expect(x.grad!.toArray()).toEqual([3 + 36 + 1]);
  });

  test("visits a node after all that use it", () => {
    const x = leaf([1]);
    let diamond: Tensor = x;
    for (let i = 0; i < 20; i++) diamond = diamond.add(diamond); // 2²⁰ paths
    diamond.sum().backward();
    expect(x.grad!.toArray()).toEqual([2 ** 20]);
  });

  test("adds to the gradient that is there, in a tensor of its own", () => {
    const x = leaf([1, 2]);
    x.sum().backward();
    const first = x.grad!;
    x.mul(2).sum().backward();
    expect([first.toArray(), x.grad!.toArray()]).toEqual([[1, 1], [3, 3]]); // prettier-ignore
  });

  test("minds values that were overwritten only where they are needed", () => {
    const x = leaf([1, 2]);
    const [sum, product] = [x.add(1).sum(), x.mul(x).sum()];
    x.copy_(f64([5, 5]));
    sum.backward();
    expect(x.grad!.toArray()).toEqual([1, 1]);
    expect(() => product.backward()).toThrow("backward: expected the inputs of mul as they were");
    expect(() => x.detach().reshape(1, 2).mul(x).sum().backward()).not.toThrow();
    const again = x.mul(2).mul(x).sum();
    x.detach().copy_(f64([1, 1])); // shares storage
    expect(() => again.backward()).toThrow("overwritten since");
  });

  test("takes a gradient for a result of many values, and keeps it apart", () => {
    const x = leaf([1, 2]);
    const given = f64([10, 20]);
    x.clone().backward(given);
    given.storage[0] = 99;
    expect(x.grad!.toArray()).toEqual([10, 20]);
  });

  test("gives a leaf the gradient 1 of itself", () => {
    const x = leaf(5);
    x.backward();
    expect(x.grad!.item()).toBe(1);
  });

  test("leaves plain inputs and detached ones alone", () => {
    const [x, plain] = [leaf([2]), f64([3])];
    x.mul(plain).add(x.detach().mul(100)).sum().backward();
    expect(plain.grad).toBe(null);
    expect(x.grad!.toArray()).toEqual([3]);
    expect(x.detach().storage).toBe(x.storage); // detach shares, clone does not
    expect(x.clone().storage).not.toBe(x.storage);
  });

  test("lets the whole record go", () => {
    const x = leaf([1, 2]);
    const middle = x.mul(3);
    const loss = middle.exp().sum();
    const nodes = [loss.node!, loss.node!.inputs[0]!.node!, middle.node!];
    loss.backward();
    for (const node of nodes) expect([node.inputs, node.grads]).toEqual([[], null]);
    expect(() => middle.sum().backward()).toThrow("one whose mul was already used by an earlier backward()");
  });

  test("goes through a chain of 10,000 ops", () => {
    const x = leaf([1]);
    let deep: Tensor = x;
    for (let i = 0; i < 10_000; i++) deep = deep.add(1);
    deep.sum().backward();
    expect(x.grad!.toArray()).toEqual([1]);
  });

  test("flows between the two float types, in each one's own", () => {
    const x = ones(2, { requiresGrad: true });
    x.to("float64")
      .mul(f64([2, 3]))
      .sum()
      .backward();
    expect([x.grad!.dtype, x.grad!.toArray()]).toEqual(["float32", [2, 3]]);
    const y = ones(1, { requiresGrad: true });
    y.mul(f64([2]))
      .sum()
      .backward();
    expect(y.grad!.dtype).toBe("float32");
  });

  test("records nothing itself", () => {
    const x = leaf([2]);
    x.mul(x).sum().backward();
    expect([x.grad!.requiresGrad, x.grad!.node]).toEqual([false, null]);
  });
});

describe("requiresGrad", () => {
  test("spreads to results that depend on it, of float dtype only", () => {
    const x = leaf([1]);
    expect([x.add(f64([1])).requiresGrad, f64([1]).add(1).requiresGrad]).toEqual([true, false]);
    expect([x.gt(0).requiresGrad, x.argmax().requiresGrad, x.to("int32").requiresGrad]).toEqual([false, false, false]); // prettier-ignore
    expect(zeros(1).requiresGrad_().mul(2).requiresGrad).toBe(true);
    expect(leaf([1]).requiresGrad_(false).mul(2).requiresGrad).toBe(false);
  });
});

describe("noGrad()", () => {
  const x = leaf([1]);

  test("returns what its body returns, without a record", () => {
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(noGrad(() => "done")).toBe("done");
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test("switches recording on again after an error, and after another noGrad", () => {
    expect(() => noGrad(() => tensor(1).backward())).toThrow(RangeError);
    expect(x.mul(2).requiresGrad).toBe(true);
    noGrad(() => {
      noGrad(() => undefined);
      expect(x.mul(2).requiresGrad).toBe(false);
    });
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test("refuses an async body, and records afterwards", async () => {
    expect(() => noGrad(async () => undefined)).toThrow(TypeError);
    expect(x.mul(2).requiresGrad).toBe(true);
    await Promise.resolve();
    expect(x.mul(2).requiresGrad).toBe(true);
  });
});

test("a gradient that passes through a network of many ops agrees with central differences", () => {
  const [w, b, x] = [leaf([[0.3, -0.2], [0.5, 0.1]]), leaf([0.1, -0.3]), f64([[1, 2], [-1, 0.5]])]; // prettier-ignore
  const loss = (): Tensor =>
    x.matmul(w.T).add(b).tanh().matmul(w).sigmoid().logSoftmax(1).at([], 0).mean().neg();
  expect(gradError(loss, [w, b])).toBeLessThan(1e-9);
});
