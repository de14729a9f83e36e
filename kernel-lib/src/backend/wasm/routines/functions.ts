import {
  constant, integers, V128, vAbs, vAdd, vAddIntegers, vAnd, vDiv, vEqual, vGreater, vLess, vMul, vNearest, vNegate, vOr,
  vPMax, vPMin, vSelect, vShiftDown, vShiftUp, vSub, vSubIntegers, vToFloats, vToIntegers, type Func, type Value,
} from "../assembler.js"; // prettier-ignore

/*
 * Functions of four floats, to about the last bit of float32. Polynomials and the ways to them are those of Cephes
 * (Moshier 1992: expf, logf, tanhf), erf is Abramowitz and Stegun's 7.1.26.
 */

/** Compute a value once, to be used several times. */
function keep(f: Func, value: Value): Value {
  const local = f.local(V128);
  f.set(local, value);
  return local.get;
}

/** c0 + x · (c1 + x · (c2 + …)). */
function polynomial(x: Value, coefficients: readonly number[]): Value {
  return coefficients
    .slice(0, -1)
    .reduceRight((sum, c) => vAdd(vMul(sum, x), constant(c)), constant(coefficients.at(-1)!));
}

const SIGN = -0x80000000;
/** ln 2 in two parts, the first with zeros at its end, so that its product with a small whole number is exact. */
const [LN2_HIGH, LN2_LOW] = [0.693359375, -2.12194440e-4]; // prettier-ignore

/** 2^n · e^r with |r| ≤ ½ ln 2. Twice half of n, so that results from the smallest to infinity come out. */
export function exp(f: Func, x: Value): Value {
  const clipped = keep(f, vPMin(vPMax(x, constant(-104)), constant(89))); // 0 and infinity lie beyond
  const n = keep(f, vNearest(vMul(clipped, constant(Math.LOG2E))));
  const r = keep(f, vSub(vSub(clipped, vMul(n, constant(LN2_HIGH))), vMul(n, constant(LN2_LOW))));
  const tail = polynomial(r, [0.5, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.9875691500e-4]); // prettier-ignore
  const fraction = keep(f, vAdd(vAdd(vMul(vMul(r, r), tail), r), constant(1)));
  const power = keep(f, vToIntegers(n));
  const half = keep(f, vShiftDown(power, 1));
  const scale = (exponent: Value): Value => vShiftUp(vAddIntegers(exponent, integers(127)), 23);
  return vMul(vMul(fraction, scale(half)), scale(vSubIntegers(power, half)));
}

/** n · ln 2 + log(1 + m), the mantissa 1 + m being around 1. */
export function log(f: Func, x: Value): Value {
  const given = keep(f, x);
  const tiny = keep(f, vLess(given, constant(2 ** -126)));
  const normal = keep(f, vSelect(vMul(given, constant(2 ** 25)), given, tiny));
  const exponent = vSubIntegers(vAnd(vShiftDown(normal, 23), integers(255)), integers(126));
  const mantissa = keep(f, vOr(vAnd(normal, integers(0x7fffff)), integers(0x3f000000))); // ½ … 1
  const low = keep(f, vLess(mantissa, constant(Math.SQRT1_2)));
  const n = keep(f, vSub(vSub(vToFloats(exponent), vAnd(constant(1), low)), vAnd(constant(25), tiny)));
  const m = keep(f, vSub(vAdd(mantissa, vAnd(mantissa, low)), constant(1)));
  const square = keep(f, vMul(m, m));
  const tail = polynomial(m, [3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1, 1.1676998740e-1, -1.1514610310e-1, 7.0376836292e-2]); // prettier-ignore
  const small = vSub(
    vAdd(vMul(vMul(square, m), tail), vMul(n, constant(LN2_LOW))),
    vMul(square, constant(0.5)),
  );
  const found = keep(f, vAdd(vAdd(m, small), vMul(n, constant(LN2_HIGH))));
  // Infinity and nan stay, 0 gives −infinity, and what is negative nan.
  const known = vSelect(found, given, vLess(given, constant(Infinity)));
  const ofZero = vSelect(constant(-Infinity), known, vEqual(given, constant(0)));
  return vSelect(constant(NaN), ofZero, vLess(given, constant(0)));
}

export function sigmoid(f: Func, x: Value): Value {
  return vDiv(constant(1), vAdd(constant(1), exp(f, vNegate(x))));
}

/** An odd polynomial near 0, where 1 − 2 / (e^2x + 1) would lose its digits. */
export function tanh(f: Func, x: Value): Value {
  const given = keep(f, x);
  const size = keep(f, vAbs(given));
  const square = keep(f, vMul(given, given));
  const tail = polynomial(square, [-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3]); // prettier-ignore
  const near = keep(f, vAdd(vMul(vMul(square, tail), given), given));
  const far = vSub(constant(1), vDiv(constant(2), vAdd(exp(f, vAdd(size, size)), constant(1))));
  const signed = keep(f, vOr(far, vAnd(given, integers(SIGN))));
  return vSelect(signed, near, vGreater(size, constant(0.625)));
}

/** x · Φ(x). */
export function gelu(f: Func, x: Value): Value {
  const given = keep(f, x);
  return vMul(given, below(f, given, bell(f, given)));
}

/** Its slope, Φ(x) + x · φ(x). */
export function geluSlope(f: Func, x: Value): Value {
  const given = keep(f, x);
  const height = keep(f, bell(f, given));
  const density = vMul(vMul(height, constant(1 / Math.sqrt(2 * Math.PI))), given);
  return vAdd(below(f, given, height), density);
}

/** e^(−x² / 2). */
const bell = (f: Func, x: Value): Value => {
  const size = keep(f, vMul(x, constant(Math.SQRT1_2)));
  return exp(f, vNegate(vMul(size, size)));
};

/** Φ(x), with Φ(−x) from the complement of erf, so that nothing is lost where it is small. */
function below(f: Func, x: Value, height: Value): Value {
  const size = vMul(vAbs(x), constant(Math.SQRT1_2));
  const t = keep(f, vDiv(constant(1), vAdd(constant(1), vMul(size, constant(0.3275911)))));
  const tail = polynomial(t, [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429]);
  const complement = keep(f, vMul(vMul(vMul(t, tail), constant(0.5)), height));
  return vSelect(vSub(constant(1), complement), complement, vGreater(x, constant(0)));
}

/** 1, −1, or 0: of nan 0, as in PyTorch. */
export function sign(f: Func, x: Value): Value {
  const given = keep(f, x);
  return vSub(vAnd(constant(1), vGreater(given, constant(0))), vAnd(constant(1), vLess(given, constant(0))));
}

/** The whole number 1 where the mask is set. */
export function truth(mask: Value): Value {
  return vAnd(integers(1), mask);
}
