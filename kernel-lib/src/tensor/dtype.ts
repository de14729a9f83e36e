/** The kinds of number a tensor can hold. `bool` is stored as one byte, 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/** The arrays that hold a tensor's values, one JavaScript type for each dtype. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** From the narrowest to the widest: mixing two dtypes gives the later one. */
const BY_WIDTH: readonly DType[] = ["bool", "uint8", "int32", "float32", "float64"];

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** New storage for `length` values of `dtype`, all zero. */
export function allocate(dtype: DType, length: number): TypedArray {
  return new ARRAYS[dtype](length);
}

/** Whether gradients can flow through values of this dtype. */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** The dtype of a result that mixes `a` and `b`. */
export function promote(a: DType, b: DType): DType {
  return BY_WIDTH[Math.max(BY_WIDTH.indexOf(a), BY_WIDTH.indexOf(b))];
}

/** The dtype in which a typed array holds its values, or `undefined` for one that no dtype stands for. */
export function dtypeOf(values: unknown): DType | undefined {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int32Array) return "int32";
  return values instanceof Uint8Array ? "uint8" : undefined;
}

/** Whether `name` is a dtype of this library. */
export function isDType(name: unknown): name is DType {
  return BY_WIDTH.includes(name as DType);
}
