import { rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { changesOf } from "../tensor/changes.js";
import { isFloat } from "../tensor/dtype.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import { emptyTensor, Tensor } from "../tensor/tensor.js";
import { noGrad } from "./gradMode.js";
import { inputsFirst } from "./graphOrder.js";
import type { GraphNode } from "./record.js";

/**
 * Reverse-mode differentiation (Linnainmaa 1970): visit the record from `root` to its inputs,
 * each node after all that use it, and add every leaf's gradient to its `grad`.
 * The record is let go on the way, so its memory is free again at once.
 *
 * @param gradient of `root`'s shape; may be left out for a single number, where it is 1
 * @throws {RangeError} if nothing was recorded, the record was used already, or a value that it needs was overwritten
 */
export function backward(root: Tensor, gradient?: Tensor): void {
  if (!root.requiresGrad) {
    throw rangeError(
      "backward",
      "a result computed from a tensor with requiresGrad",
      isFloat(root.dtype) ? "one without a record" : `a tensor of ${root.dtype}`,
      "set requiresGrad on an input, and compute outside noGrad() and without detach()",
    );
  }
  noGrad(() => {
    const pending: Pending = new Map([[root, { gradient: startingGradient(root, gradient), own: false }]]);
    for (const tensor of inputsFirst(root).reverse()) {
      const arrived = pending.get(tensor);
      pending.delete(tensor);
      if (!arrived) continue;
      if (tensor.node) passOn(tensor.node, arrived.gradient, pending);
      else collect(tensor, arrived);
    }
  });
}

/** A gradient on its way, and whether nobody else holds it. */
interface Arrived {
  readonly gradient: Tensor;
  readonly own: boolean;
}
type Pending = Map<Tensor, Arrived>;

function startingGradient(root: Tensor, gradient: Tensor | undefined): Tensor {
  if (gradient === undefined) {
    if (root.numel !== 1) {
      throw new ShapeError(
        "backward",
        "a single number to start from",
        formatShape(root.shape),
        "reduce it with sum() or mean(), or pass the gradient of its shape",
      );
    }
    const one = emptyTensor(root.shape, root.dtype);
    one.storage[0] = 1;
    return one;
  }
  if (!(gradient instanceof Tensor)) throw typeError("backward", "a Tensor as gradient", typeof gradient);
  if (!sameShape(gradient.shape, root.shape)) {
    throw new ShapeError(
      "backward",
      `a gradient of shape ${formatShape(root.shape)}`,
      formatShape(gradient.shape),
    );
  }
  return gradient.detach();
}

function passOn(node: GraphNode, gradOut: Tensor, pending: Pending): void {
  const { grads, ownGradients } = node;
  if (grads === null) {
    throw rangeError(
      "backward",
      "a record that was not used yet",
      `one whose ${node.op} was already used by an earlier backward()`,
      "compute the result again before the second backward(): the record is let go after the first",
    );
  }
  requireUnchanged(node);
  node.inputs.forEach((input, i) => {
    if (!input?.requiresGrad) return;
    const gradient = grads[i](gradOut);
    const sofar = pending.get(input)?.gradient;
    pending.set(
      input,
      sofar ? { gradient: sofar.add(gradient), own: true } : { gradient, own: ownGradients },
    );
  });
  node.grads = null;
  node.inputs = [];
}

/** Ops whose gradient is computed from the values of their inputs; the others need no more than their own result. */
const LOOK_BACK = new Set([
  ...["mul", "div", "pow", "matmul", "linear", "conv2d", "convTranspose2d", "batchNorm", "gridSample"],
  "chain", // it keeps values of its own, but its layers, one by one, would not
  ...["maximum", "minimum", "clamp", "max", "min", "prod", "abs", "log", "gelu", "softplus"],
]);

function requireUnchanged({ op, inputs, changes }: GraphNode): void {
  if (!LOOK_BACK.has(op)) return;
  const changed = inputs.find((input, i) => input && changesOf(input.storage) !== changes[i]);
  if (!changed) return;
  throw rangeError(
    "backward",
    `the inputs of ${op === "chain" ? "a network" : op} as they were when it was computed`,
    `one ${formatShape(changed.shape)} that was overwritten since, by an optimiser's step, copy_ or loadStateDict`,
    "call backward() before step(), or compute the result again",
  );
}

function collect(leaf: Tensor, { gradient, own }: Arrived): void {
  // A copy where the gradient may be shared: with another leaf, or with the caller's own tensor.
  if (leaf.grad) leaf.grad = leaf.grad.add(gradient);
  else leaf.grad = own ? gradient : gradient.clone();
}
