import { backend, cat, F, tensor, where, Generator, ones, zeros, type Tensor } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";
import { expectClose, f64, leaf } from "../support/tensors";

describe.each(backend.list())("arithmetic on %s", (name) => {
  beforeEach(() => backend.use(name));

  test("works value by value", () => {
    const [a, b] = [f64([6, -3, 2]), f64([3, 2, -4])];
    expect(a.add(b).toArray()).toEqual([9, -1, -2]);
    expect(a.sub(b).toArray()).toEqual([3, -5, 6]);
    expect(a.mul(b).toArray()).toEqual([18, -6, -8]);
    expect(a.div(b).toArray()).toEqual([2, -1.5, -0.5]);
    expect(a.pow(2).toArray()).toEqual([36, 9, 4]);
    expect(a.maximum(b).toArray()).toEqual([6, 2, 2]);
    expect(a.minimum(b).toArray()).toEqual([3, -3, -4]);
    expect(a.neg().toArray()).toEqual([-6, 3, -2]);
    expect(a.abs().toArray()).toEqual([6, 3, 2]);
    expect(a.sign().toArray()).toEqual([1, -1, 1]);
    expect(a.clamp(-1, 4).toArray()).toEqual([4, -1, 2]);
  });

  test("keeps bool in bool", () => {
    const [yes, no] = [tensor([true, true]), tensor([true, false])];
    expect(yes.add(no).toArray()).toEqual([true, true]);
    expect(yes.add(no).sum().item()).toBe(2);
  });

  test("lets a tensor without dimensions give way to one with some, as a number does", () => {
    const single = tensor(2.5, { dtype: "float64" });
    expect(tensor([1]).mul(single).dtype).toBe("float32");
    expect(single.mul(tensor([1])).dtype).toBe("float32");
    expect(tensor([1], { dtype: "int32" }).mul(single).dtype).toBe("float64");
    expect(tensor([1], { dtype: "uint8" }).add(tensor(1, { dtype: "int32" })).dtype).toBe("uint8");
    expect(tensor([true]).add(tensor(1, { dtype: "int32" })).dtype).toBe("int32");
    expect(tensor(1).mul(single).dtype).toBe("float64");
  });

  test("rounds quotients where asked to, and whole numbers stay whole", () => {
    const whole = tensor([7, -7], { dtype: "int32" });
    expect(whole.div(2, { roundingMode: "floor" }).toArray()).toEqual([3, -4]);
    expect(whole.div(2, { roundingMode: "trunc" }).dtype).toBe("int32");
    expect(f64([1]).div(0.1, { roundingMode: "floor" }).item()).toBe(9); // 0.1 is a little more than a tenth
    expect(f64([1, -1]).div(0, { roundingMode: "floor" }).toArray()).toEqual([Infinity, -Infinity]);
  });

  test("cuts off the fractions of whole numbers to negative powers, if those come in a tensor", () => {
    const powers = tensor([-1, 2], { dtype: "int32" });
    expect(tensor([2, 3], { dtype: "int32" }).pow(powers).toArray()).toEqual([0, 9]);
  });

  test("passes gradients where nan is, as PyTorch does", () => {
    const gradientOf = (op: (x: Tensor) => Tensor): unknown => {
      const x = leaf([1, NaN, 3]);
      op(x).sum().backward();
      return x.grad!.toArray();
    };
    expect(gradientOf((x) => x.relu())).toEqual([1, 1, 1]);
    expect(gradientOf((x) => x.maximum(2))).toEqual([0, 1, 1]);
    expect(gradientOf((x) => x.max())).toEqual([0, 1, 0]);
  });

  test("compares to bool, and nan equals nothing", () => {
    const [a, b] = [f64([1, 2, NaN]), f64([2, 2, NaN])];
    expect(a.eq(b).toArray()).toEqual([false, true, false]);
    expect(a.ne(b).toArray()).toEqual([true, false, true]);
    expect(a.lt(b).toArray()).toEqual([true, false, false]);
    expect(a.le(b).toArray()).toEqual([true, true, false]);
    expect(b.gt(a).toArray()).toEqual([true, false, false]);
    expect(b.ge(a).toArray()).toEqual([true, true, false]);
    expect(a.eq(b).dtype).toBe("bool");
  });

  test("compares and divides with numbers that the dtype cannot hold", () => {
    const bytes = tensor([156, 200], { dtype: "uint8" });
    expect(bytes.eq(-100).toArray()).toEqual([false, false]);
    expect(bytes.gt(-1).toArray()).toEqual([true, true]);
    expect(bytes.lt(300).toArray()).toEqual([true, true]);
    expect(bytes.div(-2).toArray()).toEqual([-78, -100]);
    expect(
      tensor([5], { dtype: "int32" })
        .lt(2 ** 40)
        .toArray(),
    ).toEqual([true]);
    expect(bytes.add(-1).toArray()).toEqual([155, 199]); // and the result stays uint8, as in PyTorch
    expect(bytes.add(-1).dtype).toBe("uint8");
  });

  test("picks where a condition holds", () => {
    expect(where(tensor([true, false]), f64([1, 2]), 9).toArray()).toEqual([1, 9]);
  });

  test("gives inf and nan where PyTorch does", () => {
    expect(f64([1, -1, 0]).div(0).toArray()).toEqual([Infinity, -Infinity, NaN]);
    expect(f64([0, -1]).log().toArray()).toEqual([-Infinity, NaN]);
    expect(f64([-1]).sqrt().toArray()).toEqual([NaN]);
    expect(f64([1]).pow(NaN).toArray()).toEqual([1]);
    expect(f64([-1]).pow(Infinity).toArray()).toEqual([1]);
    expect(f64([NaN, -0.5]).sign().toArray()).toEqual([0, -1]);
    expect(f64([NaN]).relu().toArray()).toEqual([NaN]);
  });

  test("knows the values of the activations", () => {
    expect(f64([-2, 0, 3]).relu().toArray()).toEqual([0, 0, 3]);
    expect(f64([-2, 0, 3]).leakyRelu(0.1).toArray()).toEqual([-0.2, 0, 3]);
    expectClose(f64([0, Math.log(3)]).sigmoid(), [0.5, 0.75]);
    expectClose(f64([0, Math.log(2)]).tanh(), [0, 0.6]);
    // x · Φ(x) with Φ(1) = 0.841344746068543 (tables of the normal distribution)
    expectClose(f64([-1, 0, 1, 3]).gelu(), [-0.158655253931457, 0, 0.841344746068543, 2.99595030590511], 1e-14); // prettier-ignore
    expectClose(f64([0, Math.log(3)]).softmax(0), [0.25, 0.75]);
    expectClose(f64([1, Math.E]).log(), [0, 1]);
    expectClose(f64([0, 1]).exp(), [1, Math.E]);
  });

  test("takes 0 as the slope of relu at 0, and of abs", () => {
    const x = leaf([0, 0]);
    x.relu().add(x.abs()).sum().backward();
    expect(x.grad!.toArray()).toEqual([0, 0]);
  });

  test("halves the gradient between equals of maximum, and gives it to the first of max over a dimension", () => {
    const [a, b] = [leaf([3, 1]), leaf([3, 2])];
    a.maximum(b).sum().backward();
    expect([a.grad!.toArray(), b.grad!.toArray()]).toEqual([[0.5, 0], [0.5, 1]]); // prettier-ignore
    const x = leaf([4, 4, 1]);
    x.max().backward();
    expect(x.grad!.toArray()).toEqual([0.5, 0.5, 0]);
    x.grad = null;
    x.max(0).backward();
    expect(x.grad!.toArray()).toEqual([1, 0, 0]);
  });

  test("lets the gradient of clamp pass at the border", () => {
    const x = leaf([-2, -1, 0, 1, 2]);
    x.clamp(-1, 1).sum().backward();
    expect(x.grad!.toArray()).toEqual([0, 1, 1, 1, 0]);
  });
});

describe.each(backend.list())("reductions on %s", (name) => {
  beforeEach(() => backend.use(name));
  const x = f64([[1, 5, 3], [4, 2, 6]]); // prettier-ignore

  test("run over all dimensions, one, or several", () => {
    expect(x.sum().item()).toBe(21);
    expect(x.sum(0).toArray()).toEqual([5, 7, 9]);
    expect(x.sum(-1).toArray()).toEqual([9, 12]);
    expect(x.sum([0, 1]).item()).toBe(21);
    expect(x.sum(1, { keepdim: true }).toArray()).toEqual([[9], [12]]);
    expect(x.mean(0).toArray()).toEqual([2.5, 3.5, 4.5]);
    expect(x.max(0).toArray()).toEqual([4, 5, 6]);
    expect(x.min(1).toArray()).toEqual([1, 2]);
    expect(x.prod(1).toArray()).toEqual([15, 48]);
    expect(x.argmax().item()).toBe(5);
    expect(x.argmax(1).toArray()).toEqual([1, 2]);
    expect(x.argmin(0).toArray()).toEqual([0, 1, 0]);
    expect(x.argmin(0, { keepdim: true }).shape).toEqual([1, 3]);
    expect(x.gt(1).all().toArray()).toBe(false);
    expect(x.gt(1).all(0).toArray()).toEqual([false, true, true]);
    expect(x.gt(5).any(1).toArray()).toEqual([false, true]);
  });

  test("divide the variance by one less than the count, or as told", () => {
    expect(x.var(1).toArray()).toEqual([4, 4]);
    expectClose(x.var(1, { correction: 0 }), [8 / 3, 8 / 3]);
    expect(x.std(1).toArray()).toEqual([2, 2]);
  });

  test("give the first of equals, and nan where there is one", () => {
    expect(f64([2, 7, 7]).argmax().item()).toBe(1);
    expect(f64([2, NaN, 7]).argmax(0).item()).toBe(1);
    expect(f64([2, NaN, 7]).max().item()).toBe(NaN);
  });

  test("over an empty list of dimensions are over all, but all and any over none", () => {
    const x = f64([[1, 2], [3, 4]]); // prettier-ignore
    expect([x.sum([]).item(), x.mean([]).item()]).toEqual([10, 2.5]);
    expect(x.gt(2).any([]).toArray()).toEqual([[false, false], [true, true]]); // prettier-ignore
    expect(tensor([1, 0], { dtype: "uint8" }).any().dtype).toBe("uint8");
  });

  test("of what does not scatter have a gradient of 0", () => {
    const x = leaf([2, 2]);
    x.std().backward();
    expect(x.grad!.toArray()).toEqual([0, 0]);
    expect(f64([1, 3]).var(0, { unbiased: false }).item()).toBe(1);
  });

  test("of nothing are the neutral number, or nan", () => {
    const none = zeros(0, 3);
    expect(none.sum(0).toArray()).toEqual([0, 0, 0]);
    expect(none.prod(0).toArray()).toEqual([1, 1, 1]);
    expect(none.mean().item()).toBe(NaN);
    expect(none.all().toArray()).toBe(true);
    expect(none.any().toArray()).toBe(false);
  });
});

describe.each(backend.list())("losses and normalisation on %s", (name) => {
  beforeEach(() => backend.use(name));
  const scores = f64([
    [0, Math.log(3)],
    [Math.log(4), 0],
  ]); // probabilities (1/4, 3/4) and (4/5, 1/5) // prettier-ignore
  const labels = tensor([1, 1], { dtype: "int32" });

  test("crossEntropy is minus the logarithm of the right class's probability", () => {
    expectClose(F.crossEntropy(scores, labels, { reduction: "none" }), [-Math.log(3 / 4), -Math.log(1 / 5)]);
    expectClose(F.crossEntropy(scores, labels), -(Math.log(3 / 4) + Math.log(1 / 5)) / 2);
    expectClose(F.crossEntropy(scores, labels, { reduction: "sum" }), -Math.log(3 / 20));
  });

  test("crossEntropy weighs classes, ignores a label and smooths", () => {
    const weight = f64([10, 2]);
    const other = tensor([0, 1], { dtype: "int32" });
    expectClose(F.crossEntropy(scores, other, { weight }), -(10 * Math.log(1 / 4) + 2 * Math.log(1 / 5)) / 12); // prettier-ignore
    const ignoring = tensor([-100, 1], { dtype: "int32" });
    expectClose(F.crossEntropy(scores, ignoring), -Math.log(1 / 5));
    expectClose(F.crossEntropy(scores, tensor([0, 1], { dtype: "int32" }), { ignoreIndex: 0 }), -Math.log(1 / 5)); // prettier-ignore
    const smooth = -0.9 * Math.log(3 / 4) - 0.1 * ((Math.log(1 / 4) + Math.log(3 / 4)) / 2);
    expectClose(F.crossEntropy(scores.narrow(0, 0, 1), labels.narrow(0, 0, 1), { labelSmoothing: 0.1 }), smooth); // prettier-ignore
  });

  test("crossEntropy does not take uint8 label 156 for the ignored −100", () => {
    const wide = zeros(1, 200, { dtype: "float64" });
    const loss = F.crossEntropy(wide, tensor([156], { dtype: "uint8" }));
    expectClose(loss, Math.log(200));
  });

  test("the other losses are averages of what they say", () => {
    const [a, b] = [f64([1, 4]), f64([3, 3])];
    expect(F.mseLoss(a, b).item()).toBe(2.5);
    expect(F.l1Loss(a, b).item()).toBe(1.5);
    expect(F.mseLoss(a, b, { reduction: "none" }).toArray()).toEqual([4, 1]);
    expectClose(F.binaryCrossEntropyWithLogits(f64([0, 1000, -1000]), f64([1, 1, 1])), (Math.log(2) + 1000) / 3); // prettier-ignore
    expectClose(F.nllLoss(f64([[-1, -2]]), tensor([1], { dtype: "int32" })), 2);
  });

  test("a yes that counts three times as much costs three times as much, a no as before", () => {
    const [logits, target] = [f64([[0, 1], [0, 1]]), f64([[1, 1], [0, 0]])]; // prettier-ignore
    const each = F.binaryCrossEntropyWithLogits(logits, target, {
      posWeight: f64([3, 2]),
      reduction: "none",
    });
    const [half, sure] = [Math.log(2), Math.log(1 + Math.exp(-1))];
    expectClose(each, [[3 * half, 2 * sure], [half, 1 + sure]]); // prettier-ignore
  });

  test("oneHot puts a 1 at each label", () => {
    expect(F.oneHot(tensor([2, 0], { dtype: "int32" })).toArray()).toEqual([[0, 0, 1], [1, 0, 0]]); // prettier-ignore
    expect(F.oneHot(tensor([1], { dtype: "uint8" }), 4).toArray()).toEqual([[0, 1, 0, 0]]);
  });

  test("linear is x · weightᵀ + bias", () => {
    expect(F.linear(f64([[1, 2]]), f64([[3, 4], [5, 6], [0, 1]]), f64([10, 20, 30])).toArray()).toEqual([[21, 37, 32]]); // prettier-ignore
  });

  test("batchNorm brings each channel to mean 0 and variance 1", () => {
    const x = f64([
      [
        [1, 3],
        [10, 10],
      ],
    ]); // one sample, channels (1, 3) and (10, 10) // prettier-ignore
    const out = F.batchNorm(x, undefined, undefined, { training: true, eps: 0.44 });
    expectClose(out, [
      [
        [-1 / 1.2, 1 / 1.2],
        [0, 0],
      ],
    ]); // variance 1 + 0.44 // prettier-ignore
    const scaled = F.batchNorm(x, undefined, undefined, { training: true, eps: 0.44, weight: f64([6, 1]), bias: f64([0, 7]) }); // prettier-ignore
    expectClose(scaled, [[[-5, 5], [7, 7]]]); // prettier-ignore
  });

  test("batchNorm moves the running statistics by momentum, the variance unbiased", () => {
    const [mean, variance] = [f64([10]), f64([5])];
    F.batchNorm(f64([[[1, 3]]]), mean, variance, { training: true, momentum: 0.25 });
    expect([mean.item(), variance.item()]).toEqual([0.75 * 10 + 0.25 * 2, 0.75 * 5 + 0.25 * 2]);
    const out = F.batchNorm(f64([[[8, 10.25]]]), mean, variance, { eps: 0 });
    expectClose(out, [[[0, 2.25 / Math.sqrt(4.25)]]]);
    expect(mean.item()).toBe(8); // in use the statistics stay
  });

  test("layerNorm looks at one sample only", () => {
    expectClose(F.layerNorm(f64([[1, 3], [30, 10]]), 2, { eps: 0 }), [[-1, 1], [1, -1]]); // prettier-ignore
    expectClose(F.layerNorm(f64([[1, 3]]), 2, { eps: 0, weight: f64([2, 3]), bias: f64([1, 1]) }), [[-1, 4]]);
  });

  test("dropout drops about p of the values and raises the rest", () => {
    const x = zeros(100, 100).add(1);
    const out = F.dropout(x, 0.3, { generator: new Generator(5) });
    const kept = out.gt(0).to("float32").mean().item();
    expect(kept).toBeGreaterThan(0.68);
    expect(kept).toBeLessThan(0.72);
    expect(out.max().item()).toBeCloseTo(1 / 0.7, 6);
    expect(F.dropout(x, 0.3, { training: false })).toBe(x);
    expect(F.dropout(x, 1).sum().item()).toBe(0);
    expect(F.dropout(x, { p: 1 }).sum().item()).toBe(0);
    expect(F.dropout(x, 0.3, { generator: new Generator(5) }).toArray()).toEqual(out.toArray());
  });

  test("what PyTorch names may be named here", () => {
    expect(F.leakyRelu(f64([-1]), { negativeSlope: 0.5 }).item()).toBe(-0.5);
    const labels = tensor([1], { dtype: "int32" });
    expect(F.oneHot(labels, { numClasses: 3 }).toArray()).toEqual([[0, 1, 0]]);
    expect(F.oneHot(labels, -1).toArray()).toEqual([[0, 1]]);
  });

  test("nothing goes through softmax and cat", () => {
    expect(F.softmax(zeros(0, 3), 0).shape).toEqual([0, 3]);
    expect(F.logSoftmax(zeros(2, 0), 1).shape).toEqual([2, 0]);
    expect(cat([zeros(0), ones(1, 2)]).toArray()).toEqual([[1, 1]]);
  });

  test("dropout2d drops whole maps", () => {
    const out = F.dropout2d(zeros(8, 8, 3, 3).add(1), 0.5, { generator: new Generator(5) });
    const sums = new Set(out.sum([2, 3]).data);
    expect([...sums].sort()).toEqual([0, 18]);
  });
});
