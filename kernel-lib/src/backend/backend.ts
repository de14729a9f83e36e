import type { DType } from "../tensor/dtype.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

export type UnaryOp =
  | "neg" | "exp" | "log" | "sqrt" | "abs" | "sign" | "relu" | "gelu" | "sigmoid" | "tanh"; // prettier-ignore

export type BinaryOp =
  | "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum"
  | "eq" | "ne" | "lt" | "le" | "gt" | "ge"; // prettier-ignore

export type ReduceOp = "sum" | "prod" | "max" | "min";

/** A walk over storage: which value stands at each position of `shape`. Strides may be 0 or negative. */
export interface StridedView {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** A batch of matrix products (rows × inner) · (inner × columns), each pair at its own offsets. */
export interface MatmulGeometry {
  readonly shape: Shape;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Where each product's left matrix, right matrix starts in storage. */
  readonly offsetsA: Int32Array;
  readonly offsetsB: Int32Array;
  /** Steps between rows and between columns of each factor, so that a transposed one needs no copy. */
  readonly rowStepA: number;
  readonly columnStepA: number;
  readonly rowStepB: number;
  readonly columnStepB: number;
}

/** A 2-D window that slides over images, every size checked. */
export interface WindowGeometry {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** A convolution; its bottom and right padding show only in the output size. */
export interface Conv2dGeometry extends WindowGeometry {
  readonly outChannels: number;
  readonly groups: number;
}

/** Average pooling divides by the window's size, with or without the padding in it. */
export interface AvgPool2dGeometry extends WindowGeometry {
  readonly countIncludePad: boolean;
}

/** How places between −1 and 1 are read as pixels, and what stands outside. */
export interface SampleGeometry {
  /** Whether places outside are moved to the border, rather than read as 0. */
  readonly border: boolean;
  readonly alignCorners: boolean;
}

/** One layer of a chain, every size checked. Parameters are handed over with each pass. */
export type Link =
  | { readonly kind: "conv2d"; readonly g: Conv2dGeometry }
  | { readonly kind: "linear"; readonly inFeatures: number; readonly outFeatures: number }
  /** `ofBatch`: mean and variance are taken from the batch; otherwise they come with the pass. */
  | { readonly kind: "batchNorm"; readonly eps: number; readonly ofBatch: boolean }
  | { readonly kind: "maxPool2d"; readonly g: WindowGeometry }
  | { readonly kind: "avgPool2d"; readonly g: AvgPool2dGeometry }
  /** A block, which is the next so many links, and what goes round it, the links after those; then their sum. */
  | { readonly kind: "residual"; readonly block: number; readonly shortcut: number }
  | { readonly kind: "leakyRelu"; readonly negativeSlope: number }
  /** Every value, or with `perMap` every map, times a factor that comes with the pass as `mask`. */
  | { readonly kind: "dropout"; readonly perMap: boolean }
  | { readonly kind: "relu" | "sigmoid" | "tanh" | "gelu" | "flatten" };

/** What a link computes with: undefined where it has none. */
export interface LinkParameters {
  readonly weight?: Tensor;
  readonly bias?: Tensor;
  readonly mean?: Tensor;
  readonly variance?: Tensor;
  readonly mask?: Tensor;
}

/** One way through a chain. */
export interface ChainPass {
  readonly out: Tensor;
  /** For each link the mean and (biased) variance of the batch, where it took them. */
  readonly statistics: readonly ({ mean: Tensor; variance: Tensor } | undefined)[];
  /** The way back, once: the gradient of the input (if it was asked for) and of each link's weight and bias. */
  backward(gradOut: Tensor): {
    readonly x: Tensor | undefined;
    readonly links: readonly { weight?: Tensor; bias?: Tensor }[];
  };
}

/** Layers one after the other, made ready for one shape of input, with nothing written down in between. */
export type Chain = (x: Tensor, parameters: readonly LinkParameters[]) => ChainPass;

/** What a chain is made ready for. */
export interface ChainRequest {
  readonly shape: Shape;
  readonly links: readonly Link[];
  /** Whether there will be a way back, and whether it goes on to the input. */
  readonly record: boolean;
  readonly gradX: boolean;
  /** For each link, whether its weight or bias wants a gradient. */
  readonly learns: readonly boolean[];
}

/**
 * The routines that compute. A backend sees storage and a checked geometry: never autograd, never a
 * user's mistake. Results are new tensors, except for `write` and `accumulate`, which change `out`.
 */
export interface Backend {
  readonly name: string;

  /** Several layers computed as one, where the backend gains by it; `undefined` for what it cannot. */
  chain?(request: ChainRequest): Chain | undefined;

  // element-wise
  unary(op: UnaryOp, x: Tensor): Tensor;
  /** `a` and `b` are read as if they had `shape`. */
  binary(op: BinaryOp, a: Tensor, b: Tensor, shape: Shape, dtype: DType): Tensor;
  /** The gradient where `out` of relu is positive, 0 elsewhere. */
  reluGradInput(gradOut: Tensor, out: Tensor): Tensor;
  cast(x: Tensor, dtype: DType): Tensor;
  where(condition: Tensor, a: Tensor, b: Tensor, shape: Shape, dtype: DType): Tensor;

  // reductions; the dimensions stay, with size 1
  reduce(op: ReduceOp, x: Tensor, dims: readonly number[]): Tensor;
  /** Positions (int32) of the first largest or smallest value along `dim`. */
  argReduce(op: "max" | "min", x: Tensor, dim: number): Tensor;

  // movement
  read(x: Tensor, view: StridedView): Tensor;
  write(out: Tensor, view: StridedView, source: Tensor): void;
  accumulate(out: Tensor, view: StridedView, source: Tensor): void;
  /** Whole slices of `x`: those that stand at these places along `dim`. */
  indexSelect(x: Tensor, dim: number, places: ArrayLike<number>): Tensor;
  /** Values of `x` along `dim` at the positions that `index` (int32, shape of the result) names. */
  gather(x: Tensor, dim: number, index: Tensor): Tensor;
  /** The adjoint of `gather`: add each value of `source` to its place in zeros of `shape`. */
  scatterAdd(source: Tensor, dim: number, index: Tensor, shape: Shape): Tensor;

  // products
  matmul(a: Tensor, b: Tensor, g: MatmulGeometry): Tensor;
  conv2d(x: Tensor, weight: Tensor, bias: Tensor | undefined, g: Conv2dGeometry): Tensor;
  conv2dGradInput(gradOut: Tensor, weight: Tensor, g: Conv2dGeometry): Tensor;
  conv2dGradWeight(gradOut: Tensor, x: Tensor, g: Conv2dGeometry): Tensor;
  conv2dGradBias(gradOut: Tensor, g: Conv2dGeometry): Tensor;

  // normalisation of (N, C, …); mean, variance, weight and bias are (C)
  /** Mean and (biased) variance of each channel. */
  channelStatistics(x: Tensor): { mean: Tensor; variance: Tensor };
  /** (x − mean) / √(variance + eps) · weight + bias */
  batchNorm(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    weight: Tensor | undefined,
    bias: Tensor | undefined,
    eps: number,
  ): Tensor;
  /** `ofBatch`: mean and variance were taken from `x` itself, so they pass on a gradient as well. */
  batchNormGradInput(
    gradOut: Tensor,
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    weight: Tensor | undefined,
    eps: number,
    ofBatch: boolean,
  ): Tensor;
  batchNormGradWeight(gradOut: Tensor, x: Tensor, mean: Tensor, variance: Tensor, eps: number): Tensor;

  // pooling
  /** The largest value of each window, and where in its plane it stood (int32). */
  maxPool2d(x: Tensor, g: WindowGeometry): { out: Tensor; index: Tensor };
  maxPool2dGradInput(gradOut: Tensor, index: Tensor, g: WindowGeometry): Tensor;
  avgPool2d(x: Tensor, g: AvgPool2dGeometry): Tensor;
  avgPool2dGradInput(gradOut: Tensor, g: AvgPool2dGeometry): Tensor;

  // reading images (N, C, H, W) between their pixels, at places (N, outHeight, outWidth, 2)
  gridSample(x: Tensor, grid: Tensor, g: SampleGeometry): Tensor;
  gridSampleGradInput(gradOut: Tensor, grid: Tensor, shape: Shape, g: SampleGeometry): Tensor;
  gridSampleGradGrid(gradOut: Tensor, x: Tensor, grid: Tensor, g: SampleGeometry): Tensor;
}

/** `"wasm"`, and what its user may choose. */
export interface WasmBackend extends Backend {
  /** Threads that compute. */
  threads: number;
  /** Whether large convolutions go by way of Winograd's tiles. */
  winograd: boolean;
}
