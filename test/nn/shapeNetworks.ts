import { Generator, nn, ShapeError, zeros, type Tensor } from "kernel-lib";

/*
 * Networks as the code that a learner would type, so that the compiler can judge the same text that is run.
 */

/** A network and a sample's shape, in code and in numbers. */
export interface Written {
  code: string;
  sample: number[];
}

/** What the network makes of a sample when it runs: a shape, or the sentence with which it refuses. */
export function outcome({ code, sample }: Written): number[] | string {
  try {
    return built(code).forward(sampleOf(code, sample)).shape.slice(1);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return error.message.split(";\n")[0];
  }
}

export const built = (code: string): nn.Module => new Function("nn", `return ${code}`)(nn) as nn.Module;

/** A batch of two; numbers of words where the network reads words. */
function sampleOf(code: string, sample: number[]): Tensor {
  return zeros([2, ...sample], { dtype: code.includes("nn.Embedding") ? "int32" : "float32" });
}

/** A network of a few layers of all kinds; about one in two has a layer that does not fit. */
export function randomNetwork(seed: number): Written & { out: number[] | string } {
  const chance = new Generator(seed);
  const below = (limit: number): number => chance.integer(limit);
  const pick = <T>(...choices: T[]): T => choices[below(choices.length)];
  const careless = below(2) === 0;
  const slip = (size: number): number => (careless && below(3) === 0 ? size + 1 + below(3) : size);
  const pair = (smallest: number, count: number): string =>
    below(3) === 0
      ? `[${smallest + below(count)}, ${smallest + below(count)}]`
      : `${smallest + below(count)}`;

  const imageLayer = ([channels, height, width]: number[]): string => {
    const c = slip(channels);
    const groups = pick(`, groups: ${c}`, "");
    const out = groups ? c * (1 + below(2)) : 1 + below(6);
    return pick(
      () => `new nn.Conv2d(${c}, ${out}, ${pair(1, 4)}, { stride: ${pair(1, 3)}, padding: ${pair(0, 3)}, dilation: ${pair(1, 2)}${groups} })`,
      () => `new nn.Conv2d(${c}, ${out}, ${pair(1, 5)}, { padding: ${pick('"same"', '"valid"')}${groups} })`,
      () => `new nn.Conv2d(${c}, ${1 + below(6)}, ${pair(1, 5)})`,
      () => `new nn.ConvTranspose2d(${c}, ${1 + below(4)}, ${pair(1, 3)}, { stride: ${pair(2, 2)}, padding: ${pair(0, 2)}, outputPadding: 1 })`,
      () => `new nn.MaxPool2d(${pair(2, 2)}${pick("", ", { padding: 1 }", ", { stride: 1 }", ", { dilation: 2 }")})`,
      () => `new nn.AvgPool2d(${pair(2, 2)}${pick("", ", { padding: 1, stride: 2 }")})`,
      () => `new nn.AdaptiveAvgPool2d(${pick(pair(1, 4), "[null, 2]")})`,
      () => `new nn.BatchNorm2d(${c})`,
      () => `new nn.Bias2d([${slip(height)}, ${width}])`,
      () => `new nn.LayerNorm([${slip(height)}, ${width}])`,
      () => `new nn.Upsample({ ${pick("scaleFactor: 2", "size: [5, 7]", "scaleFactor: [1, 3]")} })`,
      () => `new nn.LocallyConnected2d(${c}, 2, [${slip(height)}, ${width}], 1, { padding: ${pair(0, 2)} })`,
      () => `new nn.Residual(new nn.Conv2d(${c}, ${slip(channels)}, 3, { padding: ${pick(1, 1, 0)} }))`,
      () => `new nn.Residual(new nn.Conv2d(${c}, 4, 1, { stride: 2 }), new nn.Conv2d(${channels}, 4, ${pick(1, 2)}, { stride: 2 }))`,
      () => `new nn.Sequential(new nn.ReLU(), new nn.Conv2d(${c}, 3, 3, { padding: 1 }), new nn.BatchNorm2d(${c === channels ? slip(3) : 3}))`,
      () => `new nn.SpatialTransformer(new nn.Sequential(new nn.Flatten(), new nn.Linear(${channels * height * width}, ${slip(6)})))`,
      () => `new nn.Flatten(${pick("", "", "2", "3")})`,
      () => `new nn.Linear(${slip(width)}, ${1 + below(9)})`,
    )(); // prettier-ignore
  };
  const sequenceLayer = ([channels, length]: number[]): string => {
    const c = slip(channels);
    return pick(
      () => `new nn.Conv1d(${c}, ${1 + below(5)}, ${1 + below(4)}, { stride: ${1 + below(2)}, padding: ${below(3)}, dilation: ${1 + below(2)} })`,
      () => `new nn.Conv1d(${c}, 3, ${1 + below(4)}, { padding: "same" })`,
      () => `new nn.MaxPool1d(${2 + below(2)}${pick("", ", { stride: 1 }", ", { padding: 1 }")})`,
      () => `new nn.BatchNorm1d(${c})`,
      () => `new nn.LayerNorm(${slip(length)})`,
      () => `new nn.Linear(${slip(length)}, ${1 + below(9)})`,
      () => `new nn.Flatten()`,
    )(); // prettier-ignore
  };
  const vectorLayer = ([features]: number[]): string =>
    pick(
      () => `new nn.Linear(${slip(features)}, ${1 + below(300)})`,
      () => `new nn.BatchNorm1d(${slip(features)})`,
      () => `new nn.LayerNorm(${slip(features)})`,
      () => pick("new nn.Sigmoid()", "new nn.Tanh()", "new nn.GELU()", "new nn.LeakyReLU(0.1)", "new nn.Softmax(1)", "new nn.LogSoftmax(1)"), // prettier-ignore
      () => `new nn.Residual(new nn.Linear(${slip(features)}, ${slip(features)}))`,
    )();
  const anyLayer = (shape: number[]): string => {
    if (below(5) === 0) return pick("new nn.ReLU()", "new nn.Dropout(0.1)", "nn.input(" + shape.map(slip).join(", ") + ")"); // prettier-ignore
    if (careless && below(8) === 0) return pick("new nn.Conv2d(1, 2, 1)", "new nn.MaxPool2d(2)", "new nn.BatchNorm2d(3)", "new nn.MaxPool1d(2)", "new nn.Upsample({ size: 4 })"); // prettier-ignore
    return [vectorLayer, sequenceLayer, imageLayer][shape.length - 1](shape);
  };

  const sample = pick([1 + below(3), 5 + below(16), 5 + below(16)], [1 + below(4), 6 + below(20)], [1 + below(900)]); // prettier-ignore
  const words = sample.length === 2 && below(2) === 0;
  const layers = words
    ? [`nn.input(${sample[1]})`, `new nn.Embedding(9, ${1 + below(20)})`]
    : [`nn.input(${sample.join(", ")})`];
  const start = words ? [sample[1]] : sample;
  const code = (): string => `new nn.Sequential(${layers.join(", ")})`;
  const wanted = 2 + below(7);
  for (;;) {
    const out = outcome({ code: code(), sample: start });
    if (typeof out === "string") break;
    if (layers.length >= wanted) return { code: code(), sample: start, out };
    layers.push(anyLayer(out));
  }
  layers.push("new nn.ReLU()"); // one layer more behind the one that does not fit
  return { code: code(), sample: start, out: outcome({ code: code(), sample: start }) };
}
