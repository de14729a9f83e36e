import { backend, cat, F, Generator, gradError, rand, randn, stack, Tensor, tensor, where } from "kernel-lib";
import { beforeEach, describe, expect, test } from "vitest";

type Forward = (...inputs: Tensor[]) => Tensor;

/** How close to central differences every gradient has to come. */
const STRICT = 1e-7;

/** An op, the shapes of its inputs, and how it is called. */
type Row = [name: string, shapes: number[][], forward: Forward, prepare?: (x: Tensor) => Tensor];

const positive = (x: Tensor): Tensor => x.abs().add(0.5);
const labels = tensor([2, 0, 1], { dtype: "int32" });
const ignoring = tensor([2, -100, 1], { dtype: "int32" });
const condition = tensor([[true, false, true], [false, false, true]]); // prettier-ignore
const targets = rand(2, 3, { dtype: "float64", generator: new Generator(9) });
const classWeights = tensor([0.5, 2, 1.5], { dtype: "float64" });

const arithmetic: Row[] = (["add", "sub", "mul", "div", "maximum", "minimum"] as const).flatMap((op): Row[] => [
  [`${op} of equal shapes`, [[2, 3], [2, 3]], (a, b) => a[op](b), positive],
  [`${op} that stretches the left side`, [[3], [2, 3]], (a, b) => a[op](b), positive],
  [`${op} that stretches the right side`, [[2, 3], [2, 1]], (a, b) => a[op](b), positive],
  [`${op} that stretches both sides`, [[2, 1, 3], [4, 1]], (a, b) => a[op](b), positive],
  [`${op} with a number`, [[2, 3]], (a) => a[op](0.7)],
  [`${op} of a number of its own`, [[], [2, 2]], (a, b) => a[op](b), positive],
]); // prettier-ignore

const rows: Row[] = [
  ...arithmetic,
  ["add of a tensor to itself", [[2, 3]], (x) => x.add(x)],
  ["mul of a tensor with itself", [[2, 3]], (x) => x.mul(x)],
  ["pow", [[2, 3], [3]], (a, b) => a.pow(b), positive], // prettier-ignore
  ["pow with a number", [[2, 3]], (x) => x.pow(3)],
  ["neg", [[2, 3]], (x) => x.neg()],
  ["exp", [[2, 3]], (x) => x.exp()],
  ["log", [[2, 3]], (x) => x.log(), positive],
  ["sqrt", [[2, 3]], (x) => x.sqrt(), positive],
  ["abs", [[2, 3]], (x) => x.abs()],
  ["sign", [[2, 3]], (x) => x.sign()],
  ["clamp", [[4, 5]], (x) => x.clamp(-0.5, 0.5)],
  ["clamp from below", [[4, 5]], (x) => x.clamp(-0.2)],
  ["clamp from above", [[4, 5]], (x) => x.clamp(undefined, 0.2)],
  ["clamp between tensors", [[4, 5], [5], [4, 1]], (x, low, high) => x.clamp(low.sub(0.5), high.add(0.5))], // prettier-ignore
  ["where", [[2, 3], [3]], (a, b) => where(condition, a, b)], // prettier-ignore
  ["where that stretches", [[1, 3], [2, 1]], (a, b) => where(condition, a, b)], // prettier-ignore
  ["relu", [[4, 5]], (x) => x.relu()],
  ["leakyRelu", [[4, 5]], (x) => x.leakyRelu(0.2)],
  ["gelu", [[4, 5]], (x) => x.mul(2).gelu()],
  ["gelu by its approximation", [[4, 5]], (x) => x.mul(2).gelu({ approximate: "tanh" })],
  ["sigmoid", [[2, 3]], (x) => x.sigmoid()],
  ["tanh", [[2, 3]], (x) => x.tanh()],
  ["softmax over rows", [[2, 3]], (x) => x.softmax(1)],
  ["softmax over columns", [[2, 3, 2]], (x) => x.softmax(1)],
  ["softmax of a number", [[]], (x) => x.softmax(0)],
  ["logSoftmax over rows", [[2, 3]], (x) => x.logSoftmax(-1)],
  ["logSoftmax over the first dimension", [[3, 2]], (x) => x.logSoftmax(0)],
  ["to and back", [[2, 3]], (x) => x.to("float64").mul(2)],
  ["clone", [[2, 3]], (x) => x.clone()],
  ["reshape", [[2, 3]], (x) => x.reshape(3, -1)],
  ["flatten", [[2, 3, 2]], (x) => x.flatten(1)],
  ["permute", [[2, 3, 4]], (x) => x.permute(2, 0, 1)],
  ["transpose", [[2, 3, 4]], (x) => x.transpose(0, -1)],
  ["T", [[2, 3]], (x) => x.T],
  ["squeeze", [[2, 1, 3]], (x) => x.squeeze()],
  ["unsqueeze", [[2, 3]], (x) => x.unsqueeze(1)],
  ["expand", [[3, 1]], (x) => x.expand(2, 3, 4)],
  ["narrow", [[4, 5]], (x) => x.narrow(1, 1, 3)],
  ["at with a position", [[4, 5]], (x) => x.at(-1)],
  ["at with ranges and a new dimension", [[4, 5]], (x) => x.at([null, null, -2], null, [1, 5, 2])],
  ["indexSelect that repeats", [[4, 3]], (x) => x.indexSelect(0, [1, 1, 3])],
  ["gather", [[3, 4]], (x) => x.gather(1, tensor([[0, 0], [3, 1]], { dtype: "int32" }))], // prettier-ignore
  ["flip", [[3, 4]], (x) => x.flip(0, 1)],
  ["roll", [[3, 4]], (x) => x.roll([1, -2], [0, 1])],
  ["rot90", [[3, 4]], (x) => x.rot90(1)],
  ["rot90 back", [[3, 4]], (x) => x.rot90(-1)],
  ["pad with a constant", [[2, 3, 4]], (x) => x.pad([1, 2, 0, 1], { value: 7 })],
  ["pad that cuts off", [[3, 4]], (x) => x.pad([-1, 2])],
  ["pad with a mirror", [[3, 4]], (x) => x.pad([2, 3, 1, 2], { mode: "reflect" })],
  ["pad with the edge", [[3, 4]], (x) => x.pad([2, 5, 1, 0], { mode: "replicate" })],
  ["pad with the other side", [[3, 4]], (x) => x.pad([2, 4, 1, 0], { mode: "circular" })],
  ["cat", [[2, 3], [2, 1], [2, 2]], (...xs) => cat(xs, 1)], // prettier-ignore
  ["stack", [[2, 3], [2, 3]], (...xs) => stack(xs, 1)], // prettier-ignore
  ["sum", [[2, 3]], (x) => x.sum()],
  ["sum over a dimension", [[2, 3, 4]], (x) => x.sum(1)],
  ["sum over two dimensions, kept", [[2, 3, 4]], (x) => x.sum([0, 2], { keepdim: true })],
  ["mean", [[2, 3]], (x) => x.mean()],
  ["mean over dimensions", [[2, 3, 4]], (x) => x.mean([0, -1])],
  ["var", [[3, 4]], (x) => x.var()],
  ["var over a dimension, uncorrected", [[3, 4]], (x) => x.var(0, { correction: 0 })],
  ["std", [[3, 4]], (x) => x.std(1, { keepdim: true })],
  ["max", [[3, 4]], (x) => x.max()],
  ["max over a dimension", [[3, 4]], (x) => x.max(0)],
  ["min over a dimension, kept", [[3, 4]], (x) => x.min(1, { keepdim: true })],
  ["prod", [[5]], (x) => x.prod()],
  ["prod over a dimension", [[2, 3, 2]], (x) => x.prod(1)],
  ["prod with a zero", [[4]], (x) => x.mul(tensor([1, 0, 1, 1], { dtype: "float64" })).prod()],
  ["matmul", [[2, 3], [3, 4]], (a, b) => a.matmul(b)], // prettier-ignore
  ["matmul of a row", [[3], [3, 4]], (a, b) => a.matmul(b)], // prettier-ignore
  ["matmul with a column", [[2, 3], [3]], (a, b) => a.matmul(b)], // prettier-ignore
  ["matmul of two vectors", [[3], [3]], (a, b) => a.matmul(b)], // prettier-ignore
  ["matmul of batches that stretch", [[2, 1, 2, 3], [4, 3, 2]], (a, b) => a.matmul(b)], // prettier-ignore
  ["linear", [[4, 3], [2, 3], [2]], (x, w, b) => F.linear(x, w, b)], // prettier-ignore
  ["linear over many dimensions", [[2, 4, 3], [2, 3]], (x, w) => F.linear(x, w)], // prettier-ignore
  ["conv2d", [[2, 2, 5, 4], [3, 2, 3, 2], [3]], (x, w, b) => F.conv2d(x, w, b)], // prettier-ignore
  ["conv2d with stride and padding", [[2, 2, 6, 5], [3, 2, 3, 2], [3]], (x, w, b) => F.conv2d(x, w, b, { stride: [2, 1], padding: [1, 2] })], // prettier-ignore
  ["conv2d with dilation", [[1, 2, 7, 6], [2, 2, 3, 2]], (x, w) => F.conv2d(x, w, undefined, { dilation: [2, 3], padding: 1 })], // prettier-ignore
  ["conv2d in groups", [[2, 4, 4, 4], [6, 2, 2, 3], [6]], (x, w, b) => F.conv2d(x, w, b, { groups: 2, stride: 2, padding: 1 })], // prettier-ignore
  ["conv2d with padding same", [[1, 1, 4, 5], [2, 1, 2, 4]], (x, w) => F.conv2d(x, w, undefined, { padding: "same" })], // prettier-ignore
  ...(["reflect", "replicate", "circular"] as const).map((paddingMode): Row => [`conv2d with padding mode ${paddingMode}`, [[1, 2, 4, 5], [2, 2, 3, 2], [2]], (x, w, b) => F.conv2d(x, w, b, { padding: [1, 2], stride: [1, 2], paddingMode })]), // prettier-ignore
  ["maxPool2d", [[2, 2, 5, 6]], (x) => F.maxPool2d(x, [2, 3], { stride: [1, 2], padding: [1, 0] })],
  ["maxPool2d with dilation", [[1, 1, 6, 6]], (x) => F.maxPool2d(x, 2, { dilation: [2, 3], stride: 1 })],
  [
    "maxPool2d over the edge",
    [[1, 2, 5, 6]],
    (x) => F.maxPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true }),
  ],
  ["avgPool2d", [[2, 2, 5, 6]], (x) => F.avgPool2d(x, [2, 3], { stride: [1, 2], padding: 1 })],
  ["avgPool2d without the padding", [[1, 2, 5, 4]], (x) => F.avgPool2d(x, 3, { padding: 1, countIncludePad: false })], // prettier-ignore
  [
    "avgPool2d over the edge",
    [[1, 2, 5, 6]],
    (x) => F.avgPool2d(x, 3, { stride: 2, padding: 1, ceilMode: true }),
  ],
  ["conv1d with stride and padding", [[2, 2, 6], [3, 2, 3], [3]], (x, w, b) => F.conv1d(x, w, b, { stride: 2, padding: 1 })], // prettier-ignore
  ["conv1d in groups with dilation", [[1, 4, 7], [4, 1, 3]], (x, w) => F.conv1d(x, w, undefined, { groups: 4, dilation: 2 })], // prettier-ignore
  ["conv1d with padding same and a mirror", [[1, 1, 5], [2, 1, 4]], (x, w) => F.conv1d(x, w, undefined, { padding: "same", paddingMode: "reflect" })], // prettier-ignore
  ["convTranspose2d", [[2, 2, 3, 2], [2, 3, 2, 3], [3]], (x, w, b) => F.convTranspose2d(x, w, b)], // prettier-ignore
  ["convTranspose2d with every option", [[2, 4, 3, 2], [4, 2, 3, 2], [4]], (x, w, b) => F.convTranspose2d(x, w, b, { stride: [2, 3], padding: [1, 0], outputPadding: [1, 2], dilation: [1, 2], groups: 2 })], // prettier-ignore
  ["maxPool1d", [[2, 2, 7]], (x) => F.maxPool1d(x, 3, { stride: 2, padding: 1 })],
  ["avgPool1d", [[2, 2, 7]], (x) => F.avgPool1d(x, 3, { stride: 2, padding: 1, countIncludePad: false })],
  ["adaptiveAvgPool2d", [[2, 2, 5, 4]], (x) => F.adaptiveAvgPool2d(x, [3, 4])],
  ["adaptiveMaxPool2d", [[2, 2, 5, 4]], (x) => F.adaptiveMaxPool2d(x, [3, 3])],
  ["embedding", [[4, 3]], (w) => F.embedding(tensor([[0, 3], [3, 1]], { dtype: "int32" }), w)], // prettier-ignore
  ["unfold", [[2, 2, 5, 4]], (x) => F.unfold(x, [3, 2], { stride: [1, 2], padding: [0, 1], dilation: [2, 1] })], // prettier-ignore
  ["fold", [[2, 12, 9]], (x) => F.fold(x, [5, 4], [3, 2], { stride: [2, 1], padding: [1, 0] })],
  ["interpolate to the nearest", [[1, 2, 3, 4]], (x) => F.interpolate(x, { size: [5, 3] })],
  ["interpolate between", [[1, 2, 3, 4]], (x) => F.interpolate(x, { scaleFactor: [2, 0.6], mode: "bilinear" })], // prettier-ignore
  ["interpolate with corners in place", [[1, 2, 3, 4]], (x) => F.interpolate(x, { size: [5, 1], mode: "bilinear", alignCorners: true })], // prettier-ignore
  ["affineGrid", [[2, 2, 3]], (theta) => F.affineGrid(theta, [2, 1, 3, 4])],
  ...(["zeros", "border"] as const).flatMap((paddingMode) => [false, true].map((alignCorners): Row => [`gridSample with ${paddingMode}, alignCorners ${alignCorners}`, [[2, 2, 3, 4], [2, 3, 2, 2]], (x, grid) => F.gridSample(x, grid, { paddingMode, alignCorners })])), // prettier-ignore
  ["batchNorm of a batch", [[4, 3], [3], [3]], (x, weight, bias) => F.batchNorm(x, undefined, undefined, { weight, bias, training: true })], // prettier-ignore
  ["batchNorm of images", [[2, 2, 3, 2], [2], [2]], (x, weight, bias) => F.batchNorm(x, undefined, undefined, { weight, bias, training: true })], // prettier-ignore
  ["batchNorm with running statistics", [[2, 3, 2], [3], [3]], (x, weight, bias) => F.batchNorm(x, tensor([1, -1, 0.5], { dtype: "float64" }), tensor([2, 0.3, 1], { dtype: "float64" }), { weight, bias })], // prettier-ignore
  ["layerNorm", [[2, 3, 4], [4], [4]], (x, weight, bias) => F.layerNorm(x, 4, { weight, bias })], // prettier-ignore
  ["layerNorm over two dimensions", [[2, 3, 4], [3, 4]], (x, weight) => F.layerNorm(x, [3, 4], { weight })], // prettier-ignore
  ["dropout", [[4, 5]], (x) => F.dropout(x, 0.4, { generator: new Generator(3) })],
  ["dropout2d", [[2, 3, 2, 2]], (x) => F.dropout2d(x, 0.4, { generator: new Generator(3) })],
  ["crossEntropy", [[3, 3]], (x) => F.crossEntropy(x, labels)],
  ["crossEntropy with every option", [[3, 3]], (x) => F.crossEntropy(x, ignoring, { labelSmoothing: 0.2, weight: classWeights })], // prettier-ignore
  ["crossEntropy of pictures", [[3, 3, 2]], (x) => F.crossEntropy(x, tensor([[0, 1], [2, 2], [1, 0]], { dtype: "int32" }), { reduction: "sum" })], // prettier-ignore
  ["crossEntropy of probabilities", [[3, 3], [3, 3]], (x, y) => F.crossEntropy(x, y.softmax(1), { labelSmoothing: 0.2, weight: classWeights })], // prettier-ignore
  ["nllLoss", [[3, 3]], (x) => F.nllLoss(x, ignoring, { weight: classWeights })],
  ["nllLoss, each", [[3, 3]], (x) => F.nllLoss(x, labels, { reduction: "none" })],
  ["mseLoss", [[2, 3], [2, 3]], (a, b) => F.mseLoss(a, b)], // prettier-ignore
  ["l1Loss", [[2, 3], [2, 3]], (a, b) => F.l1Loss(a, b, { reduction: "sum" })], // prettier-ignore
  ["binaryCrossEntropyWithLogits", [[2, 3]], (x) => F.binaryCrossEntropyWithLogits(x.mul(3), targets)],
  ["binaryCrossEntropyWithLogits of scores 0", [[2, 3]], (x) => F.binaryCrossEntropyWithLogits(x, targets), (x) => x.mul(0)], // prettier-ignore
  ["binaryCrossEntropyWithLogits that weighs a yes", [[2, 3]], (x) => F.binaryCrossEntropyWithLogits(x, targets, { posWeight: classWeights })], // prettier-ignore
  ["binaryCrossEntropyWithLogits that weighs answers", [[2, 3]], (x) => F.binaryCrossEntropyWithLogits(x, targets, { weight: classWeights })], // prettier-ignore
];

describe.each(backend.list())("gradients on %s agree with central differences", (name) => {
  beforeEach(() => backend.use(name));

  test.each(rows)("%s", (_, shapes, forward, prepare = (x) => x) => {
    const generator = new Generator(11);
    const draw = (shape: readonly number[]): Tensor => randn([...shape], { dtype: "float64", generator });
    const inputs = shapes.map((shape) => prepare(draw(shape)).detach().clone().requiresGrad_());
    // A weighted sum, so that values of the result which hear different things do not hide behind each other.
    const mix = draw(forward(...inputs).shape);
    expect(gradError(() => forward(...inputs).mul(mix).sum(), inputs)).toBeLessThan(STRICT); // prettier-ignore
  });

  test("leave out no op that F or Tensor has", () => {
    const noGradient = "argmax argmin all any eq ne lt le gt ge oneHot size item toArray backward detach requiresGrad_ copy_ toString".split(" "); // prettier-ignore
    const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(Tensor.prototype);
    const methods = Object.keys(members).filter((key) => typeof members[key].value === "function");
    const named = [...Object.keys(F), ...methods, "cat", "stack", "where"];
    const covered = new Set(rows.map(([title]) => title.split(" ")[0]));
    expect(named.filter((op) => !covered.has(op) && !noGradient.includes(op))).toEqual([]);
  });
});
