import { arange, cat, F, fromTypedArray, gradError, nn, noGrad, ones, onesLike, optim, ShapeError, stack, tensor, zeros, zerosLike } from "kernel-lib"; // prettier-ignore

// What ops, layers and optimisers say to arguments of the wrong kind: rows of the table in errors.test.ts.

type Kind = typeof ShapeError | RangeErrorConstructor | TypeErrorConstructor | SyntaxErrorConstructor;
type Row = [call: string, run: () => unknown, kind: Kind, message: string];

const any = (value: unknown): never => value as never;
const x23 = zeros(2, 3);
const whole = tensor([7, -7], { dtype: "int32" });
const weights = new nn.Linear(2, 2).parameters();
const sgd = (): optim.SGD => new optim.SGD(weights);
const stepped = (): unknown => {
  const weight = ones(2, 3, { requiresGrad: true });
  const loss = weight.matmul(ones(3)).sum();
  weight.grad = ones(2, 3);
  new optim.SGD([weight]).step();
  return loss.backward();
};
class Still extends optim.Optimizer {
  protected update(): void {}
}

export const opRows: Row[] = [
  ["arange away from its end", () => arange(5, 0), RangeError, "arange: expected a step that leads from start to end, got 5, 0, 1"], // prettier-ignore
  ["zerosLike of a number", () => zerosLike(any(3)), TypeError, "zerosLike: expected a Tensor to be like, got 3"], // prettier-ignore
  ["onesLike of nothing", () => onesLike(any(undefined)), TypeError, "onesLike: expected a Tensor to be like, got undefined"], // prettier-ignore
  ["fromTypedArray of nothing", () => fromTypedArray(any(undefined)), TypeError, "fromTypedArray: expected a Float32Array, Float64Array, Int32Array or Uint8Array, got undefined;\ncopy the numbers into one of them"], // prettier-ignore
  ["true minus true", () => tensor([true]).sub(tensor([true])), TypeError, 'sub: expected numbers, got bool;\nconvert them with to("int32")'], // prettier-ignore
  ["minus true", () => tensor([true]).neg(), TypeError, 'neg: expected numbers, got bool;\nconvert them with to("int32")'], // prettier-ignore
  ["whole numbers to the power of -1", () => whole.pow(-1), RangeError, 'pow: expected a power ≥ 0 of whole numbers, got -1;\nconvert the base with to("float32")'], // prettier-ignore
  ["div rounded up", () => whole.div(2, any({ roundingMode: "ceil" })), RangeError, 'div: expected roundingMode "trunc" or "floor", got "ceil"'], // prettier-ignore
  ["div of whole numbers by 0", () => whole.div(0, { roundingMode: "floor" }), RangeError, "div: expected divisors other than 0 for whole numbers, got 0;\nleave roundingMode out: it gives ±inf"], // prettier-ignore
  ["gelu by another formula", () => x23.gelu(any({ approximate: "erf" })), RangeError, 'gelu: expected approximate "none" or "tanh", got "erf"'], // prettier-ignore
  ["sum over a word", () => x23.sum(any("rows")), RangeError, 'sum: expected a dimension from -2 to 1, got "rows";\nthe tensor has 2 dimensions'], // prettier-ignore
  ["cat of tensors one by one", () => cat(any(x23), any(x23)), TypeError, "cat: expected an array of tensors, got a Tensor;\nwrite cat([a, b])"], // prettier-ignore
  ["stack of tensors one by one", () => stack(any(x23), any(x23)), TypeError, "stack: expected an array of tensors, got a Tensor;\nwrite stack([a, b])"], // prettier-ignore
  ["flip twice along one", () => x23.flip(0, -2), RangeError, "flip: expected each dimension at most once, got [0, -2]"], // prettier-ignore
  ["rot90 in a line", () => x23.rot90(1, [1, -1]), RangeError, "rot90: expected whole turns in a plane of two dimensions, got 1 in [1, -1]"], // prettier-ignore
  ["rot90 in dimension 0", () => x23.rot90(1, any(0)), TypeError, "rot90: expected a plane as [dim, dim], got 0"], // prettier-ignore
  ["roll by nothing", () => x23.roll(any(undefined)), TypeError, "roll: expected shifts in whole numbers, got undefined"], // prettier-ignore
  ["indexSelect of nothing", () => x23.indexSelect(0, any(undefined)), TypeError, "indexSelect: expected positions as a 1-D tensor or an array, got undefined"], // prettier-ignore
  ["pad by a number", () => x23.pad(any(1)), TypeError, "pad: expected padding as an array such as [left, right], got 1"], // prettier-ignore
  ["copy_ of an array", () => x23.copy_(any([1])), TypeError, "copy_: expected a Tensor, got an array of 1;\nwrite tensor(…) around it"], // prettier-ignore
  ["copy_ into a result", () => ones(1, { requiresGrad: true }).mul(2).copy_(ones(1)), RangeError, "copy_: expected a tensor you made, got a result of mul;\nuse detach().clone() first"], // prettier-ignore
  ["backward after a step", stepped, RangeError, "backward: expected the inputs of matmul as they were when it was computed, got one (2, 3) that was overwritten since, by an optimiser's step, copy_ or loadStateDict;\ncall backward() before step(), or compute the result again"], // prettier-ignore
  ["layerNorm without its shape", () => F.layerNorm(x23, any(undefined)), TypeError, "layerNorm: expected normalizedShape as a size or an array of sizes, got undefined"], // prettier-ignore
  ["linear with an array for bias", () => F.linear(x23, x23, any([1, 2])), TypeError, "linear: expected bias as a Tensor, got an array of 2;\nwrite tensor(…) around it"], // prettier-ignore
  ["batchNorm with an array for weight", () => F.batchNorm(x23, undefined, undefined, { training: true, weight: any([1]) }), TypeError, "batchNorm: expected weight as a Tensor, got an array of 1;\nwrite tensor(…) around it"], // prettier-ignore
  ["batchNorm in use without statistics", () => F.batchNorm(x23), RangeError, "batchNorm: expected runningMean and runningVar outside training, got neither;\ngive both, or { training: true } to use the batch's own"], // prettier-ignore
  ["batchNorm in use with half of them", () => F.batchNorm(x23, zeros(3)), RangeError, "batchNorm: expected runningMean and runningVar outside training, got one of them;\ngive both, or { training: true } to use the batch's own"], // prettier-ignore
  ["dropout of nothing", () => F.dropout(any(undefined)), TypeError, "dropout: expected x as a Tensor, got undefined;\nwrite tensor(…) around it"], // prettier-ignore
  ["adaptiveAvgPool2d to a word", () => F.adaptiveAvgPool2d(zeros(1, 1, 4, 4), any("half")), RangeError, 'adaptiveAvgPool2d: expected outputSize as a whole number ≥ 1 or a pair of them, got "half"'], // prettier-ignore
  ["interpolate by a word", () => F.interpolate(zeros(1, 1, 4, 4), any({ scaleFactor: "double" })), RangeError, 'interpolate: expected scaleFactor as a number > 0 or a pair of them, got "double"'], // prettier-ignore
  ["crossEntropy with weights of whole numbers", () => F.crossEntropy(x23, whole.abs().mul(0), { weight: any([1, 1, 1]) }), TypeError, "crossEntropy: expected weight as a Tensor, got an array of 3;\nwrite tensor(…) around it"], // prettier-ignore
  ["binary cross-entropy with another weight", () => F.binaryCrossEntropyWithLogits(x23, x23, { weight: ones(3, 1, 1) }), ShapeError, "binaryCrossEntropyWithLogits: expected weight that broadcasts to the target, (2, 3), got (3, 1, 1)"], // prettier-ignore
  ["a layer of nothing", () => new nn.Flatten().forward(any(undefined)), TypeError, "flatten: expected x as a Tensor, got undefined;\nwrite tensor(…) around it"], // prettier-ignore
  ["Bias2d of an array", () => new nn.Bias2d(4).forward(any([1])), TypeError, "Bias2d: expected x as a Tensor, got an array of 1;\nwrite tensor(…) around it"], // prettier-ignore
  ["loadStateDict of a path", () => new nn.Linear(2, 2).loadStateDict(any("model.safetensors")), TypeError, 'loadStateDict: expected tensors by name, as stateDict() gives them, got "model.safetensors"'], // prettier-ignore
  ["kaiming for a nonlinearity without a gain", () => nn.init.kaimingNormal_(x23, any({ nonlinearity: "selu" })), RangeError, 'nn.init: expected a nonlinearity of leakyRelu, relu, tanh, sigmoid, linear, got "selu"'], // prettier-ignore
  ["kaiming in PyTorch's spelling", () => nn.init.kaimingUniform_(x23, any({ mode: "fan_in" })), RangeError, 'nn.init: expected mode "fanIn" or "fanOut", got "fan_in"'], // prettier-ignore
  ["noGrad of a tensor", () => noGrad(any(x23)), TypeError, "noGrad: expected a function to run, got a Tensor;\nwrite noGrad(() => …)"], // prettier-ignore
  ["gradError of a tensor", () => gradError(any(x23), [x23]), TypeError, "gradError: expected a function that gives the loss, got a Tensor"], // prettier-ignore
  ["gradError of one input", () => gradError(() => x23.sum(), any(x23)), TypeError, "gradError: expected inputs as an array of tensors, got a Tensor;\nwrite gradError(loss, [x])"], // prettier-ignore
  ["SGD of groups", () => new optim.SGD(any([{ params: weights, lr: 0.1 }])), TypeError, "SGD: expected parameter 0 as a tensor you made, with requiresGrad, got a plain object;\nthere are no groups: make one optimiser for each learning rate"], // prettier-ignore
  ["an optimiser's state from nowhere", () => sgd().loadStateDict(any(undefined)), TypeError, "SGD: expected a state as stateDict() gives it, got undefined"], // prettier-ignore
  ["a schedule of nothing", () => new optim.StepLR(any(undefined), 2), TypeError, "StepLR: expected an optimiser first, got undefined;\nsuch as new optim.SGD(…)"], // prettier-ignore
  ["OneCycleLR without its length", () => new optim.OneCycleLR(sgd(), 1, { epochs: 3 }), RangeError, "OneCycleLR: expected totalSteps (or epochs and stepsPerEpoch) as a whole number ≥ 1, got NaN"], // prettier-ignore
  ["OneCycleLR that rises for too long", () => new optim.OneCycleLR(sgd(), 1, { totalSteps: 3, pctStart: 30 }), RangeError, "OneCycleLR: expected pctStart from 0 to 1, got 30"], // prettier-ignore
  ["OneCycleLR along another curve", () => new optim.OneCycleLR(sgd(), 1, { totalSteps: 3, annealStrategy: any("exp") }), RangeError, 'OneCycleLR: expected annealStrategy "cos" or "linear", got "exp"'], // prettier-ignore
  ["OneCycleLR without a momentum to move", () => new optim.OneCycleLR(new Still(weights, 1), 1, { totalSteps: 3 }), RangeError, "OneCycleLR: expected an optimiser with momentum or betas, got Still;\nwrite { cycleMomentum: false }"], // prettier-ignore
  ["clipGradNorm of a model", () => optim.clipGradNorm(any(new nn.ReLU()), 1), TypeError, "clipGradNorm: expected an array of parameters, got a ReLU;\nwrite model.parameters()"], // prettier-ignore
  ["clipGradNorm below 0", () => optim.clipGradNorm(weights, -1), RangeError, "clipGradNorm: expected maxNorm as a number ≥ 0, got -1"], // prettier-ignore
  ["clipGradNorm by no norm", () => optim.clipGradNorm(weights, 1, { normType: 0 }), RangeError, "clipGradNorm: expected normType as a number > 0, got 0"], // prettier-ignore
];
