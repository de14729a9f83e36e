import { noGrad } from "../../autograd/gradMode.js";
import { numelOf, type Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Conv1d } from "../conv1d.js";
import { Conv2d } from "../conv2d.js";
import { ConvTranspose2d } from "../convTranspose2d.js";
import { Linear } from "../linear.js";
import { LocallyConnected2d } from "../locallyConnected2d.js";
import type { Module } from "../module.js";
import { Parameter } from "../parameter.js";
import { Residual } from "../residual.js";
import { SpatialTransformer } from "../spatialTransformer.js";
import { inputLines, joinLines, linesAfter, wholeLine, type Line } from "./receptiveField.js";

/** One layer as it was met on the way through a model. */
export interface Step {
  readonly name: string;
  readonly type: string;
  readonly outputShape: Shape;
  /** Learned numbers; a layer that is met again adds none. */
  readonly parameters: number;
  /** Multiplications with a weight, for one sample. */
  readonly multiplyAdds: number;
  readonly lines: readonly Line[];
}

/**
 * Send `x` through the model and write down each layer on the way. For the time being every module's `forward` is one
 * that keeps notes; afterwards the model is as it was.
 */
export function trace(model: Module, x: Tensor): { steps: Step[]; lines: readonly Line[] } {
  const steps: Step[] = [];
  const seen = new Map<Tensor, readonly Line[]>([[x, inputLines(x.shape)]]); // what each tensor on the way sees
  const gave = new Map<Module, readonly Line[]>(); // what each module's last result sees
  const counted = new Set<Parameter>();
  let last: readonly Line[] = inputLines(x.shape);

  const write = (module: Module, name: string, input: Tensor, out: Tensor): void => {
    const own = Object.values(module).filter((value): value is Parameter => value instanceof Parameter);
    const fresh = own.filter((parameter) => !counted.has(parameter));
    fresh.forEach((parameter) => counted.add(parameter));
    if (module.children().length > 0 && own.length === 0) return; // its layers stand for it
    steps.push({
      name: name || module.constructor.name,
      type: module.constructor.name,
      outputShape: out.shape,
      parameters: fresh.reduce((sum, parameter) => sum + parameter.numel, 0),
      multiplyAdds: products(module, input, out) / x.shape[0],
      lines: last,
    });
  };

  const run = (module: Module, name: string, forward: (input: Tensor) => Tensor, input: Tensor): Tensor => {
    const before = seen.get(input) ?? last; // an op between two layers: it looks at one place each
    const out = forward.call(module, input);
    if (module instanceof Residual)
      last = join(gave.get(module.block), module.shortcut ? gave.get(module.shortcut) : before); // prettier-ignore
    else if (module instanceof SpatialTransformer) last = before.map(wholeLine);
    else if (module.children().length === 0) last = linesAfter(module, before, out.shape);
    else last = seen.get(out) ?? last;
    seen.set(out, last);
    gave.set(module, last);
    write(module, name, input, out);
    return out;
  };

  const restore = listen(model, run);
  try {
    noGrad(() => model.forward(x));
  } finally {
    restore();
  }
  return { steps, lines: last };
}

type Listener = (module: Module, name: string, forward: (input: Tensor) => Tensor, input: Tensor) => Tensor;

/** Put a listener in front of every module's `forward`, and the whole model in use; the result undoes both. */
function listen(model: Module, listener: Listener): () => void {
  const undo: (() => void)[] = [];
  const names = new Map<Module, string>();
  const visit = (module: Module, name: string): void => {
    if (names.has(module)) return;
    names.set(module, name);
    for (const [path, child] of module.namedChildren()) visit(child, name ? `${name}.${path}` : path);
  };
  visit(model, "");
  for (const [module, name] of names) {
    const { training } = module;
    const own = Object.getOwnPropertyDescriptor(module, "forward"); // a field, where a class has no such method
    const forward = module.forward;
    const value = (input: Tensor): Tensor => listener(module, name, forward, input);
    Object.defineProperty(module, "forward", { value, configurable: true, writable: true });
    module.training = false;
    undo.push(() => {
      module.training = training;
      if (own) Object.defineProperty(module, "forward", own);
      else delete (module as Partial<Module>).forward;
    });
  }
  return () => undo.forEach((each) => each());
}

function join(a: readonly Line[] | undefined, b: readonly Line[] | undefined): readonly Line[] {
  if (!a || !b || a.length !== b.length) return a ?? b ?? [];
  return a.map((line, dim) => joinLines(line, b[dim]));
}

/** Multiplications with a weight, where nearly all of the work is: convolutions and fully connected layers. */
function products(module: Module, input: Tensor, out: Tensor): number {
  if (module instanceof Conv1d || module instanceof Conv2d) {
    return out.numel * numelOf(module.weight.shape.slice(1)); // each output is one dot product with a kernel
  }
  if (module instanceof ConvTranspose2d) return input.numel * numelOf(module.weight.shape.slice(1));
  if (module instanceof Linear) return out.numel * module.inFeatures;
  if (module instanceof LocallyConnected2d) return out.shape[0] * module.weight.numel; // each weight is used once
  return 0;
}
