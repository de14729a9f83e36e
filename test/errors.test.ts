import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { backend, cat, check, data, eye, F, fromTypedArray, full, Generator, gradError, hint, io, manualSeed, nn, noGrad, ones, optim, plot, rand, randint, randperm, ShapeError, stack, tensor, Tensor, train, arange, where, zeros } from "kernel-lib"; // prettier-ignore
import ts from "typescript";
import { afterAll, describe, expect, test, vi } from "vitest";
import { checkThreads } from "../kernel-lib/src/backend/wasm/threads/defaultThreads";
import { fetched } from "../kernel-lib/src/data/page/source";
import { quizRows } from "./check/refusals";
import { readerRows } from "./data/refusals";
import { opRows } from "./ops/refusals";

// Every sentence that the library refuses something with. An untested message decays.

type Kind = typeof ShapeError | RangeErrorConstructor | TypeErrorConstructor | SyntaxErrorConstructor;
type Row = [call: string, run: () => unknown, kind: Kind, message: string];

const any = (value: unknown): never => value as never;
const images = (...shape: number[]): Tensor => zeros(shape);
const labels = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const net = new nn.Linear(2, 2);
const chancy = Object.assign(new nn.Linear(2, 2), { chance: new Generator(1) });
const sgd = (): optim.SGD => new optim.SGD(net.parameters());
const pairs = new data.DataLoader(new data.TensorDataset(images(4, 2), labels(0, 1, 0, 1)));
const set = new data.TensorDataset(images(4, 2));
const conv = (x: Tensor, weight: Tensor, bias?: Tensor, options?: object): unknown =>
  F.conv2d(x, weight, bias, options);

/** Do something as on a page of a site. */
const inPage = (run: () => Promise<unknown>): Promise<unknown> => {
  vi.stubGlobal("location", { href: "http://here.test/a/", origin: "http://here.test" });
  return run().finally(() => vi.unstubAllGlobals());
};

const creation: Row[] = [
  ["tensor([[1, 2], [3]])", () => tensor([[1, 2], [3]]), ShapeError, "tensor: expected rows of equal length (2 at depth 1), got one of 1"], // prettier-ignore
  ["tensor([[1], 2])", () => tensor([[1], 2]), ShapeError, "tensor: expected arrays nested 2 deep everywhere, got 2 at depth 1"], // prettier-ignore
  ["tensor with a string", () => tensor(any([1, "2"])), TypeError, 'tensor: expected numbers in nested arrays, got "2"'], // prettier-ignore
  ["tensor of nothing", () => tensor(any(undefined)), TypeError, "tensor: expected numbers in nested arrays, got undefined"], // prettier-ignore
  ["tensor of an object", () => tensor(any({})), TypeError, "tensor: expected numbers in nested arrays, got a plain object"], // prettier-ignore
  ["tensor of 16-bit numbers", () => tensor(any(new Int16Array(2))), TypeError, "tensor: expected numbers in nested arrays, got an Int16Array"], // prettier-ignore
  ["tensor of an unknown dtype", () => tensor([1], any({ dtype: "half" })), TypeError, 'tensor: expected float32, float64, int32, uint8 or bool, got "half"'], // prettier-ignore
  ["tensor of whole numbers with requiresGrad", () => tensor([1], { dtype: "int32", requiresGrad: true }), TypeError, "tensor: expected float32 or float64 for requiresGrad, got int32"], // prettier-ignore
  ["zeros(-1)", () => zeros(-1), RangeError, "zeros: expected sizes as whole numbers ≥ 0, got -1"],
  ["ones(2, undefined, 3)", () => ones(2, any(undefined), 3), RangeError, "ones: expected sizes as whole numbers ≥ 0, got undefined"], // prettier-ignore
  ["rand(1.5)", () => rand(1.5), RangeError, "rand: expected sizes as whole numbers ≥ 0, got 1.5"],
  ["randperm(-1)", () => randperm(-1), RangeError, "randperm: expected sizes as whole numbers ≥ 0, got -1"],
  ["full(3, 7)", () => full(any(3), 7), TypeError, "full: expected a shape such as [2, 3], got 3"],
  ["eye(1.5)", () => eye(1.5), RangeError, "eye: expected sizes as whole numbers ≥ 0, got 1.5"],
  ["arange with step 0", () => arange(0, 5, 0), RangeError, "arange: expected finite numbers and a step other than 0, got 0, 5, 0"], // prettier-ignore
  ["randint(3, 3)", () => randint(3, 3, [1]), RangeError, "randint: expected whole numbers low < high, at most 2³² apart, got 3 and 3"], // prettier-ignore
  ["randint of too wide a range", () => randint(0, 2 ** 33, [1]), RangeError, "randint: expected whole numbers low < high, at most 2³² apart, got 0 and 8589934592"], // prettier-ignore
  ["fromTypedArray of an array", () => fromTypedArray(any([1, 2])), TypeError, "fromTypedArray: expected a Float32Array, Float64Array, Int32Array or Uint8Array, got an array of 2;\ncopy the numbers into one of them"], // prettier-ignore
  ["fromTypedArray in another shape", () => fromTypedArray(new Float32Array(6), [2, 2]), ShapeError, "fromTypedArray: expected a shape of 6 values, got (2, 2)"], // prettier-ignore
  ["fromTypedArray in no shape", () => fromTypedArray(new Float32Array(6), [-2, -3]), RangeError, "fromTypedArray: expected sizes as whole numbers ≥ 0, got -2"], // prettier-ignore
  ["manualSeed(-1)", () => manualSeed(-1), RangeError, "manualSeed: expected a whole number from 0 to 4294967295, got -1"], // prettier-ignore
  ["Generator.integer(0)", () => new Generator(1).integer(0), RangeError, "Generator.integer: expected a limit from 1 to 2³², got 0"], // prettier-ignore
];

const x23 = images(2, 3);
const tensors: Row[] = [
  ["item() of six", () => x23.item(), ShapeError, "item: expected a tensor with one value, got (2, 3);\nreduce it first (sum, mean), pick one value with at(…), or read all with toArray()"], // prettier-ignore
  ["size of a number", () => tensor(1).size(0), ShapeError, "size: expected a tensor with at least one dimension, got ();\nreshape(1) gives it one"], // prettier-ignore
  ["a dimension that is not there", () => x23.sum(2), RangeError, "sum: expected a dimension from -2 to 1, got 2;\nthe tensor has 2 dimensions"], // prettier-ignore
  ["a dimension that is no whole number", () => tensor([1]).softmax(0.5), RangeError, "softmax: expected a dimension from -1 to 0, got 0.5;\nthe tensor has 1 dimension"], // prettier-ignore
  ["a dimension named twice", () => x23.mean([0, -2]), RangeError, "mean: expected each dimension at most once, got [0, -2]"], // prettier-ignore
  ["requiresGrad_ of whole numbers", () => labels(1).requiresGrad_(), TypeError, 'requiresGrad_: expected float32 or float64, got int32;\nconvert it with to("float32")'], // prettier-ignore
  ["requiresGrad_(false) of a result", () => ones(1, { requiresGrad: true }).mul(2).requiresGrad_(false), RangeError, "requiresGrad_: expected a tensor you made, got a result of mul;\nuse detach()"], // prettier-ignore
  [
    "copy_ of another shape",
    () => x23.copy_(images(3)),
    ShapeError,
    "copy_: expected shape (2, 3), got (3,)",
  ],
  ["to an unknown dtype", () => x23.to(any("float16")), TypeError, 'to: expected float32, float64, int32, uint8 or bool, got "float16"'], // prettier-ignore
  ["shapes that do not broadcast", () => x23.add(images(2, 4)), ShapeError, "add: expected shapes that broadcast (equal sizes, or 1, counted from the last dimension), got (2, 3) and (2, 4);\ndimension −1 has 3 against 4: reshape or unsqueeze one of them"], // prettier-ignore
  ["adding an array", () => x23.add(any([1, 2])), TypeError, "add: expected a Tensor or a number, got an array of 2;\nwrap arrays with tensor(…)"], // prettier-ignore
  ["relu of a number", () => F.relu(any(3)), TypeError, "relu: expected x as a Tensor, got 3;\nwrite tensor(…) around it"], // prettier-ignore
  ["softmax of whole numbers", () => F.softmax(labels(1, 2), 0), TypeError, 'softmax: expected x of float32 or float64, got int32;\nconvert it with x.to("float32")'], // prettier-ignore
  ["where without bool", () => where(x23, 1, 0), TypeError, "where: expected a condition of dtype bool, got float32;\ncompare first, for example x.gt(0)"], // prettier-ignore
  ["clamp()", () => x23.clamp(), RangeError, "clamp: expected a smallest or a largest value, got neither;\nwrite clamp(min, max)"], // prettier-ignore
  ["max of nothing", () => zeros(0).max(), RangeError, "max: expected at least one value to choose from, got shape (0,)"], // prettier-ignore
  ["argmin of nothing", () => zeros(2, 0).argmin(1), RangeError, "argmin: expected at least one value to choose from, got shape (2, 0)"], // prettier-ignore
  ["matmul of a number", () => tensor(1).matmul(x23), ShapeError, "matmul: expected tensors with a dimension, got () and (2, 3);\nuse mul for a plain factor"], // prettier-ignore
  ["matmul of sizes that differ", () => x23.matmul(x23), ShapeError, "matmul: expected inner sizes that agree, (…, 2, 3) with (…, 3, columns), got (2, 3) and (2, 3);\ntranspose one of them, or check which dimension holds the features"], // prettier-ignore
];

const movement: Row[] = [
  ["reshape to another number", () => x23.reshape(4, 2), ShapeError, "reshape: expected sizes whose product is 6, as in (2, 3), got (4, 2)"], // prettier-ignore
  ["reshape with two unknowns", () => x23.reshape(-1, -1), ShapeError, "reshape: expected at most one −1, got (-1, -1)"], // prettier-ignore
  ["reshape to half a size", () => x23.reshape(1.5, 4), TypeError, "reshape: expected whole sizes, or −1 once, got 1.5"], // prettier-ignore
  ["flatten backwards", () => x23.flatten(1, 0), RangeError, "flatten: expected startDim before endDim, got 1 and 0"], // prettier-ignore
  ["permute without one", () => x23.permute(0, 0), RangeError, "permute: expected each of the 2 dimensions once, got (0, 0)"], // prettier-ignore
  ["expand of 3 to 4", () => x23.expand(2, 4), ShapeError, "expand: expected sizes that keep (2, 3) except where it is 1, got (2, 4)"], // prettier-ignore
  ["narrow over the end", () => x23.narrow(1, 2, 2), RangeError, "narrow: expected start and length within the 3 positions of dimension 1 of (2, 3), got 2 and 2"], // prettier-ignore
  ["at with too many positions", () => x23.at(0, 0, 0), ShapeError, "at: expected at most 2 positions for shape (2, 3), got 3"], // prettier-ignore
  [
    "at outside",
    () => x23.at(0, 3),
    RangeError,
    "at: expected a position from -3 to 2 in dimension 1, got 3",
  ],
  ["at with step 0", () => x23.at([null, null, 0]), RangeError, "at: expected [start, stop, step] in whole numbers, the step not 0, got [, , 0]"], // prettier-ignore
  ["at with half a position", () => x23.at([0.5, 2]), RangeError, "at: expected [start, stop, step] in whole numbers, the step not 0, got [0.5, 2]"], // prettier-ignore
  ["at with a word", () => x23.at(any("first")), TypeError, 'at: expected a whole number, a range [start, stop, step] or null, got "first"'], // prettier-ignore
  ["indexSelect outside", () => x23.indexSelect(1, [0, 3]), RangeError, "indexSelect: expected positions from 0 to 2 in dimension 1, got 3"], // prettier-ignore
  ["indexSelect between", () => x23.indexSelect(1, [1.5]), RangeError, "indexSelect: expected positions from 0 to 2 in dimension 1, got 1.5"], // prettier-ignore
  ["indexSelect with a matrix", () => x23.indexSelect(0, labels(0).reshape(1, 1)), ShapeError, "indexSelect: expected a 1-D index, got (1, 1)"], // prettier-ignore
  ["gather with fractions", () => x23.gather(1, x23), TypeError, 'gather: expected an index of whole numbers, got float32;\nuse to("int32")'], // prettier-ignore
  ["gather with a row", () => x23.gather(1, labels(0)), ShapeError, "gather: expected an index that fits (2, 3), got (1,)"], // prettier-ignore
  ["gather outside", () => x23.gather(1, labels(-1).reshape(1, 1)), RangeError, "gather: expected positions from 0 to 2 in dimension 1, got -1"], // prettier-ignore
  ["roll without a dimension", () => x23.roll([1, 2], [0]), RangeError, "roll: expected as many shifts as dims, got 2 and 1"], // prettier-ignore
  ["cat of none", () => cat([]), RangeError, "cat: expected at least one tensor, got none"],
  ["cat of numbers", () => cat([tensor(1), tensor(2)]), ShapeError, "cat: expected a tensor with at least one dimension, got ();\nreshape(1) gives it one"], // prettier-ignore
  ["cat of other sizes", () => cat([x23, images(2, 4)]), ShapeError, "cat: expected shapes that differ only in dimension 0, as (2, 3), got (2, 4) for tensor 1"], // prettier-ignore
  ["cat of an array", () => cat(any([x23, [1]])), TypeError, "cat: expected tensor 1 as a Tensor, got an array of 1;\nwrite tensor(…) around it"], // prettier-ignore
  ["stack of none", () => stack([]), RangeError, "stack: expected at least one tensor, got none"],
  ["stack of other shapes", () => stack([x23, images(3, 2)]), ShapeError, "stack: expected equal shapes, as (2, 3), got (3, 2) for tensor 1"], // prettier-ignore
  ["pad with three numbers", () => x23.pad([1, 2, 3]), RangeError, "pad: expected two whole numbers a dimension, at most 4 for shape (2, 3), got [1, 2, 3]"], // prettier-ignore
  ["pad that cuts too much", () => x23.pad([-2, -2]), RangeError, "pad: expected at most 3 positions cut off, got 2 and 2"], // prettier-ignore
  ["pad with too long a mirror", () => x23.pad([3, 0], { mode: "reflect" }), RangeError, "pad: expected at most 2 positions of mode reflect on a size of 3, got 3 and 0"], // prettier-ignore
  ["pad in an unknown mode", () => x23.pad([1, 0], any({ mode: "mirror" })), RangeError, 'pad: expected mode "constant", "reflect", "replicate" or "circular", got "mirror"'], // prettier-ignore
];

const network: Row[] = [
  ["Conv2d without a kernel size", () => new nn.Conv2d(1, 2, any(undefined)), RangeError, "Conv2d: expected kernelSize as a whole number ≥ 1 or a pair of them, got undefined"], // prettier-ignore
  ["a layer for three channels on grey images", () => new nn.Conv2d(3, 6, 5).forward(images(8, 1, 28, 28)), ShapeError, "conv2d: expected x with 3 channels to match weight (6, 3, 5, 5), got (8, 1, 28, 28);\nbuild the layer with inChannels = 1"], // prettier-ignore
  ["conv2d with the wrong channels in groups", () => conv(images(1, 3, 4, 4), images(4, 1, 3, 3), undefined, { groups: 2 }), ShapeError, "conv2d: expected x with 2 channels to match weight (4, 1, 3, 3) in 2 groups, got (1, 3, 4, 4);\nbuild the layer with groups that divide 3 channels"], // prettier-ignore
  ["conv2d of one image", () => conv(images(1, 4, 4), images(1, 1, 3, 3)), ShapeError, "conv2d: expected x as (N, C, H, W), got (1, 4, 4);\nadd the batch dimension with unsqueeze(0)"], // prettier-ignore
  ["conv2d of a matrix", () => conv(images(4, 4), images(1, 1, 3, 3)), ShapeError, "conv2d: expected x as (N, C, H, W), got (4, 4);\nreshape to sample, channel, row, column"], // prettier-ignore
  ["conv2d with a plain kernel", () => conv(images(1, 1, 4, 4), images(3, 3)), ShapeError, "conv2d: expected weight as (outChannels, inChannels, kernelHeight, kernelWidth), got (3, 3);\nreshape it: a single kernel is (1, 1, height, width)"], // prettier-ignore
  ["conv2d with a long bias", () => conv(images(1, 1, 4, 4), images(2, 1, 3, 3), zeros(3)), ShapeError, "conv2d: expected bias (2,), one number a kernel, got (3,)"], // prettier-ignore
  ["conv2d with a kernel that outgrows", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { dilation: 3, padding: 1 }), ShapeError, "conv2d: expected images of at least 7 × 7 pixels, padding included, for a 3 × 3 window, got (1, 1, 4, 4) with padding 1, 1, 1, 1 (top, bottom, left, right);\nuse a smaller window, more padding, or one pooling layer less before it"], // prettier-ignore
  ["conv2d with groups that do not divide", () => conv(images(1, 2, 4, 4), images(3, 1, 3, 3), undefined, { groups: 2 }), RangeError, "conv2d: expected groups that divide the 3 kernels evenly, got 2"], // prettier-ignore
  ["conv2d with stride 0", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { stride: 0 }), RangeError, "conv2d: expected stride as a whole number ≥ 1 or a pair of them, got 0"], // prettier-ignore
  ["conv2d with three strides", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { stride: [1, 2, 3] }), RangeError, "conv2d: expected stride as a whole number ≥ 1 or a pair of them, got [1, 2, 3]"], // prettier-ignore
  ["conv2d with dilation nan", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { dilation: NaN }), RangeError, "conv2d: expected dilation as a whole number ≥ 1 or a pair of them, got NaN"], // prettier-ignore
  ["conv2d with negative padding", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { padding: -1 }), RangeError, "conv2d: expected padding as a whole number ≥ 0 or a pair of them, got -1"], // prettier-ignore
  ["conv2d with padding full", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { padding: "full" }), RangeError, 'conv2d: expected padding as a number, a pair, "valid" or "same", got "full"'], // prettier-ignore
  ["conv2d with padding same and stride 2", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { padding: "same", stride: 2 }), RangeError, 'conv2d: expected stride 1 with padding "same", got 2;\ngive the padding in pixels'], // prettier-ignore
  ["conv2d in an unknown mode", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { paddingMode: "mirror" }), RangeError, 'conv2d: expected paddingMode "zeros", "reflect", "replicate" or "circular", got "mirror"'], // prettier-ignore
  ["conv2d of two dtypes", () => conv(images(1, 1, 4, 4), images(1, 1, 3, 3).to("float64")), TypeError, 'conv2d: expected one dtype for all, as x has float32, got float64;\nconvert one of them with to("float32")'], // prettier-ignore
  ["conv2d of bytes", () => conv(images(1, 1, 4, 4).to("uint8"), images(1, 1, 3, 3)), TypeError, 'conv2d: expected x of float32 or float64, got uint8;\nconvert it with x.to("float32")'], // prettier-ignore
  ["conv1d of one sequence", () => F.conv1d(images(4, 9), images(2, 4, 3)), ShapeError, "conv1d: expected x as (N, C, L), got (4, 9);\nadd the batch dimension with unsqueeze(0)"], // prettier-ignore
  ["conv1d of images", () => F.conv1d(images(1, 1, 4, 4), images(2, 4, 3)), ShapeError, "conv1d: expected x as (N, C, L), got (1, 1, 4, 4);\nreshape to sample, channel, position"], // prettier-ignore
  ["conv1d with a plain kernel", () => F.conv1d(images(1, 1, 4), zeros(3)), ShapeError, "conv1d: expected weight as (outChannels, inChannels, kernelSize), got (3,);\nreshape it: a single kernel is (1, 1, size)"], // prettier-ignore
  ["conv1d with the wrong channels", () => F.conv1d(images(1, 2, 9), images(4, 3, 3)), ShapeError, "conv1d: expected x with 3 channels to match weight (4, 3, 3), got (1, 2, 9);\nbuild the layer with inChannels = 2"], // prettier-ignore
  ["conv1d with groups that do not divide", () => F.conv1d(images(1, 2, 9), images(3, 1, 3), undefined, { groups: 2 }), RangeError, "conv1d: expected groups that divide the 3 kernels evenly, got 2"], // prettier-ignore
  ["conv1d with a long bias", () => F.conv1d(images(1, 1, 9), images(2, 1, 3), zeros(3)), ShapeError, "conv1d: expected bias (2,), one number a kernel, got (3,)"], // prettier-ignore
  ["conv1d of two dtypes", () => F.conv1d(images(1, 1, 9), images(2, 1, 3).to("float64")), TypeError, 'conv1d: expected one dtype for all, as x has float32, got float64;\nconvert one of them with to("float32")'], // prettier-ignore
  ["conv1d with a kernel that outgrows", () => F.conv1d(images(1, 1, 4), images(1, 1, 3), undefined, { dilation: 3, padding: 1 }), ShapeError, "conv1d: expected sequences of at least 7 positions, padding included, for a window of 3, got (1, 1, 4) with padding 1 at both ends;\nuse a smaller window, more padding, or one pooling layer less before it"], // prettier-ignore
  ["conv1d with stride 0", () => F.conv1d(images(1, 1, 9), images(1, 1, 3), undefined, { stride: 0 }), RangeError, "conv1d: expected stride as a whole number ≥ 1, got 0"], // prettier-ignore
  ["conv1d with a pair of strides", () => F.conv1d(images(1, 1, 9), images(1, 1, 3), undefined, any({ stride: [1, 2] })), RangeError, "conv1d: expected stride as a whole number ≥ 1, got an array of 2"], // prettier-ignore
  ["conv1d with padding same and stride 2", () => F.conv1d(images(1, 1, 9), images(1, 1, 3), undefined, { padding: "same", stride: 2 }), RangeError, 'conv1d: expected stride 1 with padding "same", got 2;\ngive the padding as a number'], // prettier-ignore
  ["conv1d with padding full", () => F.conv1d(images(1, 1, 9), images(1, 1, 3), undefined, any({ padding: "full" })), RangeError, 'conv1d: expected padding as a number, "valid" or "same", got "full"'], // prettier-ignore
  ["conv1d in an unknown mode", () => F.conv1d(images(1, 1, 9), images(1, 1, 3), undefined, any({ paddingMode: "mirror" })), RangeError, 'conv1d: expected paddingMode "zeros", "reflect", "replicate" or "circular", got "mirror"'], // prettier-ignore
  ["convTranspose2d of one map", () => F.convTranspose2d(images(2, 4, 4), images(2, 1, 3, 3)), ShapeError, "convTranspose2d: expected x as (N, C, H, W), got (2, 4, 4);\nadd the batch dimension with unsqueeze(0)"], // prettier-ignore
  ["convTranspose2d with a plain kernel", () => F.convTranspose2d(images(1, 2, 4, 4), images(3, 3)), ShapeError, "convTranspose2d: expected weight as (inChannels, outChannels, kernelHeight, kernelWidth), got (3, 3);\nas for conv2d, with the channels swapped"], // prettier-ignore
  ["convTranspose2d with the wrong channels", () => F.convTranspose2d(images(1, 2, 4, 4), images(1, 2, 3, 3)), ShapeError, "convTranspose2d: expected x with 1 channel to match weight (1, 2, 3, 3), got (1, 2, 4, 4);\nbuild the layer with inChannels = 2"], // prettier-ignore
  ["convTranspose2d with groups that do not divide", () => F.convTranspose2d(images(1, 3, 4, 4), images(3, 1, 3, 3), undefined, { groups: 2 }), RangeError, "convTranspose2d: expected groups that divide the 3 input channels evenly, got 2"], // prettier-ignore
  ["convTranspose2d with a long bias", () => F.convTranspose2d(images(1, 2, 4, 4), images(2, 1, 3, 3), zeros(2)), ShapeError, "convTranspose2d: expected bias (1,), one number an output channel, got (2,)"], // prettier-ignore
  ["convTranspose2d with too much outputPadding", () => F.convTranspose2d(images(1, 1, 4, 4), images(1, 1, 3, 3), undefined, { stride: 2, outputPadding: 2 }), RangeError, "convTranspose2d: expected outputPadding below stride or dilation (2, 2), got (2, 2);\nit only chooses among the sizes that the stride leaves open"], // prettier-ignore
  ["convTranspose2d that cuts everything off", () => F.convTranspose2d(images(1, 1, 1, 4), images(1, 1, 2, 2), undefined, { padding: 1 }), ShapeError, "convTranspose2d: expected at least one pixel left of what the padding cuts off, got 0 × 3 of x (1, 1, 1, 4) with padding 1, 1;\nuse less padding or a larger kernel"], // prettier-ignore
  ["maxPool1d that outgrows", () => F.maxPool1d(images(1, 1, 2), 3), ShapeError, "maxPool1d: expected sequences of at least 3 positions, padding included, for a window of 3, got (1, 1, 2) with padding 0 at both ends;\nuse a smaller window, more padding, or one pooling layer less before it"], // prettier-ignore
  ["avgPool1d with too much padding", () => F.avgPool1d(images(1, 1, 4), 2, { padding: 2 }), RangeError, "avgPool1d: expected padding of at most 1, half the window, got 2;\na window that lies on padding alone would have nothing to pool"], // prettier-ignore
  ["adaptiveAvgPool2d of a vector", () => F.adaptiveAvgPool2d(zeros(3), 1), ShapeError, "adaptiveAvgPool2d: expected x as (N, C, H, W), got (3,);\nreshape to sample, channel, row, column"], // prettier-ignore
  ["adaptiveMaxPool2d to nothing", () => F.adaptiveMaxPool2d(images(1, 1, 4, 4), [2, 0]), RangeError, "adaptiveMaxPool2d: expected outputSize as a whole number ≥ 1 or a pair of them, got [2, 0]"], // prettier-ignore
  ["adaptiveAvgPool2d of no pixels", () => F.adaptiveAvgPool2d(images(1, 1, 0, 4), 1), RangeError, "adaptiveAvgPool2d: expected images with at least one pixel, got 0 × 4"], // prettier-ignore
  ["embedding of fractions", () => F.embedding(zeros(2), x23), TypeError, 'embedding: expected an index of whole numbers, got float32;\nconvert it with to("int32")'], // prettier-ignore
  ["embedding of a number too high", () => F.embedding(labels(0, 2), x23), RangeError, "embedding: expected numbers from 0 to 1 for 2 vectors, got 2 at position 1;\nbuild the layer with a larger numEmbeddings, or look at how words become numbers"], // prettier-ignore
  ["embedding with a vector for weight", () => F.embedding(labels(0), zeros(3)), ShapeError, "embedding: expected weight (numEmbeddings, embeddingDim), got (3,)"], // prettier-ignore
  ["embedding with padding outside", () => F.embedding(labels(0), x23, { paddingIdx: 2 }), RangeError, "embedding: expected paddingIdx from -2 to 1, got 2"], // prettier-ignore
  ["unfold of a matrix", () => F.unfold(x23, 2), ShapeError, "unfold: expected x as (N, C, H, W), got (2, 3);\nreshape to sample, channel, row, column"], // prettier-ignore
  ["unfold that outgrows", () => F.unfold(images(1, 1, 2, 3), 3), ShapeError, "unfold: expected images of at least 3 × 3 pixels, padding included, for a 3 × 3 window, got (1, 1, 2, 3) with padding 0, 0, 0, 0 (top, bottom, left, right);\nuse a smaller window, more padding, or one pooling layer less before it"], // prettier-ignore
  ["fold of another window", () => F.fold(images(1, 8, 4), 3, 3), ShapeError, "fold: expected x as (N, C·9, stops) for a window of 3 × 3, got (1, 8, 4)"], // prettier-ignore
  ["fold of too many patches", () => F.fold(images(1, 8, 9), 3, 2), ShapeError, "fold: expected 4 patches (2 × 2 stops) for images of 3 × 3 pixels, got (1, 8, 9);\ngive the window and options that unfold was given"], // prettier-ignore
  ["interpolate to nowhere", () => F.interpolate(images(1, 1, 2, 2), {}), RangeError, "interpolate: expected either size or scaleFactor, got neither"], // prettier-ignore
  ["interpolate to two sizes", () => F.interpolate(images(1, 1, 2, 2), { size: 4, scaleFactor: 2 }), RangeError, "interpolate: expected either size or scaleFactor, got both"], // prettier-ignore
  ["interpolate to no pixel", () => F.interpolate(images(1, 1, 2, 2), { scaleFactor: 0.4 }), RangeError, "interpolate: expected at least one pixel before and after, got 2 × 2 pixels to 0 × 0"], // prettier-ignore
  ["interpolate by a negative factor", () => F.interpolate(images(1, 1, 2, 2), { scaleFactor: [2, -1] }), RangeError, "interpolate: expected scaleFactor as a number > 0 or a pair of them, got [2, -1]"], // prettier-ignore
  ["interpolate in an unknown mode", () => F.interpolate(images(1, 1, 2, 2), any({ size: 4, mode: "bicubic" })), RangeError, 'interpolate: expected mode "nearest" or "bilinear", got "bicubic"'], // prettier-ignore
  ["interpolate to the nearest with corners", () => F.interpolate(images(1, 1, 2, 2), { size: 4, alignCorners: true }), RangeError, 'interpolate: expected alignCorners with mode "bilinear" only, got mode "nearest";\nleave it out'], // prettier-ignore
  ["affineGrid for a number", () => F.affineGrid(images(1, 2, 3), any(4)), RangeError, "affineGrid: expected size as [N, C, H, W], got 4"], // prettier-ignore
  ["affineGrid for other samples", () => F.affineGrid(images(1, 2, 3), [2, 1, 4, 4]), ShapeError, "affineGrid: expected theta (2, 2, 3), one map a sample, got (1, 2, 3)"], // prettier-ignore
  ["gridSample with places in a row", () => F.gridSample(images(2, 1, 4, 4), images(2, 16, 2)), ShapeError, "gridSample: expected grid (2, outHeight, outWidth, 2) for x (2, 1, 4, 4), got (2, 16, 2);\naffineGrid makes one"], // prettier-ignore
  ["gridSample of no pixels", () => F.gridSample(images(2, 1, 0, 4), images(2, 1, 1, 2)), ShapeError, "gridSample: expected images with at least one pixel, got (2, 1, 0, 4)"], // prettier-ignore
  ["gridSample in an unknown mode", () => F.gridSample(images(2, 1, 4, 4), images(2, 1, 1, 2), any({ paddingMode: "reflection" })), RangeError, 'gridSample: expected paddingMode "zeros" or "border", got "reflection"'], // prettier-ignore
  ["gridSample of two dtypes", () => F.gridSample(images(2, 1, 4, 4), images(2, 1, 1, 2).to("float64")), TypeError, 'gridSample: expected one dtype for all, as x has float32, got float64;\nconvert one of them with to("float32")'], // prettier-ignore
  ["maxPool2d that outgrows", () => F.maxPool2d(images(1, 1, 2, 2), 3), ShapeError, "maxPool2d: expected images of at least 3 × 3 pixels, padding included, for a 3 × 3 window, got (1, 1, 2, 2) with padding 0, 0, 0, 0 (top, bottom, left, right);\nuse a smaller window, more padding, or one pooling layer less before it"], // prettier-ignore
  ["avgPool2d with too much padding", () => F.avgPool2d(images(1, 1, 4, 4), 2, { padding: 2 }), RangeError, "avgPool2d: expected padding of at most (1, 1), half the window, got (2, 2);\na window that lies on padding alone would have nothing to pool"], // prettier-ignore
  ["linear of other features", () => F.linear(images(8, 5), images(2, 3)), ShapeError, "linear: expected x with 3 features in its last dimension to match weight (2, 3), got (8, 5);\nbuild the layer with inFeatures = 5"], // prettier-ignore
  ["linear of feature maps", () => F.linear(images(8, 2, 4, 4), images(2, 32)), ShapeError, "linear: expected x with 32 features in its last dimension to match weight (2, 32), got (8, 2, 4, 4);\nflatten(1) the feature maps first, then build the layer with that many inFeatures"], // prettier-ignore
  ["linear with a vector for weight", () => F.linear(images(8, 5), zeros(5)), ShapeError, "linear: expected weight (outFeatures, inFeatures), got (5,)"], // prettier-ignore
  ["linear with a long bias", () => F.linear(images(8, 5), images(2, 5), zeros(5)), ShapeError, "linear: expected bias (2,), one number an output, got (5,)"], // prettier-ignore
  ["batchNorm of a vector", () => F.batchNorm(zeros(3)), ShapeError, "batchNorm: expected x as (N, C, …), got (3,)"], // prettier-ignore
  ["batchNorm with another number of channels", () => new nn.BatchNorm2d(8).forward(images(2, 4, 3, 3)), ShapeError, "batchNorm: expected runningMean (4,), one number a channel of x (2, 4, 3, 3), got (8,);\nbuild the layer with numFeatures = 4"], // prettier-ignore
  ["batchNorm of a single value", () => F.batchNorm(images(1, 4), undefined, undefined, { training: true }), RangeError, "batchNorm: expected more than one value a channel in training, got (1, 4);\nuse a larger batch, or model.eval()"], // prettier-ignore
  ["BatchNorm2d of a matrix", () => new nn.BatchNorm2d(8).forward(images(2, 8)), ShapeError, "BatchNorm2d: expected x as (N, C, H, W), got (2, 8)"], // prettier-ignore
  ["layerNorm of another ending", () => F.layerNorm(x23, 2), ShapeError, "layerNorm: expected x that ends in (2,), got (2, 3)"], // prettier-ignore
  ["layerNorm with another weight", () => F.layerNorm(x23, 3, { weight: zeros(2) }), ShapeError, "layerNorm: expected weight (3,), got (2,)"], // prettier-ignore
  ["dropout with p 2", () => F.dropout(x23, 2), RangeError, "dropout: expected a probability from 0 to 1, got 2"], // prettier-ignore
  ["dropout2d of a matrix", () => F.dropout2d(x23), ShapeError, "dropout2d: expected x as (N, C, H, W), got (2, 3)"], // prettier-ignore
  ["dropout2d of an array", () => F.dropout2d(any([1])), TypeError, "dropout2d: expected x as a Tensor, got an array of 1;\nwrite tensor(…) around it"], // prettier-ignore
  ["oneHot of a negative label", () => F.oneHot(labels(1, -1)), RangeError, "oneHot: expected labels from 0 to 1 for 2 classes, got -1 at position 1;\ncheck the labels, or give the last layer one output a class"], // prettier-ignore
  ["oneHot of an array", () => F.oneHot(any([1])), TypeError, "oneHot: expected labels as a Tensor, got an array of 1;\nwrite tensor(…) around it"], // prettier-ignore
  ["oneHot of no classes", () => F.oneHot(labels(), 0), RangeError, "oneHot: expected numClasses as a whole number ≥ 1, got 0"], // prettier-ignore
  ["crossEntropy with a label too high", () => F.crossEntropy(x23, labels(0, 3)), RangeError, "crossEntropy: expected labels from 0 to 2 for 3 classes, got 3 at position 1;\ncheck the labels, or give the last layer one output a class"], // prettier-ignore
  ["crossEntropy with labels as fractions", () => F.crossEntropy(x23, zeros(2)), TypeError, 'crossEntropy: expected labels as whole numbers (int32 or uint8), got float32;\nconvert them with to("int32")'], // prettier-ignore
  ["crossEntropy with one-hot labels", () => F.crossEntropy(x23, F.oneHot(labels(0, 2))), ShapeError, "crossEntropy: expected labels (2,) for scores (2, 3), got (2, 3);\none-hot labels become class numbers with argmax(1)"], // prettier-ignore
  ["crossEntropy with too few labels", () => F.crossEntropy(x23, labels(0)), ShapeError, "crossEntropy: expected labels (2,) for scores (2, 3), got (1,)"], // prettier-ignore
  ["crossEntropy with an array of labels", () => F.crossEntropy(x23, any([0, 1])), TypeError, "crossEntropy: expected labels as a Tensor, got an array of 2;\nwrite tensor(…) around it"], // prettier-ignore
  ["crossEntropy that smooths too much", () => F.crossEntropy(x23, labels(0, 1), { labelSmoothing: 2 }), RangeError, "crossEntropy: expected labelSmoothing from 0 to 1, got 2"], // prettier-ignore
  ["nllLoss with a weight too short", () => F.nllLoss(x23, labels(0, 1), { weight: zeros(2) }), ShapeError, "nllLoss: expected weight (3,), one number a class, got (2,)"], // prettier-ignore
  ["nllLoss with an unknown reduction", () => F.nllLoss(x23, labels(0, 1), any({ reduction: "max" })), RangeError, 'nllLoss: expected reduction "mean", "sum" or "none", got "max"'], // prettier-ignore
  ["mseLoss of two shapes", () => F.mseLoss(x23, images(3, 2)), ShapeError, "mseLoss: expected prediction and target of one shape, as (2, 3), got (3, 2);\nreshape one of them"], // prettier-ignore
  ["binaryCrossEntropyWithLogits with a weight too long", () => F.binaryCrossEntropyWithLogits(images(2, 1), images(2, 1), { posWeight: zeros(3) }), ShapeError, "binaryCrossEntropyWithLogits: expected posWeight that broadcasts to the target, (2, 1), got (3,)"], // prettier-ignore
  ["conv2d with too long a mirror", () => conv(images(1, 1, 3, 4), images(1, 1, 3, 3), undefined, { padding: 3, paddingMode: "reflect" }), RangeError, "conv2d: expected at most 2 positions of mode reflect on a size of 3, got 3 and 3"], // prettier-ignore
  ["conv1d once round the circle and more", () => F.conv1d(images(1, 1, 3), images(1, 1, 3), undefined, { padding: 4, paddingMode: "circular" }), RangeError, "conv1d: expected at most 3 positions of mode circular on a size of 3, got 4 and 4"], // prettier-ignore
  ["Conv2d(0, …)", () => new nn.Conv2d(0, 1, 3), RangeError, "Conv2d: expected inChannels as a whole number ≥ 1, got 0"], // prettier-ignore
  ["Conv2d with groups that do not divide", () => new nn.Conv2d(3, 4, 3, { groups: 2 }), RangeError, "Conv2d: expected groups that divide 3 and 4 channels evenly, got 2"], // prettier-ignore
  ["Conv1d with a kernel of size 0", () => new nn.Conv1d(1, 1, 0), RangeError, "Conv1d: expected kernelSize as a whole number ≥ 1, got 0"], // prettier-ignore
  ["ConvTranspose2d with groups that do not divide", () => new nn.ConvTranspose2d(3, 4, 3, { groups: 2 }), RangeError, "ConvTranspose2d: expected groups that divide 3 and 4 channels evenly, got 2"], // prettier-ignore
  ["LocallyConnected2d on images of another size", () => new nn.LocallyConnected2d(1, 2, 5, 3).forward(images(1, 1, 6, 6)), ShapeError, "locallyConnected2d: expected x with 1 channel and 3 × 3 stops to match weight (3, 3, 2, 1, 3, 3), got (1, 1, 6, 6);\nbuild the layer for this inputSize: without sharing, weights belong to places"], // prettier-ignore
  ["LocallyConnected2d on other channels", () => new nn.LocallyConnected2d(1, 2, 5, 3).forward(images(1, 2, 5, 5)), ShapeError, "locallyConnected2d: expected x with 1 channel and 3 × 3 stops to match weight (3, 3, 2, 1, 3, 3), got (1, 2, 5, 5);\nbuild the layer for this inputSize: without sharing, weights belong to places"], // prettier-ignore
  ["LocallyConnected2d that outgrows", () => new nn.LocallyConnected2d(1, 2, 2, 3), ShapeError, "LocallyConnected2d: expected images of at least 3 × 3 pixels, padding included, for a 3 × 3 window, got (1, 1, 2, 2) with padding 0, 0, 0, 0 (top, bottom, left, right);\nuse a smaller window, more padding, or one pooling layer less before it"], // prettier-ignore
  ["Bias2d on other maps", () => new nn.Bias2d(19).forward(images(1, 1, 9, 9)), ShapeError, "Bias2d: expected maps (N, C, 19, 19), got (1, 1, 9, 9)"], // prettier-ignore
  ["BatchNorm1d of images", () => new nn.BatchNorm1d(8).forward(images(2, 8, 3, 3)), ShapeError, "BatchNorm1d: expected x as (N, C) or (N, C, L), got (2, 8, 3, 3);\nimages take BatchNorm2d"], // prettier-ignore
  ["BatchNorm1d(0)", () => new nn.BatchNorm1d(0), RangeError, "BatchNorm1d: expected numFeatures as a whole number ≥ 1, got 0"], // prettier-ignore
  ["LayerNorm(0)", () => new nn.LayerNorm([3, 0]), RangeError, "LayerNorm: expected normalizedShape as a whole number ≥ 1, got 0"], // prettier-ignore
  ["Embedding with padding outside", () => new nn.Embedding(3, 2, { paddingIdx: 3 }), RangeError, "Embedding: expected paddingIdx from -3 to 2, got 3"], // prettier-ignore
  ["SpatialTransformer with five numbers", () => new nn.SpatialTransformer(new nn.Sequential(new nn.Flatten(), new nn.Linear(4, 5))).forward(images(2, 1, 2, 2)), ShapeError, "SpatialTransformer: expected localisation to give (2, 6), an affine map for each image, got (2, 5);\nend it in Flatten and a Linear with outFeatures = 6"], // prettier-ignore
  ["nn.input of nothing", () => nn.input(), RangeError, "nn.input: expected sizes of one sample as whole numbers ≥ 1, got ()"], // prettier-ignore
  ["nn.input with other samples", () => nn.input(1, 4, 4).forward(images(2, 3, 4, 4)), ShapeError, "nn.input: expected a batch (N, 1, 4, 4), got (2, 3, 4, 4)"], // prettier-ignore
  ["nn.input with one sample", () => nn.input(1, 4, 4).forward(images(1, 4, 4)), ShapeError, "nn.input: expected a batch (N, 1, 4, 4), got (1, 4, 4);\nadd the batch dimension with unsqueeze(0)"], // prettier-ignore
  ["summary of a class", () => nn.summary(any(nn.ReLU), [1, 3]), TypeError, "nn.summary: expected a module, got the function ReLU"], // prettier-ignore
  ["summary without the batch", () => nn.summary(net, [2]), RangeError, "nn.summary: expected inputShape with its batch, such as [1, 3, 32, 32], got [2]"], // prettier-ignore
  ["summary of a number", () => nn.summary(net, any(28)), RangeError, "nn.summary: expected inputShape with its batch, such as [1, 3, 32, 32], got 28"], // prettier-ignore
  ["Dropout(-1)", () => new nn.Dropout(-1), RangeError, "Dropout: expected a probability from 0 to 1, got -1"], // prettier-ignore
  ["Sequential of a class", () => new nn.Sequential(new nn.ReLU(), any(nn.ReLU)), TypeError, "Sequential: expected a module as layer 2 of 2, got the function ReLU;\nlayers are made with new"], // prettier-ignore
  ["Residual that shrinks", () => new nn.Residual(new nn.Conv2d(1, 1, 3)).forward(images(1, 1, 4, 4)), ShapeError, "Residual: expected block and shortcut to give one shape, (1, 1, 4, 4) from the shortcut, got (1, 1, 2, 2);\npad the block's convolutions, or give a shortcut such as a 1 × 1 Conv2d"], // prettier-ignore
  ["loadStateDict with other names", () => net.loadStateDict({ weight: x23, scale: x23 }), RangeError, "loadStateDict: expected the names of this module, got missing: bias; unknown: scale;\nbuild the module as it was when it was saved"], // prettier-ignore
  ["loadStateDict of another shape", () => net.loadStateDict({ weight: x23, bias: zeros(2) }), ShapeError, "loadStateDict: expected weight (2, 2), got (2, 3)"], // prettier-ignore
  ["loadStateDict of arrays", () => net.loadStateDict(any({ weight: [1], bias: zeros(2) })), TypeError, "loadStateDict: expected a Tensor for weight, got an array of 1"], // prettier-ignore
  ["nn.init of a vector", () => nn.init.kaimingUniform_(zeros(3)), ShapeError, "nn.init: expected a weight with at least 2 dimensions, got (3,);\nuse uniform_ or normal_ for a bias"], // prettier-ignore
];

const used = (): Tensor => {
  const loss = ones(2, { requiresGrad: true }).sum();
  loss.backward();
  return loss;
};
const learning: Row[] = [
  ["backward of a plain tensor", () => ones(1).backward(), RangeError, "backward: expected a result computed from a tensor with requiresGrad, got one without a record;\nset requiresGrad on an input, and compute outside noGrad() and without detach()"], // prettier-ignore
  ["backward of whole numbers", () => labels(1).sum().backward(), RangeError, "backward: expected a result computed from a tensor with requiresGrad, got a tensor of int32;\nset requiresGrad on an input, and compute outside noGrad() and without detach()"], // prettier-ignore
  ["backward of many", () => ones(2, { requiresGrad: true }).mul(2).backward(), ShapeError, "backward: expected a single number to start from, got (2,);\nreduce it with sum() or mean(), or pass the gradient of its shape"], // prettier-ignore
  ["backward with a number", () => ones(2, { requiresGrad: true }).mul(2).backward(any(1)), TypeError, "backward: expected a Tensor as gradient, got number"], // prettier-ignore
  ["backward with another shape", () => ones(2, { requiresGrad: true }).mul(2).backward(zeros(3)), ShapeError, "backward: expected a gradient of shape (2,), got (3,)"], // prettier-ignore
  ["a second backward", () => used().backward(), RangeError, "backward: expected a record that was not used yet, got one whose sum was already used by an earlier backward();\ncompute the result again before the second backward(): the record is let go after the first"], // prettier-ignore
  ["noGrad around an async function", () => noGrad(async () => 1), TypeError, "noGrad: expected a synchronous function, got one that returns a promise;\nawait first, then call noGrad around the ops"], // prettier-ignore
  ["gradError in float32", () => gradError(() => x23.sum(), [x23]), TypeError, 'gradError: expected inputs of float64, got float32;\nmake them with { dtype: "float64" }'], // prettier-ignore
  ["gradError without requiresGrad", () => gradError(() => x23.sum(), [x23.to("float64")]), TypeError, "gradError: expected inputs with requiresGrad, got one without"], // prettier-ignore
  ["an unknown backend", () => backend.use("gpu"), RangeError, `backend.use: expected one of ${backend.list().join(", ")}, got "gpu"`], // prettier-ignore
  ["null for the options of a backend", () => backend.use("wasm", any(null)), TypeError, "backend.use: expected options as an object, got null;\nwrite for example { winograd: false }"], // prettier-ignore
  ["nn.input of an array", () => nn.input(2).forward(any([1])), TypeError, "nn.input: expected x as a Tensor, got an array of 1;\nwrite tensor(…) around it"], // prettier-ignore
  ["winograd by name", () => backend.use("wasm", { winograd: any("no") }), TypeError, 'backend.use: expected winograd as true or false, got "no"'], // prettier-ignore
  ["an option that a backend does not have", () => backend.use("wasm", any({ winogard: false })), TypeError, 'backend.use: expected no option but winograd, got "winogard";\nwrite for example { winograd: false }'], // prettier-ignore
  ["no threads", () => backend.setThreads(0), RangeError, "backend.setThreads: expected a whole number of threads from 1 to 64, got 0;\nwithout backend.setThreads there is a thread for each core, at most 8"], // prettier-ignore
  ["threads by name", () => backend.setThreads(any("2")), RangeError, 'backend.setThreads: expected a whole number of threads from 1 to 64, got "2";\nwithout backend.setThreads there is a thread for each core, at most 8'], // prettier-ignore
  ["threads without memory to share", () => checkThreads("backend.setThreads", 2, false), RangeError, "backend.setThreads: expected 1 thread where threads cannot share memory, got 2;\nserve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp"], // prettier-ignore
  ["SGD of a model", () => new optim.SGD(any(net)), TypeError, "SGD: expected an array of parameters, got a Linear;\nwrite model.parameters()"], // prettier-ignore
  ["Adam of nothing", () => new optim.Adam([]), RangeError, "Adam: expected at least one parameter, got none"], // prettier-ignore
  ["AdamW of a plain tensor", () => new optim.AdamW([zeros(1)]), TypeError, "AdamW: expected parameter 0 as a tensor you made, with requiresGrad, got a Tensor"], // prettier-ignore
  ["SGD with a negative rate", () => new optim.SGD(net.parameters(), { lr: -1 }), RangeError, "SGD: expected lr as a number ≥ 0, got -1"], // prettier-ignore
  ["SGD with negative momentum", () => new optim.SGD(net.parameters(), { momentum: -1 }), RangeError, "SGD: expected momentum as a number ≥ 0, got -1"], // prettier-ignore
  ["AdamW with negative eps", () => new optim.AdamW(net.parameters(), { eps: -1 }), RangeError, "AdamW: expected eps as a number ≥ 0, got -1"], // prettier-ignore
  ["Adam with negative decay", () => new optim.Adam(net.parameters(), { weightDecay: -1 }), RangeError, "Adam: expected weightDecay as a number ≥ 0, got -1"], // prettier-ignore
  ["SGD with nesterov alone", () => new optim.SGD(net.parameters(), { nesterov: true }), RangeError, "SGD: expected momentum > 0 and no dampening for nesterov, got momentum 0, dampening 0"], // prettier-ignore
  ["AdamW with beta 1", () => new optim.AdamW(net.parameters(), { betas: [1, 0.9] }), RangeError, "AdamW: expected two betas from 0 to below 1, got [1, 0.9]"], // prettier-ignore
  ["an optimiser's state of others", () => sgd().loadStateDict({ lr: 1, parameters: [] }), RangeError, "SGD: expected a state of 2 parameters, got 0"], // prettier-ignore
  ["an optimiser's state of other sizes", () => sgd().loadStateDict({ lr: 1, parameters: [{ steps: 1, slots: { velocity: [1] } }, { steps: 1, slots: {} }] }), RangeError, "SGD: expected 4 values in velocity of parameter 0, got 1"], // prettier-ignore
  ["StepLR of half steps", () => new optim.StepLR(sgd(), 0.5), RangeError, "StepLR: expected stepSize as a whole number ≥ 1, got 0.5"], // prettier-ignore
  ["OneCycleLR at its end", () => [1, 2].forEach(((schedule) => () => schedule.step())(new optim.OneCycleLR(sgd(), 1, { totalSteps: 1 }))), RangeError, "OneCycleLR: expected at most totalSteps = 1 steps, got 2;\nset totalSteps to epochs × batches an epoch"], // prettier-ignore
  ["evaluate on nothing", () => train.evaluate(net, []), RangeError, "train.evaluate: expected at least one batch, got none;\ncheck the data set, or dropLast"], // prettier-ignore
  ["evaluate on inputs alone", () => train.evaluate(net, [[x23]]), TypeError, "train.evaluate: expected batches of [input, target], got 1 tensors a batch;\nuse a TensorDataset of two tensors"], // prettier-ignore
  ["confusionMatrix with a label too high", () => train.confusionMatrix(net, [[images(1, 2), labels(2)]]), RangeError, "train.confusionMatrix: expected classes from 0 to 1, got 2"], // prettier-ignore
  ["confusionMatrix with a negative label", () => train.confusionMatrix(net, [[images(1, 2), labels(-1)]]), RangeError, "train.confusionMatrix: expected classes from 0 to 1, got -1"], // prettier-ignore
];

const runs = join(tmpdir(), `checkpoints-${process.pid}`);
const saved = (name: string): string => join(runs, `${name}.safetensors`);
afterAll(() => rmSync(runs, { recursive: true, force: true }));

/** Train a layer for an epoch with a checkpoint, then go on with other options. */
async function goOn(name: string, options: object, model: nn.Module = net): Promise<train.History> {
  const fit = { optimizer: sgd(), epochs: 1, checkpoint: saved(name) };
  await train.fit(net, pairs, fit);
  return train.fit(model, pairs, { ...fit, epochs: 2, ...options });
}

const later: Row[] = [
  ["a page's reader of a number", () => inPage(() => fetched("readIdx", any(7))), TypeError, "readIdx: expected bytes, a file, or an address, got 7"], // prettier-ignore
  ["a page's reader of another site", () => inPage(() => fetched("readIdx", "http://example.com/x")), RangeError, "readIdx: expected an address on this page's site, http://here.test, got http://example.com/x;\nfetch it yourself and hand the bytes over"], // prettier-ignore
  ["a checkpoint of another optimiser", () => goOn("a", { optimizer: new optim.Adam(net.parameters()) }), RangeError, `train.fit: expected the optimizer that ${saved("a")} was saved with, SGD, got Adam;\ngo on with the same one, or name another file`], // prettier-ignore
  ["a checkpoint with other generators", () => goOn("b", { optimizer: new optim.SGD(chancy.parameters()) }, chancy), RangeError, "train.fit: expected a checkpoint with 2 random generators, as the model and the loader have, got 1;\ngo on with the model and the loader that it was saved from"], // prettier-ignore
  ["a file that is no checkpoint", () => { mkdirSync(runs, { recursive: true }); io.saveSafetensors({ x: zeros(1) }, saved("c")); return train.fit(net, pairs, { optimizer: sgd(), epochs: 1, checkpoint: saved("c") }); }, SyntaxError, `train.fit: expected ${saved("c")} to be a checkpoint of version 1, got a safetensors file without notes;\ndelete it, or name another file`], // prettier-ignore
  ["fit of a function", () => train.fit(any(() => 1), pairs, { optimizer: sgd(), epochs: 1 }), TypeError, "train.fit: expected a model, got a function;\nsuch as an nn.Sequential, or a class that extends nn.Module"], // prettier-ignore
  ["fit on a tensor", () => train.fit(net, any(x23), { optimizer: sgd(), epochs: 1 }), TypeError, "train.fit: expected a DataLoader, or an array of [input, target], got a Tensor"], // prettier-ignore
  ["fit on numbers", () => train.fit(net, any([1, 2]), { optimizer: sgd(), epochs: 1 }), TypeError, "train.fit: expected batches of [input, target], got 1;\nuse a TensorDataset of two tensors"], // prettier-ignore
  ["fit without options", () => train.fit(net, pairs, any(undefined)), TypeError, "train.fit: expected an optimizer, got undefined;\nsuch as new optim.SGD(model.parameters(), { lr: 0.1 })"], // prettier-ignore
  ["fit with a loss by name", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, loss: any("mse") }), TypeError, 'train.fit: expected loss as a function or a loss of nn, got "mse";\nsuch as F.crossEntropy'], // prettier-ignore
  ["fit with a loss that gives nothing", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, loss: () => any(undefined) }), TypeError, "train.fit: expected a loss that is a Tensor, got undefined"], // prettier-ignore
  ["fit with a loss for each sample", () => train.fit(net, new data.DataLoader(new data.TensorDataset(images(4, 2), labels(0, 1, 0, 1)), { batchSize: 4 }), { optimizer: sgd(), epochs: 1, loss: (p, t) => F.crossEntropy(p, t, { reduction: "none" }) }), ShapeError, 'train.fit: expected a loss of a single number, got (4,);\nreduce it with mean() or sum(), or leave out reduction: "none"'], // prettier-ignore
  ["fit with an optimizer for a schedule", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, scheduler: any(sgd()) }), TypeError, "train.fit: expected scheduler as a schedule of optim, got a SGD"], // prettier-ignore
  ["fit with the optimizer of another model", () => train.fit(new nn.Linear(2, 2), pairs, { optimizer: sgd(), epochs: 1 }), RangeError, "train.fit: expected an optimizer of the model's parameters, got one of other tensors;\nmake the optimizer after the model, from model.parameters()"], // prettier-ignore
  ["fit with the scheduler of another optimizer", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, scheduler: new optim.StepLR(sgd(), 1) }), RangeError, "train.fit: expected a scheduler of this optimizer, got one of another;\nmake the scheduler from the optimizer that is given here"], // prettier-ignore
  ["fit that tells a word", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, onEpoch: any("log") }), TypeError, 'train.fit: expected onEpoch as a function, got "log"'], // prettier-ignore
  ["fit with a checkpoint nowhere", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, checkpoint: any({ everyBatches: 2 }) }), TypeError, "train.fit: expected checkpoint as a path or { path, everyBatches }, got a plain object"], // prettier-ignore
  ["fit with checkpoints all the time", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, checkpoint: { path: "x", everyBatches: 0 } }), RangeError, "train.fit: expected checkpoint.everyBatches as a whole number ≥ 1, got 0"], // prettier-ignore
  ["fit for no epochs", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 0 }), RangeError, "train.fit: expected epochs as a whole number ≥ 1, got 0"], // prettier-ignore
  ["fit on nothing", () => train.fit(net, [], { optimizer: sgd(), epochs: 1 }), RangeError, "train.fit: expected at least one batch, got none;\ncheck the data set, or dropLast"], // prettier-ignore
  ["fit without patience", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, validation: pairs, earlyStopping: { patience: 0 } }), RangeError, "train.fit: expected earlyStopping.patience as a whole number ≥ 1, got 0"], // prettier-ignore
  ["fit with a negative minDelta", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, validation: pairs, earlyStopping: { patience: 1, minDelta: -1 } }), RangeError, "train.fit: expected earlyStopping.minDelta as a number ≥ 0, got -1"], // prettier-ignore
  ["early stopping without validation", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, earlyStopping: { patience: 1 } }), RangeError, "train.fit: expected validation data for earlyStopping, got none;\ngive validation: a DataLoader"], // prettier-ignore
  ["fit with a loss of nan", () => train.fit(net, pairs, { optimizer: sgd(), epochs: 1, loss: (p) => p.sum().mul(NaN) }), RangeError, "train.fit: expected a finite loss, got NaN at batch 1 of epoch 1, which began in mul, whose input already holds nan or infinity;\nlower the learning rate (now 0.001), or look for nan in the data"], // prettier-ignore
];

const files: Row[] = [
  ["TensorDataset of none", () => new data.TensorDataset(), ShapeError, "TensorDataset: expected tensors with the same number of samples in their first dimension, got none"], // prettier-ignore
  ["TensorDataset of 4 and 3", () => new data.TensorDataset(images(4, 2), zeros(3)), ShapeError, "TensorDataset: expected tensors with the same number of samples in their first dimension, got (4, 2), (3,)"], // prettier-ignore
  ["Subset outside", () => new data.Subset(set, [0, 4]), RangeError, "Subset: expected positions from 0 to 3, got 4"], // prettier-ignore
  ["split that leaves one over", () => data.split(set, [1, 2]), RangeError, "split: expected lengths that add up to 4, or shares that add up to 1, got [1, 2]"], // prettier-ignore
  ["split with a negative part", () => data.split(set, [-1, 5]), RangeError, "split: expected lengths that add up to 4, or shares that add up to 1, got [-1, 5]"], // prettier-ignore
  ["split with half a sample", () => data.split(set, [1.5, 2.5]), RangeError, "split: expected lengths that add up to 4, or shares that add up to 1, got [1.5, 2.5]"], // prettier-ignore
  ["DataLoader of a tensor", () => new data.DataLoader(any(x23)), TypeError, "DataLoader: expected a data set with length and batch(positions), got a Tensor;\ntensors make one: new data.TensorDataset(images, labels)"], // prettier-ignore
  ["TensorDataset of arrays", () => new data.TensorDataset(any([1, 2])), TypeError, "TensorDataset: expected tensors, got an array of 2;\nmake one with tensor(…)"], // prettier-ignore
  ["DataLoader with batchSize 0", () => new data.DataLoader(set, { batchSize: 0 }), RangeError, "DataLoader: expected batchSize as a whole number ≥ 1, got 0"], // prettier-ignore
  ["readIdx of a number", () => data.readIdx(any(3)), TypeError, "readIdx: expected a path or bytes, got 3"],
  ["readIdx of 3 bytes", () => data.readIdx(bytes(0, 0, 8)), SyntaxError, "readIdx: expected at least 4 bytes of header, got 3 (3 bytes, byte 3)"], // prettier-ignore
  ["readIdx of another file", () => data.readIdx(bytes(0x89, 0x50, 0x4e, 0x47)), SyntaxError, "readIdx: expected two zero bytes, got 0x8950 (4 bytes, byte 0)"], // prettier-ignore
  ["readIdx of an unknown kind", () => data.readIdx(bytes(0, 0, 0x0a, 1)), SyntaxError, "readIdx: expected a kind of number (0x08, 0x09, 0x0b … 0x0e), got 0x0a (4 bytes, byte 2)"], // prettier-ignore
  ["readIdx of a cut header", () => data.readIdx(bytes(0, 0, 8, 2, 0, 0, 0, 1)), SyntaxError, "readIdx: expected 2 sizes in a header of 12 bytes, got 8 bytes (8 bytes, byte 8)"], // prettier-ignore
  ["readIdx of a cut body", () => data.readIdx(bytes(0, 0, 8, 1, 0, 0, 0, 3, 1, 2)), SyntaxError, "readIdx: expected 11 bytes for sizes 3, got 10 (10 bytes, byte 10)"], // prettier-ignore
  ["readIdx of a body too long", () => data.readIdx(bytes(0, 0, 8, 1, 0, 0, 0, 1, 1, 2)), SyntaxError, "readIdx: expected 9 bytes for sizes 1, got 10 (10 bytes, byte 9)"], // prettier-ignore
  ["readIdx of damaged gzip", () => data.readIdx(bytes(0x1f, 0x8b, 8, 0)), SyntaxError, "readIdx: expected sound gzip, got unexpected end of file (4 bytes, byte 0)"], // prettier-ignore
  ["writeIdx of 256 dimensions", () => data.writeIdx(zeros(1).reshape(...new Array<number>(256).fill(1))), RangeError, "writeIdx: expected at most 255 dimensions, got 256"], // prettier-ignore
];

const figures: Row[] = [
  ["plot.bar with a value too few", () => plot.bar(["a", "b"], [1]), RangeError, "plot.bar: expected as many values as labels, got 1 and 2"], // prettier-ignore
  ["plot.bar of a word", () => plot.bar(["a"], any("1")), TypeError, 'plot.bar: expected numbers in an array or a Tensor, got "1"'], // prettier-ignore
  ["plot.histogram without bars", () => plot.histogram([1], { bins: 0 }), RangeError, "plot.histogram: expected bins as a whole number ≥ 1, got 0"], // prettier-ignore
  ["plot.curve of nothing", () => plot.curve({}), RangeError, "plot.curve: expected at least one series, got none"], // prettier-ignore
  ["plot.scatter with positions too few", () => plot.scatter({ dots: [1, 2] }, { x: [1] }), RangeError, 'plot.scatter: expected as many positions as values (2), got 1 for "dots"'], // prettier-ignore
  ["plot.image of a batch", () => plot.image(images(2, 1, 3, 3)), ShapeError, "plot.image: expected one image, (H, W) or (1, H, W), got (2, 1, 3, 3);\npick one with at(…), or use plot.images for several"], // prettier-ignore
  ["plot.image of an array", () => plot.image(any([[1]])), TypeError, "plot.image: expected a Tensor, got an array of 1"], // prettier-ignore
  ["plot.images of one", () => plot.images(images(3, 3)), ShapeError, "plot.images: expected images (N, H, W) or (N, 1, H, W), got (3, 3);\nfeatureMaps shows the channels of one sample"], // prettier-ignore
  ["plot.featureMaps of a batch", () => plot.featureMaps(images(2, 4, 3, 3)), ShapeError, "plot.featureMaps: expected maps (C, H, W) of one sample, got (2, 4, 3, 3);\npick a sample with at(0)"], // prettier-ignore
  ["plot.filters of a kernel", () => plot.filters(images(3, 3)), ShapeError, "plot.filters: expected weight (outChannels, inChannels, height, width), got (3, 3)"], // prettier-ignore
  ["plot.heatmap of a vector", () => plot.heatmap(zeros(3)), ShapeError, "plot.heatmap: expected a matrix (rows, columns), got (3,);\npick one with at(…)"], // prettier-ignore
  ["plot.confusionMatrix not square", () => plot.confusionMatrix(x23), ShapeError, "plot.confusionMatrix: expected a square matrix (classes, classes), got (2, 3)"], // prettier-ignore
  ["plot.convStep of a batch", () => plot.convStep(images(1, 4, 4), images(3, 3)), ShapeError, "plot.convStep: expected image as a matrix, got (1, 4, 4);\npick one with at(…)"], // prettier-ignore
  ["plot.convStep outside", () => plot.convStep(images(4, 4), images(3, 3), { row: 2 }), RangeError, "plot.convStep: expected a stop within 2 rows and 2 columns of output, got row 2, column 0"], // prettier-ignore
  ["figure.save to a photo", () => plot.image(x23).save(join(tmpdir(), "figure.jpg")), RangeError, `figure.save: expected a path that ends in .svg or .html, got ${JSON.stringify(join(tmpdir(), "figure.jpg"))}`], // prettier-ignore
  ["an unknown exercise", () => check("99.1", () => 1), RangeError, 'check: expected one of 4.1, 4.2, 4.3, 4.4, 8.1, 8.2, 8.3, 8.4, got "99.1"'], // prettier-ignore
  ["a hint too deep", () => hint("4.1", 4), RangeError, "hint: expected a level from 1 to 3, got 4"],
];

const rows = [
  ...creation,
  ...tensors,
  ...movement,
  ...network,
  ...learning,
  ...files,
  ...readerRows,
  ...opRows,
  ...figures,
  ...quizRows,
];

function refused(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was refused");
}

function expectRow(error: Error, kind: Kind, message: string): void {
  expect(error.message).toBe(message);
  expect(error.constructor).toBe(kind);
}

describe("the words of", () => {
  test.each(rows)("%s", (_, run, kind, message) => expectRow(refused(run), kind, message));

  test.each(later)("%s", async (_, run, kind, message) => {
    const error = await (run() as Promise<unknown>).then(() => new Error("nothing was refused"), (e) => e); // prettier-ignore
    expectRow(error, kind, message);
  });
});

describe("a ShapeError", () => {
  test("is a RangeError that carries op, expected and actual", () => {
    const error = refused(() => x23.reshape(5)) as ShapeError;
    expect(error).toBeInstanceOf(RangeError);
    expect(error.name).toBe("ShapeError");
    expect([error.op, error.expected, error.actual]).toEqual(["reshape", "sizes whose product is 6, as in (2, 3)", "(5,)"]); // prettier-ignore
  });

  test("is printed without saying everything twice", () => {
    for (const run of [
      () => x23.reshape(5),
      () => new nn.Sequential(new nn.Linear(3, 2)).forward(zeros(1, 4)),
    ]) {
      expect(inspect(refused(run))).not.toMatch(/(op|expected|actual|brief|sentence|refusal):? [{'"]/);
    }
  });
});

describe("the table above", () => {
  const folder = new URL("../kernel-lib/src/", import.meta.url);
  const sources = (readdirSync(folder, { recursive: true }) as string[]).filter((file) =>
    file.endsWith(".ts"),
  );
  const messages = [...rows, ...later].map((row) => row[3]);

  test("has a row for every sentence in the sources", () => {
    const sites = sources.flatMap((file) => refusals(file, readFileSync(new URL(file, folder), "utf8")));
    expect(sites.length).toBeGreaterThan(90);
    const unheld = sites.filter(({ pattern }) => !messages.some((message) => pattern.test(message)));
    expect(unheld.map(({ where }) => where)).toEqual([]);
  });
});

/** Every place that refuses something, with a pattern of its sentence: template holes match anything. */
function refusals(file: string, text: string): { where: string; pattern: RegExp }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: { where: string; pattern: RegExp }[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
    const name = node.expression.getText(source);
    const at = { rangeError: 1, typeError: 1, ShapeError: 1, fail: 1, damaged: 3, SyntaxError: 0 }[name];
    if (at === undefined || !node.arguments?.[at] || file === "tensor/errors.ts") return;
    const expected = patternOf(node.arguments[at], source);
    if (expected === ".*") return; // a helper that passes words on
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    const pattern = name === "SyntaxError" ? expected : `: expected ${expected}, got `;
    found.push({ where: `${file}:${line} ${pattern}`, pattern: new RegExp(pattern, "s") });
  };
  visit(source);
  return found;
}

function patternOf(node: ts.Expression, source: ts.SourceFile): string {
  const escape = (words: string): string => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  if (ts.isStringLiteralLike(node)) return escape(node.text);
  if (ts.isTemplateExpression(node)) {
    return (
      escape(node.head.text) + node.templateSpans.map((span) => `.*${escape(span.literal.text)}`).join("")
    );
  }
  if (ts.isConditionalExpression(node)) {
    return `(${patternOf(node.whenTrue, source)}|${patternOf(node.whenFalse, source)})`;
  }
  if (ts.isIdentifier(node)) {
    const words = new RegExp(`const ${node.text} = ("[^"]*"|\`[^\`]*\`);`).exec(source.text)?.[1];
    if (words) return escape(words.slice(1, -1)).replace(/\\\$\\\{.*?\\\}/g, ".*");
  }
  return ".*";
}
