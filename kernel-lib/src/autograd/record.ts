import type { Tensor } from "../tensor/tensor.js";
import { changesOf } from "../tensor/changes.js";
import { isFloat } from "../tensor/dtype.js";
import { isRecording } from "./gradMode.js";

/** From the gradient of an op's result to the gradient of one of its inputs. */
export type GradFunction = (gradOut: Tensor) => Tensor;

/** How a tensor was computed. */
export interface GraphNode {
  /** Public name of the op. */
  readonly op: string;
  /** What it was computed from; emptied once `backward` has passed, so that a kept loss keeps nothing else alive. */
  inputs: readonly (Tensor | undefined)[];
  /** How often each input had been overwritten when it was used. */
  readonly changes: readonly number[];
  /** One function an input, called only for inputs that need it; `null` once `backward` has used them. */
  grads: readonly GradFunction[] | null;
  /** Whether every gradient is a tensor of its own. */
  readonly ownGradients: boolean;
}

/**
 * Remember how `out` came from `inputs`, so that `backward` can find its way.
 * Nothing is kept where no input wants a gradient, or inside `noGrad`.
 *
 * @param grads for each input, in the same order, how its gradient follows from that of `out`
 * @param ownGradients whether every gradient is a tensor of its own, which nobody else holds
 */
export function record(
  op: string,
  out: Tensor,
  inputs: readonly (Tensor | undefined)[],
  grads: readonly GradFunction[],
  ownGradients = false,
): Tensor {
  if (isRecording() && isFloat(out.dtype) && inputs.some((input) => input?.requiresGrad)) {
    const changes = inputs.map((input) => (input ? changesOf(input.storage) : 0));
    out.node = { op, inputs, changes, grads, ownGradients };
    out.requiresGrad = true;
  }
  return out;
}
