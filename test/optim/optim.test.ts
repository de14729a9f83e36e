import { nn, optim, Tensor, tensor, zeros } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { expectClose, leaf } from "../support/tensors";

/** One weight that begins at 1, and two steps with the gradients 0.5 and −1. */
function twoSteps(make: (parameters: Tensor[]) => optim.Optimizer): number[] {
  const weight = leaf([1]);
  const optimizer = make([weight]);
  return [0.5, -1].map((gradient) => {
    weight.grad = tensor([gradient], { dtype: "float64" });
    optimizer.step();
    return weight.item();
  });
}

const close = (got: number[], expected: number[]): void => got.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12)); // prettier-ignore

describe("SGD", () => {
  test("steps against the gradient", () => {
    close(
      twoSteps((p) => new optim.SGD(p, { lr: 0.1 })),
      [0.95, 1.05],
    );
  });

  test.each([1, 3, 4, 7, 8])("moves each of %i values of float32, rounded as PyTorch rounds", (count) => {
    const numbers = (factor: number): number[] => Array.from({ length: count }, (_, i) => factor * (i + 1));
    const weight = tensor(numbers(0.7)).requiresGrad_();
    weight.grad = tensor(numbers(-0.3));
    new optim.SGD([weight], { lr: 0.1, maximize: count === 3 }).step();
    const rate = Math.fround(count === 3 ? -0.1 : 0.1);
    const expected = numbers(0.7).map((value, i) =>
      Math.fround(Math.fround(value) - Math.fround(rate * Math.fround(-0.3 * (i + 1)))),
    );
    expect([...weight.storage]).toEqual(expected);
  });

  test("keeps a share of its direction with momentum", () => {
    // velocity 0.5, then 0.9 · 0.5 − 1 = −0.55
    close(
      twoSteps((p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 })),
      [0.95, 1.005],
    );
  });

  test("damps every gradient but the first", () => {
    // velocity 0.5, then 0.9 · 0.5 − 0.75 = −0.3
    close(
      twoSteps((p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, dampening: 0.25 })),
      [0.95, 0.98],
    );
  });

  test("looks ahead with nesterov", () => {
    // 0.5 + 0.9 · 0.5 = 0.95, then −1 + 0.9 · (−0.55) = −1.495
    close(
      twoSteps((p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true })),
      [0.905, 1.0545],
    );
  });

  test("pulls towards 0 with weightDecay", () => {
    // 0.5 + 0.2 · 1 = 0.7, then −1 + 0.2 · 0.93 = −0.814
    close(
      twoSteps((p) => new optim.SGD(p, { lr: 0.1, weightDecay: 0.2 })),
      [0.93, 1.0114],
    );
  });
});

describe("Adam", () => {
  // mean 0.1 · 0.5 = 0.05 and 0.9 · 0.05 − 0.1 = −0.055; square 0.001 · 0.25 and 0.999 · 0.00025 + 0.001
  const second = -0.055 / 0.19 / Math.sqrt((0.999 * 0.00025 + 0.001) / (1 - 0.999 ** 2));

  test("takes a first step of the learning rate, then follows its averages", () => {
    close(
      twoSteps((p) => new optim.Adam(p, { lr: 0.1, eps: 0 })),
      [0.9, 0.9 - 0.1 * second],
    );
  });

  test("adds eps under the fraction", () => {
    close(twoSteps((p) => new optim.Adam(p, { lr: 0.1, eps: 0.5 })).slice(0, 1), [1 - 0.1 * (0.5 / (0.5 + 0.5))]); // prettier-ignore
  });

  test("lets weightDecay enter the averages, AdamW keeps it beside them", () => {
    const [adam] = twoSteps((p) => new optim.Adam(p, { lr: 0.1, eps: 0, weightDecay: 0.5 }));
    expect(adam).toBeCloseTo(0.9, 12); // the size of the gradient does not count, so neither does the pull
    const [first, then] = twoSteps((p) => new optim.AdamW(p, { lr: 0.1, eps: 0, weightDecay: 0.5 }));
    close([first, then], [0.95 - 0.1, 0.85 * 0.95 - 0.1 * second]);
    const [gentle] = twoSteps((p) => new optim.AdamW(p, { lr: 0.1, eps: 0 }));
    expect(gentle).toBeCloseTo(0.999 - 0.1, 12); // 0.01 unless given
  });
});

describe("an optimiser", () => {
  test("leaves a parameter without gradient alone, and forgets gradients", () => {
    const [a, b] = [leaf([1]), leaf([1])];
    const optimizer = new optim.SGD([a, b], { lr: 1, weightDecay: 1 });
    a.grad = tensor([1], { dtype: "float64" });
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([-1, 1]);
    optimizer.zeroGrad();
    expect(a.grad).toBe(null);
  });

  test.each([
    ["SGD", (p: Tensor[]) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 })],
    ["Adam", (p: Tensor[]) => new optim.Adam(p, { lr: 0.1 })],
  ])("%s goes on from a saved state as if nothing had been", (_, make) => {
    const [a, b] = [leaf([1, 2]), leaf([1, 2])];
    const [first, second] = [make([a]), make([b])];
    const step = (optimizer: optim.Optimizer, x: Tensor, by: number): void => {
      x.grad = tensor([by, -2 * by], { dtype: "float64" });
      optimizer.step();
    };
    step(first, a, 0.3);
    first.lr = 0.05;
    b.copy_(a);
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
    step(first, a, 0.7);
    step(second, b, 0.7);
    expect(b.data).toEqual(a.data);
    expect(second.lr).toBe(0.05);
  });

  test("does not change by a state that it refuses", () => {
    const optimizer = new optim.SGD([leaf([1, 2])], { lr: 0.1, momentum: 0.9 });
    const before = optimizer.stateDict();
    expect(() => optimizer.loadStateDict({ lr: 9, parameters: [{ steps: 3, slots: { velocity: [1] } }] })).toThrow(RangeError); // prettier-ignore
    expect(optimizer.stateDict()).toEqual(before);
  });
});

describe("a schedule", () => {
  const sgd = (lr = 1, momentum = 0): optim.SGD => new optim.SGD([leaf([1])], { lr, momentum });
  const rates = (optimizer: optim.Optimizer, schedule: optim.Schedule, steps: number): number[] =>
    Array.from({ length: steps + 1 }, (_, i) => {
      if (i > 0) schedule.step();
      return optimizer.lr;
    });

  test("StepLR goes down in stairs", () => {
    const optimizer = sgd();
    close(rates(optimizer, new optim.StepLR(optimizer, 2, { gamma: 0.5 }), 5), [1, 1, 0.5, 0.5, 0.25, 0.25]);
    const other = sgd(3);
    close(rates(other, new optim.StepLR(other, 1), 1), [3, 0.3]);
  });

  test("CosineAnnealingLR is half way down in the middle", () => {
    const optimizer = sgd();
    const schedule = new optim.CosineAnnealingLR(optimizer, 4, { etaMin: 0.2 });
    close(rates(optimizer, schedule, 4), [1, 0.6 + 0.4 * Math.SQRT1_2, 0.6, 0.6 - 0.4 * Math.SQRT1_2, 0.2]);
    expect(schedule.interval).toBe("epoch");
  });

  test("LinearWarmup rises to the rate it was given, and stays", () => {
    const optimizer = sgd(0.9);
    const schedule = new optim.LinearWarmup(optimizer, 2);
    close(rates(optimizer, schedule, 4), [0.3, 0.6, 0.9, 0.9, 0.9]);
    expect(schedule.interval).toBe("batch");
  });

  test("OneCycleLR goes up, down, and moves momentum the other way", () => {
    const optimizer = sgd(1, 0.9);
    const schedule = new optim.OneCycleLR(optimizer, 2, { totalSteps: 10, pctStart: 0.3, divFactor: 4, finalDivFactor: 100 }); // prettier-ignore
    expect(optimizer.momentum).toBeCloseTo(0.95, 12);
    const seen = rates(optimizer, schedule, 9);
    close([seen[0], seen[1], seen[2], seen[9]], [0.5, 1.25, 2, 0.005]);
    expect(seen[5]).toBeGreaterThan(seen[6]);
    expect(optimizer.momentum).toBeCloseTo(0.95, 12);
    const adam = new optim.Adam([leaf([1])], { betas: [0.5, 0.7] });
    new optim.OneCycleLR(adam, 2, { totalSteps: 10 });
    expect(adam.betas).toEqual([0.95, 0.7]);
  });

  test("OneCycleLR gives momentum to an SGD without, unless told not to, as PyTorch's does", () => {
    const [moved, left] = [sgd(), sgd()];
    new optim.OneCycleLR(moved, 2, { totalSteps: 10 });
    new optim.OneCycleLR(left, 2, { totalSteps: 10, cycleMomentum: false });
    expect([moved.momentum, left.momentum]).toEqual([0.95, 0]);
  });

  test("OneCycleLR begins to rise again in the one step that it allows behind its curve", () => {
    const optimizer = sgd();
    const seen = rates(optimizer, new optim.OneCycleLR(optimizer, 1, { epochs: 2, stepsPerEpoch: 5 }), 10);
    expect(seen[10]).toBeGreaterThan(seen[9]);
  });

  test("OneCycleLR without room to rise begins at the top", () => {
    const optimizer = sgd();
    const seen = rates(optimizer, new optim.OneCycleLR(optimizer, 2, { totalSteps: 10, pctStart: 0.1 }), 9);
    expect(seen.every(Number.isFinite)).toBe(true);
    expect(seen[0]).toBe(2);
  });
});

describe("clipGradNorm()", () => {
  test("measures by other norms, takes one parameter, and lets nan show", () => {
    const x = leaf([0, 0]);
    const clipped = (maxNorm: number, normType: number, ...gradient: number[]): unknown => {
      x.grad = tensor(gradient, { dtype: "float64" });
      const before = optim.clipGradNorm(x, maxNorm, { normType });
      return [before, ...x.grad.data].map((value) => Math.round(value * 100) / 100);
    };
    expect(clipped(1, Infinity, 2, -4)).toEqual([4, 0.5, -1]);
    expect(clipped(3, 1, 2, -4)).toEqual([6, 1, -2]);
    expect(clipped(0, 2, 3, 4)).toEqual([5, 0, 0]);
    expect(clipped(1, 2, NaN, 4)).toEqual([NaN, NaN, NaN]);
  });

  test("shrinks all gradients together and returns their length before", () => {
    const [a, b, none] = [leaf([0]), leaf([0, 0]), leaf([5])];
    a.grad = tensor([3], { dtype: "float64" });
    b.grad = tensor([0, 4], { dtype: "float64" });
    expect(optim.clipGradNorm([a, b, none], 1)).toBe(5);
    expectClose(a.grad, [0.6], 1e-6);
    expectClose(b.grad, [0, 0.8], 1e-6);
    expect(optim.clipGradNorm([a, b, none], 10)).toBeCloseTo(1, 5);
    expectClose(a.grad, [0.6], 1e-6); // short enough: left as it is
  });
});

test("an optimiser takes what a module calls its parameters", () => {
  const net = new nn.Linear(1, 1);
  const optimizer = new optim.SGD(net.parameters(), { lr: 1 });
  net.forward(zeros(1, 1)).sum().backward();
  const before = net.bias!.item();
  optimizer.step();
  expect(net.bias!.item()).toBeCloseTo(before - 1, 6);
});
