import { displayable } from "../../display/displayable.js";
import type { DType } from "../../tensor/dtype.js";
import { describe, rangeError, typeError } from "../../tensor/errors.js";
import type { Shape } from "../../tensor/shape.js";
import { emptyTensor } from "../../tensor/tensor.js";
import { Embedding } from "../embedding.js";
import { Module } from "../module.js";
import type { Line } from "./receptiveField.js";
import { summaryBundle, summaryText } from "./table.js";
import { trace } from "./trace.js";

/**
 * What the outputs of a layer see of the input: output i sees `size` positions from `start` + i·`jump` on. Each is a
 * number, or height and width where they differ. Padding counts, so `start` may lie below 0.
 */
export interface ReceptiveField {
  readonly start: number | readonly number[];
  readonly jump: number | readonly number[];
  readonly size: number | readonly number[];
}

/** One layer of a summary. */
export interface LayerSummary {
  /** Its path, as in `stateDict`. */
  readonly name: string;
  /** Its class. */
  readonly type: string;
  readonly outputShape: Shape;
  /** Learned numbers; a layer that comes again adds none. */
  readonly parameters: number;
  /** Multiplications with a weight (each followed by an addition), for one sample. */
  readonly multiplyAdds: number;
  readonly receptiveField: ReceptiveField;
}

/** A model layer by layer, as `nn.summary` makes it; shown as a table. */
export class Summary {
  constructor(
    readonly layers: readonly LayerSummary[],
    /** Learned numbers of the whole model. */
    readonly parameters: number,
    /** Multiplications with a weight, for one sample. */
    readonly multiplyAdds: number,
    /** What one output of the model sees of the input. */
    readonly receptiveField: ReceptiveField,
  ) {}
}

displayable(Summary, { text: summaryText, bundle: summaryBundle });

/** What `nn.summary` sends through the model. */
export interface SummaryOptions {
  /** The dtype of the input; that of the weights unless given, or int32 where an Embedding comes first. */
  dtype?: DType;
}

/**
 * What a model is made of: for each layer the shape it gives, its parameters, its multiply-adds for one sample and its
 * receptive field. The model is run once on zeros, so every layer that `forward` calls is met, in that order;
 * ops that `forward` calls itself (F.conv2d with a weight of the module's own) are not: their parameters count, their
 * multiply-adds and their share of the receptive field do not, so use layers where those matter. Nothing of the model changes.
 *
 * @example
 * const net = new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.MaxPool2d(2), new nn.Conv2d(8, 16, 3));
 * const { parameters, multiplyAdds, receptiveField } = nn.summary(net, [1, 1, 28, 28]);
 * parameters // 1248
 * multiplyAdds // 188064
 * receptiveField // {"start": 0, "jump": 2, "size": 8}
 *
 * @param model      any module
 * @param inputShape shape of its input with the batch, such as [1, 3, 32, 32]
 * @returns layers, parameters, multiplyAdds, receptiveField
 * @throws {RangeError} if inputShape is no shape
 */
export function summary(model: Module, inputShape: Shape, options: SummaryOptions = {}): Summary {
  if (!(model instanceof Module)) throw typeError("nn.summary", "a module", describe(model));
  const sizes: unknown = inputShape;
  if (
    !Array.isArray(sizes) ||
    sizes.length < 2 ||
    !sizes.every((size) => Number.isInteger(size) && size >= 1)
  ) {
    throw rangeError(
      "nn.summary",
      "inputShape with its batch, such as [1, 3, 32, 32]",
      Array.isArray(sizes) ? `[${sizes.join(", ")}]` : describe(sizes),
    );
  }
  const weights = model.parameters();
  const dtype =
    options.dtype ?? (firstLayer(model) instanceof Embedding ? "int32" : (weights[0]?.dtype ?? "float32"));
  const { steps, lines } = trace(model, emptyTensor(inputShape, dtype));
  const layers = steps.map(({ lines: seen, ...step }) => ({ ...step, receptiveField: fieldOf(seen) }));
  return new Summary(
    layers,
    weights.reduce((sum, weight) => sum + weight.numel, 0),
    layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    fieldOf(lines),
  );
}

function firstLayer(module: Module): Module {
  const [first] = module.children();
  return first ? firstLayer(first) : module;
}

function fieldOf(lines: readonly Line[]): ReceptiveField {
  const all = (values: number[]): number | readonly number[] =>
    values.every((value) => value === values[0]) ? values[0] : values;
  return {
    start: all(lines.map((line) => line.start)),
    jump: all(lines.map((line) => line.jump)),
    size: all(lines.map((line) => line.size)),
  };
}
