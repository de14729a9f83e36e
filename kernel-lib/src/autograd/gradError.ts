import { markChanged } from "../tensor/changes.js";
import { describe, typeError } from "../tensor/errors.js";
import { Tensor } from "../tensor/tensor.js";

/** Step of the central difference: a balance of rounding (1e-16 / h) and curvature (h²) in float64. */
const STEP = 1e-5;
/** One-sided slopes that differ by more than this share are taken for a kink (relu at 0, a tie of two maxima). */
const KINK = 1e-3;

/**
 * How far the gradients of `backward` lie from central differences: the largest difference over all
 * coordinates, relative to the largest slope (at least 1). About 1e-9 for a right gradient in float64.
 * Coordinates at a kink, where the slopes to the left and right differ, are left out.
 *
 * @param loss   computes a single number from `inputs`, afresh at each call
 * @param inputs float64 tensors with requiresGrad
 * @throws {TypeError} for inputs of another dtype, whose rounding would hide a wrong gradient
 */
export function gradError(loss: () => Tensor, inputs: readonly Tensor[]): number {
  if (typeof loss !== "function")
    throw typeError("gradError", "a function that gives the loss", describe(loss));
  if (!Array.isArray(inputs) || !inputs.every((input) => input instanceof Tensor)) {
    throw typeError(
      "gradError",
      "inputs as an array of tensors",
      describe(inputs),
      "write gradError(loss, [x])",
    );
  }
  for (const input of inputs as readonly Tensor[]) {
    if (input.dtype !== "float64") {
      throw typeError("gradError", "inputs of float64", input.dtype, 'make them with { dtype: "float64" }');
    }
    if (!input.requiresGrad) throw typeError("gradError", "inputs with requiresGrad", "one without");
    input.grad = null;
  }
  const centre = loss();
  const value = centre.item();
  centre.backward();
  let worst = 0;
  let steepest = 1;
  for (const input of inputs) {
    const gradient = input.grad;
    for (let i = 0; i < input.numel; i++) {
      const [left, right] = slopes(loss, input, i, value);
      const scale = Math.max(1, Math.abs(left), Math.abs(right));
      if (Math.abs(left - right) > KINK * scale) continue;
      const numeric = (left + right) / 2;
      steepest = Math.max(steepest, Math.abs(numeric));
      worst = Math.max(worst, Math.abs(numeric - (gradient ? gradient.storage[i] : 0)));
    }
    input.grad = null;
  }
  return worst / steepest;
}

/** The slopes to the left and to the right of one coordinate. */
function slopes(loss: () => Tensor, input: Tensor, i: number, value: number): [number, number] {
  const kept = input.storage[i];
  const lossAt = (coordinate: number): number => {
    put(input, i, coordinate);
    return loss().item();
  };
  try {
    return [(value - lossAt(kept - STEP)) / STEP, (lossAt(kept + STEP) - value) / STEP];
  } finally {
    put(input, i, kept);
  }
}

function put(x: Tensor, i: number, value: number): void {
  x.storage[i] = value;
  markChanged(x.storage);
}
