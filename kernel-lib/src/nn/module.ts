import { displayable } from "../display/displayable.js";
import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { Parameter } from "./parameter.js";
import type { rule } from "./shapeRules/rule.js";

/** Weights and statistics by name, as `stateDict` gives them: `{ "0.weight": Tensor, … }`. */
export type StateDict = Record<string, Tensor>;

/**
 * A part of a network: it holds weights, and `forward` says what it does with its input.
 *
 * What stands in its fields belongs to it: a `Parameter` is learned, any other tensor is a buffer (kept and saved, not
 * learned), a `Module` is a child, and so is each module in an array.
 *
 * @example
 * class Twice extends nn.Module {
 *   inner = new nn.Linear(4, 4);
 *   forward(x: Tensor): Tensor {
 *     return this.inner.forward(this.inner.forward(x));
 *   }
 * }
 * new Twice().forward(rand(3, 4)).shape // [3, 4]
 * new Twice().namedParameters().map(([path]) => path) // ["inner.weight", "inner.bias"]
 *
 * @typeParam Rule what the module does to shapes, where the editor should know it; see nn.ShapeRule
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-unused-vars -- the rule is in the interface below
export abstract class Module<Rule = unknown> {
  /** Whether the module learns now: dropout drops and batch norm follows the batch only then. */
  training = true;

  /** From input to output. */
  abstract forward(x: Tensor): Tensor;

  /** Children with their names: the field's name, `name.0` … for modules in an array. */
  namedChildren(): [string, Module][] {
    return Object.entries(this).flatMap(([name, value]): [string, Module][] => {
      if (value instanceof Module) return [[name, value]];
      if (!Array.isArray(value)) return [];
      return value.flatMap((item, i): [string, Module][] =>
        item instanceof Module ? [[`${name}.${i}`, item]] : [],
      );
    });
  }

  /** The modules that stand in this one's fields. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** Every parameter here and below, with its path. */
  namedParameters(): [string, Parameter][] {
    return this.#named((value): value is Parameter => value instanceof Parameter);
  }

  /** Every parameter here and below: what an optimiser is given. */
  parameters(): Parameter[] {
    return [...new Set(this.namedParameters().map(([, parameter]) => parameter))]; // a shared one counts once
  }

  /** Every buffer here and below, with its path. */
  namedBuffers(): [string, Tensor][] {
    return this.#named((value): value is Tensor => value instanceof Tensor && !(value instanceof Parameter));
  }

  /** Every buffer here and below. */
  buffers(): Tensor[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  #named<T extends Tensor>(belongs: (value: unknown) => value is T): [string, T][] {
    const own = Object.entries(this).filter((entry): entry is [string, T] => belongs(entry[1]));
    const below = this.namedChildren().flatMap(([name, child]) =>
      child.#named(belongs).map(([path, value]): [string, T] => [`${name}.${path}`, value]),
    );
    return [...own, ...below];
  }

  /** A copy of all parameters and buffers by path: what is saved. */
  stateDict(): StateDict {
    const all = [...this.namedParameters(), ...this.namedBuffers()];
    return Object.fromEntries(all.map(([path, value]) => [path, value.detach().clone()]));
  }

  /**
   * Put saved values in place. All names and shapes are checked before the first value changes.
   *
   * @param options strict: whether names must agree; true unless told otherwise. With false what is missing stays as it
   *                is and what is unknown is left, as for a network that keeps all layers but its last
   * @returns the names that were missing and those that were unknown
   * @throws {RangeError} if a name is missing or unknown
   * @throws {ShapeError} if a shape differs, strict or not
   */
  loadStateDict(
    state: StateDict,
    options: { strict?: boolean } = {},
  ): { missing: string[]; unknown: string[] } {
    if (typeof state !== "object" || state === null) {
      throw typeError("loadStateDict", "tensors by name, as stateDict() gives them", describe(state));
    }
    const own = new Map<string, Tensor>([...this.namedParameters(), ...this.namedBuffers()]);
    const missing = [...own.keys()].filter((path) => !(path in state));
    const unknown = Object.keys(state).filter((path) => !own.has(path));
    for (const path of missing) own.delete(path);
    if (options.strict !== false && missing.length + unknown.length > 0) {
      const list = (paths: string[]): string => (paths.length ? paths.join(", ") : "none");
      throw rangeError(
        "loadStateDict",
        "the names of this module",
        `missing: ${list(missing)}; unknown: ${list(unknown)}`,
        "build the module as it was when it was saved",
      );
    }
    for (const [path, value] of own) {
      if (!(state[path] instanceof Tensor))
        throw typeError("loadStateDict", `a Tensor for ${path}`, describe(state[path]));
      if (!sameShape(state[path].shape, value.shape)) {
        throw new ShapeError(
          "loadStateDict",
          `${path} ${formatShape(value.shape)}`,
          formatShape(state[path].shape),
        );
      }
    }
    for (const [path, value] of own) value.copy_(state[path]);
    return { missing, unknown };
  }

  /** Learn from now on (or, with `false`, stop): reaches every child. */
  train(mode = true): this {
    this.training = mode;
    for (const child of this.children()) child.train(mode);
    return this;
  }

  /** Use what was learned, as it is: dropout passes everything, batch norm uses its running statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Forget all gradients, before the next `backward` adds new ones. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** What stands between the parentheses when the module is printed; PyTorch's extra_repr. */
  protected extraRepr(): string {
    return "";
  }

  /** The module and what is in it, as PyTorch prints it. */
  print(): string {
    const name = this.constructor.name;
    const children = this.namedChildren();
    if (children.length === 0) return `${name}(${this.extraRepr()})`;
    const lines = children.map(([path, child]) => `  (${path}): ${child.print().replaceAll("\n", "\n  ")}`);
    return `${name}(\n${lines.join("\n")}\n)`;
  }
}

/** The part of a module that is there for the compiler alone: no value has such a property. */
export interface Module<Rule = unknown> {
  /** Where a network reads what this layer does to shapes. */
  readonly [rule]: Rule;
}

displayable(Module, { text: (module) => module.print(), bundle: () => ({}) });
