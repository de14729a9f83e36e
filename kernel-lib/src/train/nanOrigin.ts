import { inputsFirst } from "../autograd/graphOrder.js";
import { layerByLayer } from "../nn/chain.js";
import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import { generatorsOf, restoreGenerators } from "./randomness.js";

/**
 * Where a loss stopped being a number: the first recorded op whose result holds nan or infinity although all its inputs
 * are finite, with the layer whose weights it used. To be asked before `backward`, while the record is there.
 *
 * @returns in words, such as `conv2d with "4.weight"`
 */
export function nanOrigin(loss: Tensor, model: Module): string {
  const names = new Map<Tensor, string>(
    model.namedParameters().map(([path, parameter]) => [parameter, path]),
  );
  const broken = [...names].find(([parameter]) => !isFinite(parameter));
  if (broken) return `parameter "${broken[1]}", which an earlier step has spoilt`;
  return asItWas(model, () => originIn(loss, names) ?? "the data");
}

/** Looking changes neither running statistics nor what chance will bring, although layers may run again for it. */
function asItWas<T>(model: Module, look: () => T): T {
  const buffers = model.namedBuffers().map(([, buffer]) => ({ buffer, before: buffer.clone() }));
  const generators = generatorsOf(model);
  const states = generators.map((generator) => generator.getState());
  try {
    return look();
  } finally {
    buffers.forEach(({ buffer, before }) => buffer.copy_(before));
    restoreGenerators(generators, states);
  }
}

/** Where nan or infinity began on the way to `result`; of several layers computed as one, in which of them. */
function originIn(result: Tensor, names: ReadonlyMap<Tensor, string>): string | undefined {
  for (const tensor of inputsFirst(result)) {
    const { node } = tensor;
    if (!node || isFinite(tensor)) continue;
    const inputs = node.inputs.filter((input): input is Tensor => input !== undefined);
    if (inputs.some((input) => input.node && !isFinite(input))) continue;
    const again = layerByLayer(tensor);
    const layer = again && originIn(again, names);
    if (layer) return layer;
    const path = inputs.map((input) => nameOf(input, names)).find((name) => name !== undefined);
    const place = path ? ` with "${path}"` : "";
    const data = inputs.some((input) => !isFinite(input))
      ? ", whose input already holds nan or infinity"
      : "";
    return `${node.op}${place}${data}`;
  }
  return undefined;
}

/** The path of a parameter, or of one that was only transposed or reshaped on its way into the op. */
function nameOf(input: Tensor, names: ReadonlyMap<Tensor, string>): string | undefined {
  const source = input.node?.inputs.length === 1 ? input.node.inputs[0] : undefined;
  return names.get(input) ?? (source && names.get(source));
}

function isFinite(tensor: Tensor): boolean {
  for (const value of tensor.storage) if (!Number.isFinite(value)) return false;
  return true;
}
