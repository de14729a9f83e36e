import { describe, rangeError, typeError } from "../tensor/errors.js";
import { markChanged } from "../tensor/changes.js";
import { allocate, type TypedArray } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";

/** What an optimiser remembers of one parameter. */
export interface Memory {
  /** Steps this parameter has taken, the present one included. */
  steps: number;
  /** A value for each of the parameter's, by name: zeros when first asked for. */
  slot(name: string): TypedArray;
}

/** What an optimiser remembers from step to step, ready to be saved. */
export interface OptimizerState {
  lr: number;
  /** For each parameter, in order, its steps and its slots (momentum and the like). */
  parameters: { steps: number; slots: Record<string, number[]> }[];
}

/** Changes parameters so that the loss falls. Each kind says in `update` how one parameter moves. */
export abstract class Optimizer {
  readonly parameters: readonly Tensor[];
  /** Learning rate: how far a step goes. A schedule may change it between steps. */
  lr: number;
  readonly #memory = new Map<Tensor, ParameterMemory>();

  /**
   * @param parameters what to change, as `model.parameters()` gives it
   * @throws {RangeError} if there is none, or `lr` is negative
   * @throws {TypeError} if one takes no gradient
   */
  constructor(parameters: readonly Tensor[], lr: number) {
    const name = this.constructor.name;
    if (!Array.isArray(parameters)) {
      throw typeError(name, "an array of parameters", describe(parameters), "write model.parameters()");
    }
    if (parameters.length === 0) throw rangeError(name, "at least one parameter", "none");
    parameters.forEach((parameter, i) => {
      if (!(parameter instanceof Tensor) || !parameter.requiresGrad || parameter.node) {
        const isGroup = typeof parameter === "object" && parameter !== null && "params" in parameter;
        throw typeError(
          name,
          `parameter ${i} as a tensor you made, with requiresGrad`,
          describe(parameter),
          isGroup ? "there are no groups: make one optimiser for each learning rate" : undefined,
        );
      }
    });
    requireNotNegative(name, { lr });
    this.parameters = parameters;
    this.lr = lr;
  }

  /** Move every parameter that has a gradient by one step. */
  step(): void {
    for (const parameter of this.parameters) {
      if (!parameter.grad) continue;
      const memory = this.#memoryOf(parameter);
      memory.steps++;
      this.update(parameter.storage, parameter.grad.storage, memory);
      markChanged(parameter.storage);
    }
  }

  /** Forget all gradients, before the next `backward` adds new ones. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /** Change `values` in place, given their gradient and what is remembered. */
  protected abstract update(values: TypedArray, gradient: TypedArray, memory: Memory): void;

  #memoryOf(parameter: Tensor): ParameterMemory {
    const memory = this.#memory.get(parameter) ?? new ParameterMemory(parameter);
    this.#memory.set(parameter, memory);
    return memory;
  }

  /** What the optimiser remembers, to be saved with the model. */
  stateDict(): OptimizerState {
    return {
      lr: this.lr,
      parameters: this.parameters.map((parameter) => {
        const { steps, slots } = this.#memoryOf(parameter);
        return { steps, slots: Object.fromEntries([...slots].map(([name, values]) => [name, [...values]])) };
      }),
    };
  }

  /**
   * Go on from a saved state.
   *
   * @throws {RangeError} if it belongs to other parameters
   */
  loadStateDict(state: OptimizerState): void {
    const name = this.constructor.name;
    if (!Array.isArray(state?.parameters)) {
      throw typeError(name, "a state as stateDict() gives it", describe(state));
    }
    if (state.parameters.length !== this.parameters.length) {
      throw rangeError(
        name,
        `a state of ${this.parameters.length} parameters`,
        String(state.parameters.length),
      );
    }
    this.parameters.forEach((parameter, i) => {
      for (const [slot, values] of Object.entries(state.parameters[i].slots)) {
        if (values.length !== parameter.numel) {
          throw rangeError(
            name,
            `${parameter.numel} values in ${slot} of parameter ${i}`,
            String(values.length),
          );
        }
      }
    });
    this.lr = state.lr;
    this.parameters.forEach((parameter, i) => {
      const memory = this.#memoryOf(parameter);
      memory.steps = state.parameters[i].steps;
      memory.slots.clear();
      for (const [slot, values] of Object.entries(state.parameters[i].slots)) memory.slot(slot).set(values);
    });
  }
}

/** Settings that would turn a step round if they were negative, in the words of the optimiser. */
export function requireNotNegative(optimizer: string, settings: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!(value >= 0)) throw rangeError(optimizer, `${name} as a number ≥ 0`, describe(value));
  }
}

class ParameterMemory implements Memory {
  steps = 0;
  readonly slots = new Map<string, TypedArray>();

  constructor(readonly parameter: Tensor) {}

  slot(name: string): TypedArray {
    const kept = this.slots.get(name) ?? allocate(this.parameter.dtype, this.parameter.numel);
    this.slots.set(name, kept);
    return kept;
  }
}
