import { dtypeOf, isDType, isFloat, type DType, type TypedArray } from "./dtype.js";
import { describe, rangeError, ShapeError, typeError } from "./errors.js";
import { defaultGenerator, type Generator } from "./generator.js";
import { formatShape, numelOf, type Shape } from "./shape.js";
import { emptyTensor, Tensor } from "./tensor.js";

/** Numbers in arrays within arrays, as deep as the tensor has dimensions. */
export type NestedArray = number | boolean | TypedArray | readonly NestedArray[];

export interface CreateOptions {
  /** "float32" unless given. */
  dtype?: DType;
  /** Whether `backward` collects a gradient here. */
  requiresGrad?: boolean;
}

export interface RandomOptions extends CreateOptions {
  /** Where the numbers come from; the default generator unless given. */
  generator?: Generator;
}

/**
 * A tensor from numbers: `tensor([[1, 2], [3, 4]])` has shape (2, 2).
 * Booleans make it bool; a typed array keeps its own dtype; everything else is float32 unless `dtype` says otherwise.
 *
 * @param values a number, or arrays as deep as the tensor has dimensions
 * @throws {ShapeError} if rows differ in length
 * @throws {TypeError} if something in it is no number
 */
export function tensor(values: NestedArray, options: CreateOptions = {}): Tensor {
  const shape = shapeOf(values);
  const dtype =
    options.dtype ?? dtypeOf(values) ?? (typeof firstValue(values) === "boolean" ? "bool" : "float32");
  const out = empty("tensor", shape, dtype);
  let next = 0;
  const fill = (part: NestedArray, depth: number): void => {
    if (depth === shape.length) {
      if (typeof part !== "number" && typeof part !== "boolean") {
        throw typeError("tensor", "numbers in nested arrays", describe(part));
      }
      out.storage[next++] = dtype === "bool" ? Number(Boolean(part)) : Number(part);
      return;
    }
    if (!Array.isArray(part) && !isTyped(part)) {
      throw new ShapeError(
        "tensor",
        `arrays nested ${shape.length} deep everywhere`,
        `${describe(part)} at depth ${depth}`,
      );
    }
    const rows = part as ArrayLike<NestedArray>;
    if (rows.length !== shape[depth]) {
      throw new ShapeError(
        "tensor",
        `rows of equal length (${shape[depth]} at depth ${depth})`,
        `one of ${rows.length}`,
      );
    }
    for (let i = 0; i < rows.length; i++) fill(rows[i], depth + 1);
  };
  fill(values, 0);
  return finish("tensor", out, options);
}

/**
 * A tensor over a copy of a typed array, whose kind gives the dtype; 1-D unless a shape is given.
 *
 * @throws {TypeError} for another kind of array
 * @throws {ShapeError} if the shape holds another number of values
 */
export function fromTypedArray(values: TypedArray, shape?: Shape, options: CreateOptions = {}): Tensor {
  const dtype = dtypeOf(values);
  if (!dtype) {
    const kinds = "a Float32Array, Float64Array, Int32Array or Uint8Array";
    throw typeError("fromTypedArray", kinds, describe(values), "copy the numbers into one of them");
  }
  const sizes = shape ?? [values.length];
  requireSizes("fromTypedArray", sizes);
  if (numelOf(sizes) !== values.length) {
    throw new ShapeError("fromTypedArray", `a shape of ${values.length} values`, formatShape(sizes));
  }
  const copy = new Tensor(values.slice(), sizes, dtype);
  return finish("fromTypedArray", options.dtype ? copy.to(options.dtype) : copy, options);
}

/** Zeros: `zeros(2, 3)`, or `zeros([2, 3], { dtype: "int32" })`. */
export function zeros(...args: SizesAnd<CreateOptions>): Tensor {
  return filled("zeros", 0, args);
}

/** Ones: `ones(2, 3)`. */
export function ones(...args: SizesAnd<CreateOptions>): Tensor {
  return filled("ones", 1, args);
}

/** One value everywhere: `full([2, 3], 7)`. */
export function full(shape: Shape, value: number, options: CreateOptions = {}): Tensor {
  const out = empty("full", shape, options.dtype ?? "float32");
  out.storage.fill(value);
  return finish("full", out, options);
}

/** Zeros in the shape and dtype of another tensor. */
export function zerosLike(x: Tensor, options: CreateOptions = {}): Tensor {
  requireModel("zerosLike", x);
  return full(x.shape, 0, { dtype: x.dtype, ...options });
}

/** Ones in the shape and dtype of another tensor. */
export function onesLike(x: Tensor, options: CreateOptions = {}): Tensor {
  requireModel("onesLike", x);
  return full(x.shape, 1, { dtype: x.dtype, ...options });
}

/** Ones on the diagonal of an `n` × `m` matrix, zeros elsewhere. */
export function eye(n: number, m: number = n, options: CreateOptions = {}): Tensor {
  const out = empty("eye", [n, m], options.dtype ?? "float32");
  for (let i = 0; i < Math.min(n, m); i++) out.storage[i * m + i] = 1;
  return finish("eye", out, options);
}

/**
 * Numbers from `start` (included) to `end` (not included): `arange(5)` is 0 … 4. int32 where all are whole.
 *
 * @returns (⌈(end − start) / step⌉)
 * @throws {RangeError} for a step of 0, or one that leads away from `end`
 */
export function arange(start: number, end?: number, step = 1, options: CreateOptions = {}): Tensor {
  const [first, last] = end === undefined ? [0, start] : [start, end];
  if (step === 0 || !Number.isFinite((last - first) / step)) {
    throw rangeError(
      "arange",
      "finite numbers and a step other than 0",
      [first, last, step].map(describe).join(", "),
    );
  }
  if ((last - first) / step < 0) {
    throw rangeError("arange", "a step that leads from start to end", `${first}, ${last}, ${step}`);
  }
  const whole = [first, last, step].every(Number.isInteger);
  const out = empty(
    "arange",
    [Math.max(0, Math.ceil((last - first) / step))],
    options.dtype ?? (whole ? "int32" : "float32"),
  );
  for (let i = 0; i < out.storage.length; i++) out.storage[i] = first + i * step;
  return finish("arange", out, options);
}

/**
 * `steps` numbers at equal distances, from `start` to `end`, both included.
 *
 * @returns (steps)
 */
export function linspace(start: number, end: number, steps: number, options: CreateOptions = {}): Tensor {
  const out = empty("linspace", [steps], options.dtype ?? "float32");
  for (let i = 0; i < steps; i++)
    out.storage[i] = steps === 1 ? start : start + ((end - start) * i) / (steps - 1);
  return finish("linspace", out, options);
}

/** Random numbers from [0, 1), each as likely as the others: `rand(2, 3)`. */
export function rand(...args: SizesAnd<RandomOptions>): Tensor {
  return random("rand", args, (generator) => generator.uniform());
}

/** Random numbers from the normal distribution with mean 0 and standard deviation 1: `randn(2, 3)`. */
export function randn(...args: SizesAnd<RandomOptions>): Tensor {
  return random("randn", args, (generator) => generator.normal());
}

/**
 * Random whole numbers from `low` (included) to `high` (not included): `randint(0, 10, [2, 3])`. int32.
 *
 * @throws {RangeError} unless low < high, both whole
 */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || high <= low || high - low > 2 ** 32) {
    throw rangeError(
      "randint",
      "whole numbers low < high, at most 2³² apart",
      `${describe(low)} and ${describe(high)}`,
    );
  }
  const draw = (generator: Generator): number => low + generator.integer(high - low);
  return random("randint", [shape, { dtype: "int32", ...options }], draw);
}

/** The numbers 0 … `n` − 1 in random order. int32. */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  requireSizes("randperm", [n]);
  const order = (options.generator ?? defaultGenerator).permutation(n);
  return finish("randperm", new Tensor(order, [n], "int32").to(options.dtype ?? "int32"), options);
}

/** Sizes one by one, or as one array, and options behind them. */
export type SizesAnd<O> =
  [...sizes: number[]] | [...sizes: number[], options: O] | [shape: Shape] | [shape: Shape, options: O];

function split<O extends CreateOptions>(args: SizesAnd<O>): { shape: Shape; options: Partial<O> } {
  const list = [...args] as unknown[];
  if (list.length > 0 && list[list.length - 1] === undefined) list.pop(); // options that were left open
  const last = list[list.length - 1];
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const options = (hasOptions ? list.pop() : {}) as Partial<O>;
  return { shape: list.flat() as number[], options };
}

function filled(op: string, value: number, args: SizesAnd<CreateOptions>): Tensor {
  const { shape, options } = split(args);
  const out = empty(op, shape, options.dtype ?? "float32");
  if (value !== 0) out.storage.fill(value);
  return finish(op, out, options);
}

function random(op: string, args: SizesAnd<RandomOptions>, draw: (generator: Generator) => number): Tensor {
  const { shape, options } = split(args);
  const out = empty(op, shape, options.dtype ?? "float32");
  const generator = options.generator ?? defaultGenerator;
  for (let i = 0; i < out.storage.length; i++) out.storage[i] = draw(generator);
  return finish(op, out, options);
}

function empty(op: string, shape: Shape, dtype: DType): Tensor {
  requireSizes(op, shape);
  if (!isDType(dtype)) throw typeError(op, "float32, float64, int32, uint8 or bool", describe(dtype));
  return emptyTensor(shape, dtype);
}

function requireSizes(op: string, shape: Shape): void {
  if (!Array.isArray(shape)) throw typeError(op, "a shape such as [2, 3]", describe(shape));
  const bad = (shape as unknown[]).findIndex((size) => !(Number.isInteger(size) && (size as number) >= 0));
  if (bad >= 0) throw rangeError(op, "sizes as whole numbers ≥ 0", describe(shape[bad]));
}

function finish(op: string, out: Tensor, options: CreateOptions): Tensor {
  if (!options.requiresGrad) return out;
  if (!isFloat(out.dtype)) throw typeError(op, "float32 or float64 for requiresGrad", out.dtype);
  return out.requiresGrad_();
}

function requireModel(op: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw typeError(op, "a Tensor to be like", describe(x));
}

function isTyped(values: unknown): values is TypedArray {
  return dtypeOf(values) !== undefined;
}

function firstValue(values: NestedArray): unknown {
  return Array.isArray(values) ? firstValue(values[0] as NestedArray) : values;
}

function shapeOf(values: NestedArray): number[] {
  if (isTyped(values)) return [values.length];
  if (!Array.isArray(values)) return [];
  return values.length === 0 ? [0] : [values.length, ...shapeOf(values[0] as NestedArray)];
}
