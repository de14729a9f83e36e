import { embedding, requirePaddingIdx, type EmbeddingOptions } from "../ops/embedding.js";
import { defaultGenerator, type Generator } from "../tensor/generator.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";
import { normal_ } from "./init.js";
import { requireSize } from "./layerWeights.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import type { EmbeddingRule } from "./shapeRules/layers.js";

/** What Embedding takes besides its sizes. */
export interface EmbeddingLayerOptions extends EmbeddingOptions {
  dtype?: "float32" | "float64";
  /** Where the starting values come from; the default generator unless given. */
  generator?: Generator;
}

/**
 * A table of vectors, one for each number: the first layer of a network that reads words.
 *
 * @example
 * new nn.Embedding(1000, 16).forward(randint(0, 1000, [8, 20])).shape // [8, 20, 16]
 *
 * @see notebook 12
 */
export class Embedding<Dim extends number = number> extends Module<EmbeddingRule<Dim>> {
  /** The vectors, (numEmbeddings, embeddingDim), normal numbers at the start; 0 for the padding. */
  readonly weight: Parameter;
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | undefined;

  /**
   * @param numEmbeddings how many vectors
   * @param embeddingDim  length of each vector
   * @param options       paddingIdx, dtype, generator
   * @throws {RangeError} for a size below 1, or a padding that is no number of the table
   */
  constructor(numEmbeddings: number, embeddingDim: Dim, options: EmbeddingLayerOptions = {}) {
    super();
    requireSize("Embedding", "numEmbeddings", numEmbeddings);
    requireSize("Embedding", "embeddingDim", embeddingDim);
    const { dtype = "float32", generator = defaultGenerator } = options;
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    const padding = requirePaddingIdx("Embedding", options.paddingIdx, numEmbeddings);
    this.paddingIdx = padding;
    this.weight = new Parameter(normal_(emptyTensor([numEmbeddings, embeddingDim], dtype), 0, 1, generator));
    if (padding !== undefined) {
      this.weight.storage.fill(0, padding * embeddingDim, (padding + 1) * embeddingDim);
    }
  }

  /** @param index whole numbers from 0 to numEmbeddings − 1, any shape */
  forward(index: Tensor): Tensor {
    return embedding(index, this.weight, { paddingIdx: this.paddingIdx });
  }

  protected override extraRepr(): string {
    const padding = this.paddingIdx === undefined ? "" : `, padding_idx=${this.paddingIdx}`;
    return `${this.numEmbeddings}, ${this.embeddingDim}${padding}`;
  }
}
