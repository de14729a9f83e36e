import type { GraphNode } from "../autograd/record.js";
import { backward } from "../autograd/backward.js";
import { displayable } from "../display/displayable.js";
import * as ops from "../ops/index.js";
import { overwrite } from "./changes.js";
import { allocate, isFloat, type DType, type TypedArray } from "./dtype.js";
import { rangeError, ShapeError, typeError } from "./errors.js";
import { displayTensor, inspectTensor } from "./format.js";
import { existingDim, formatShape, numelOf, type Shape } from "./shape.js";

/** How a reduction treats the dimensions that it removes. */
export interface ReduceOptions {
  /** Leave each reduced dimension in place with size 1, so that the result broadcasts against the input. */
  keepdim?: boolean;
}

/** One step of `at`: a position, a range `[start, stop, step]` (`null` for "to the end"), or `null` for a new dimension. */
export type Index =
  | number
  | null
  | readonly []
  | readonly [number | null]
  | readonly [number | null, number | null]
  | readonly [number | null, number | null, number];

/**
 * A box of numbers with a shape: the one kind of value that everything here computes with.
 * Images are (N, C, H, W): sample, channel, row, column.
 *
 * Made by `tensor`, `zeros`, `randn` and their like; every op returns a new one.
 */
export class Tensor {
  /** Sizes of the dimensions, outermost first. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The values in row-major order, shared with reshaped views. For the library; `data` gives a copy. */
  readonly storage: TypedArray;
  /** Whether `backward` collects a gradient for this tensor. */
  requiresGrad = false;
  /** What `backward` collected: how the loss changes with each value. Has this tensor's shape. */
  grad: Tensor | null = null;
  /** How this tensor was computed; `null` for one that was not recorded. For the library. */
  node: GraphNode | null = null;

  constructor(storage: TypedArray, shape: Shape, dtype: DType) {
    this.storage = storage;
    this.shape = Object.freeze([...shape]);
    this.dtype = dtype;
  }

  // ---- facts

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }
  /** Number of values. */
  get numel(): number {
    return numelOf(this.shape);
  }
  /** A row-major copy of the values; changing it does not change the tensor. */
  get data(): TypedArray {
    return this.storage.slice();
  }
  /** Size of one dimension; −1 is the last. */
  size(dim: number): number {
    return this.shape[existingDim("size", dim, this.shape)];
  }
  /** The value of a tensor that holds exactly one. */
  item(): number {
    if (this.numel !== 1) {
      const wayOut = "reduce it first (sum, mean), pick one value with at(…), or read all with toArray()";
      throw new ShapeError("item", "a tensor with one value", formatShape(this.shape), wayOut);
    }
    return this.storage[0];
  }
  /** The values as nested arrays (a plain number for a single one); booleans for dtype `bool`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the nesting depends on ndim
  toArray(): any {
    const read = (dim: number, offset: number, step: number): unknown => {
      if (dim === this.ndim) return this.dtype === "bool" ? this.storage[offset] !== 0 : this.storage[offset];
      const inner = step / this.shape[dim];
      return Array.from({ length: this.shape[dim] }, (_, i) => read(dim + 1, offset + i * inner, inner));
    };
    return read(0, 0, this.numel);
  }
  /** The same values in another dtype; gradients flow between the two float types. */
  to(dtype: DType): Tensor {
    return ops.to(this, dtype);
  }

  // ---- movement: the same values at other places

  reshape(...shape: number[]): Tensor {
    return ops.reshape(this, shape);
  }
  flatten(startDim = 0, endDim = -1): Tensor {
    return ops.flatten(this, startDim, endDim);
  }
  permute(...dims: number[]): Tensor {
    return ops.permute(this, dims);
  }
  transpose(a: number, b: number): Tensor {
    return ops.transpose(this, a, b);
  }
  /** A matrix with rows and columns exchanged. */
  get T(): Tensor {
    return ops.permute(
      this,
      this.shape.map((_, dim) => this.ndim - 1 - dim),
    );
  }
  squeeze(dim?: number | readonly number[]): Tensor {
    return ops.squeeze(this, dim);
  }
  unsqueeze(dim: number): Tensor {
    return ops.unsqueeze(this, dim);
  }
  expand(...shape: number[]): Tensor {
    return ops.expand(this, shape);
  }
  narrow(dim: number, start: number, length: number): Tensor {
    return ops.narrow(this, dim, start, length);
  }
  at(...index: Index[]): Tensor {
    return ops.at(this, index);
  }
  indexSelect(dim: number, index: Tensor | readonly number[]): Tensor {
    return ops.indexSelect(this, dim, index);
  }
  gather(dim: number, index: Tensor): Tensor {
    return ops.gather(this, dim, index);
  }
  flip(...dims: number[]): Tensor {
    return ops.flip(this, dims);
  }
  roll(shifts: number | readonly number[], dims?: number | readonly number[]): Tensor {
    return ops.roll(this, shifts, dims);
  }
  rot90(k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
    return ops.rot90(this, k, dims);
  }
  pad(padding: readonly number[], options: ops.PadOptions = {}): Tensor {
    return ops.pad(this, padding, options);
  }

  // ---- arithmetic, with broadcasting

  add(other: Tensor | number): Tensor {
    return ops.add(this, other);
  }
  sub(other: Tensor | number): Tensor {
    return ops.sub(this, other);
  }
  mul(other: Tensor | number): Tensor {
    return ops.mul(this, other);
  }
  div(other: Tensor | number, options: ops.DivOptions = {}): Tensor {
    return ops.div(this, other, options);
  }
  pow(exponent: Tensor | number): Tensor {
    return ops.pow(this, exponent);
  }
  maximum(other: Tensor | number): Tensor {
    return ops.maximum(this, other);
  }
  minimum(other: Tensor | number): Tensor {
    return ops.minimum(this, other);
  }
  neg(): Tensor {
    return ops.neg(this);
  }
  exp(): Tensor {
    return ops.exp(this);
  }
  log(): Tensor {
    return ops.log(this);
  }
  sqrt(): Tensor {
    return ops.sqrt(this);
  }
  abs(): Tensor {
    return ops.abs(this);
  }
  sign(): Tensor {
    return ops.sign(this);
  }
  clamp(min?: Tensor | number, max?: Tensor | number): Tensor {
    return ops.clamp(this, min, max);
  }
  matmul(other: Tensor): Tensor {
    return ops.matmul(this, other);
  }

  // ---- comparisons: tensors of dtype bool

  eq(other: Tensor | number): Tensor {
    return ops.eq(this, other);
  }
  ne(other: Tensor | number): Tensor {
    return ops.ne(this, other);
  }
  lt(other: Tensor | number): Tensor {
    return ops.lt(this, other);
  }
  le(other: Tensor | number): Tensor {
    return ops.le(this, other);
  }
  gt(other: Tensor | number): Tensor {
    return ops.gt(this, other);
  }
  ge(other: Tensor | number): Tensor {
    return ops.ge(this, other);
  }

  // ---- reductions: fewer values, over all dimensions or over the given ones

  sum(dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
    return ops.sum(this, dim, options);
  }
  mean(dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
    return ops.mean(this, dim, options);
  }
  max(dim?: number, options: ReduceOptions = {}): Tensor {
    return ops.max(this, dim, options);
  }
  min(dim?: number, options: ReduceOptions = {}): Tensor {
    return ops.min(this, dim, options);
  }
  argmax(dim?: number, options: ReduceOptions = {}): Tensor {
    return ops.argmax(this, dim, options);
  }
  argmin(dim?: number, options: ReduceOptions = {}): Tensor {
    return ops.argmin(this, dim, options);
  }
  var(dim?: number | readonly number[], options: ops.VarOptions = {}): Tensor {
    return ops.variance(this, dim, options);
  }
  std(dim?: number | readonly number[], options: ops.VarOptions = {}): Tensor {
    return ops.std(this, dim, options);
  }
  prod(dim?: number, options: ReduceOptions = {}): Tensor {
    return ops.prod(this, dim, options);
  }
  all(dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
    return ops.all(this, dim, options);
  }
  any(dim?: number | readonly number[], options: ReduceOptions = {}): Tensor {
    return ops.any(this, dim, options);
  }

  // ---- activations

  relu(): Tensor {
    return ops.relu(this);
  }
  leakyRelu(negativeSlope: number | { negativeSlope?: number } = 0.01): Tensor {
    return ops.leakyRelu(this, negativeSlope);
  }
  gelu(options: ops.GeluOptions = {}): Tensor {
    return ops.gelu(this, options);
  }
  sigmoid(): Tensor {
    return ops.sigmoid(this);
  }
  tanh(): Tensor {
    return ops.tanh(this);
  }
  softmax(dim: number): Tensor {
    return ops.softmax(this, dim);
  }
  logSoftmax(dim: number): Tensor {
    return ops.logSoftmax(this, dim);
  }

  // ---- autograd

  /**
   * Follow the record of this result back to its inputs and add to each one's `grad`.
   * A tensor of more than one value needs `gradient`, how the loss changes with each of them.
   * The record is let go on the way: a second `backward` needs the result computed again.
   */
  backward(gradient?: Tensor): void {
    backward(this, gradient);
  }
  /** The same values without their history: gradients stop here. Shares storage. */
  detach(): Tensor {
    return new Tensor(this.storage, this.shape, this.dtype);
  }
  /** A copy with storage of its own; gradients flow through it. */
  clone(): Tensor {
    return ops.clone(this);
  }
  /** Ask `backward` to collect a gradient here. Returns this tensor. */
  requiresGrad_(requiresGrad = true): this {
    if (requiresGrad && !isFloat(this.dtype)) {
      throw typeError("requiresGrad_", "float32 or float64", this.dtype, 'convert it with to("float32")');
    }
    if (!requiresGrad && this.node) {
      throw rangeError("requiresGrad_", "a tensor you made", `a result of ${this.node.op}`, "use detach()");
    }
    this.requiresGrad = requiresGrad;
    return this;
  }
  /**
   * Overwrite the values with those of `source`, without recording it; the shape must be the same.
   * For weights between two steps: `backward` refuses a recorded result that still needs the old values.
   *
   * @throws {ShapeError} if the shapes differ
   * @throws {RangeError} for the result of a recorded op, whose gradient would be that of the old values
   */
  copy_(source: Tensor): this {
    overwrite(this, source);
    return this;
  }
}

displayable(Tensor, { text: inspectTensor, bundle: displayTensor });

/** A new tensor of zeros, without history. For ops and backends. */
export function emptyTensor(shape: Shape, dtype: DType): Tensor {
  return new Tensor(allocate(dtype, numelOf(shape)), shape, dtype);
}
