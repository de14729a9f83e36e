import { ShapeError } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";

/** What a layer in a network refused: a sentence first, the one that the editor shows too, then the op's own words. */
class LayerError extends ShapeError {
  readonly #sentence: string;
  readonly #refusal: ShapeError;

  constructor(sentence: string, refusal: ShapeError) {
    super(refusal.op, refusal.expected, refusal.actual);
    this.#sentence = sentence;
    this.#refusal = refusal;
    this.message = `${sentence};\n${refusal.message}`;
    this.stack = refusal.stack?.replace(refusal.message, () => this.message); // what is printed; it leads to the op
  }

  get sentence(): string {
    return this.#sentence;
  }
  get refusal(): ShapeError {
    return this.#refusal;
  }
}

/**
 * `layer.forward(x)`, whose refusal of a shape begins with the layer's name, what it expects, what it got, and where it
 * stands: "Linear expects 2048 features, got 1568 (layer 5 of 5)".
 *
 * @param place of the layer in its network, such as "layer 5 of 5"; "" where that says nothing
 * @param run   what stands for its `forward`: the same with a place inside it
 */
export function forwardAt(
  layer: Module,
  x: Tensor,
  place: string,
  run: (x: Tensor) => Tensor = (h) => layer.forward(h),
): Tensor {
  try {
    return run(x);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    if (error instanceof LayerError) throw new LayerError(placed(error.sentence, place), error.refusal);
    const name = error.op === "nn.input" ? error.op : layer.constructor.name;
    const { expected, actual } = error.brief;
    throw new LayerError(placed(`${name} expects ${expected}, got ${actual}`, place), error);
  }
}

/** A sentence from a network inside another already says a place: "… (layer 1 of 2, in layer 3 of 5)". */
function placed(sentence: string, place: string): string {
  if (place === "") return sentence;
  const inner = / \(layer ([^)]*)\)$/.exec(sentence);
  return inner ? `${sentence.slice(0, -1)}, in ${place})` : `${sentence} (${place})`;
}
