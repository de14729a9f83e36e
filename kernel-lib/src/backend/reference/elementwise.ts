import type { DType } from "../../tensor/dtype.js";
import { broadcastStrides, sameShape, type Shape } from "../../tensor/shape.js";
import { emptyTensor, Tensor } from "../../tensor/tensor.js";
import type { BinaryOp, UnaryOp } from "../backend.js";
import { forEachRow } from "./rows.js";

const UNARY: Record<UnaryOp, (x: number) => number> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0), // of NaN 0, as in PyTorch
  relu: (x) => (x <= 0 ? 0 : x), // written so that NaN passes
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

const BINARY: Record<BinaryOp, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  pow: (a, b) => (a === 1 || b === 0 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b)), // as in C; JavaScript gives NaN
  maximum: Math.max,
  minimum: Math.min,
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
};

export function unary(op: UnaryOp, x: Tensor): Tensor {
  const f = UNARY[op];
  const out = emptyTensor(x.shape, x.dtype);
  for (let i = 0; i < out.storage.length; i++) out.storage[i] = f(x.storage[i]);
  return out;
}

export function binary(op: BinaryOp, a: Tensor, b: Tensor, shape: Shape, dtype: DType): Tensor {
  const f = BINARY[op];
  const out = emptyTensor(shape, dtype);
  const [o, x, y] = [out.storage, a.storage, b.storage];
  if (sameShape(a.shape, b.shape)) {
    for (let i = 0; i < o.length; i++) o[i] = f(x[i], y[i]);
  } else if (b.numel === 1) {
    const value = y[0];
    for (let i = 0; i < o.length; i++) o[i] = f(x[i], value);
  } else {
    const strides = [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)];
    forEachRow(shape, strides, (to, length, [fromA, fromB], [stepA, stepB]) => {
      for (let i = 0; i < length; i++) o[to + i] = f(x[fromA + i * stepA], y[fromB + i * stepB]);
    });
  }
  return out;
}

export function reluGradInput(gradOut: Tensor, out: Tensor): Tensor {
  const gradX = emptyTensor(out.shape, gradOut.dtype);
  const [to, g, kept] = [gradX.storage, gradOut.storage, out.storage];
  for (let i = 0; i < to.length; i++) to[i] = kept[i] <= 0 ? 0 : g[i]; // written so that NaN passes
  return gradX;
}

export function cast(x: Tensor, dtype: DType): Tensor {
  const out = emptyTensor(x.shape, dtype);
  if (dtype === "bool")
    for (let i = 0; i < out.storage.length; i++) out.storage[i] = Number(x.storage[i] !== 0);
  else out.storage.set(x.storage);
  return out;
}

export function where(condition: Tensor, a: Tensor, b: Tensor, shape: Shape, dtype: DType): Tensor {
  const out = emptyTensor(shape, dtype);
  const [o, c, x, y] = [out.storage, condition.storage, a.storage, b.storage];
  const strides = [condition, a, b].map((input) => broadcastStrides(input.shape, shape));
  forEachRow(shape, strides, (to, length, [fromC, fromA, fromB], [stepC, stepA, stepB]) => {
    for (let i = 0; i < length; i++) {
      o[to + i] = c[fromC + i * stepC] !== 0 ? x[fromA + i * stepA] : y[fromB + i * stepB];
    }
  });
  return out;
}

/** Below this the power series is used, above it the continued fraction. */
const ERF_SERIES_BELOW = 2;

/** The error function to about 1e-15 (Abramowitz and Stegun 1964, 7.1.6 and 7.1.14). */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size > 6) return Math.sign(x); // 1 − erf(6) is below the last bit
  if (size < ERF_SERIES_BELOW) {
    let term = size;
    let sum = size;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= (2 * size * size) / (2 * n + 1);
      sum += term;
    }
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-size * size) * sum;
  }
  let fraction = size;
  for (let n = 60; n >= 1; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-size * size) / (Math.sqrt(Math.PI) * fraction));
}
