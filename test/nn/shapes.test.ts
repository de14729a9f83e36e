import { nn, zeros, type Tensor } from "kernel-lib";
import typescript from "typescript";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { typeErrorText } from "../../kernel-lib/src/display/typeErrorText";
import { compilers, declarations, editorOf, type Editor } from "../support/declarations";
import { built, outcome, randomNetwork } from "./shapeNetworks";

// What the compiler knows of shapes before anything runs, held against what the same code does when it runs.

let folder: string;
let remove: () => void;
beforeAll(() => ({ folder, remove } = declarations()));
afterAll(() => remove());

const head = 'import { nn, type Tensor } from "kernel-lib";\n';
const same = "type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;\n";

/** Networks that fit: code, a sample's shape, what comes out. `_` is for sizes that only the run knows. */
const fitting: [code: string, sample: number[], out: number[]][] = [
  ["new nn.Sequential(nn.input(1, 28, 28), new nn.Conv2d(1, 8, 5, { padding: 2 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(1568, 10))", [1, 28, 28], [10]],
  ["new nn.Sequential(nn.input(3, 32, 31), new nn.Conv2d(3, 16, [3, 5], { stride: 2, padding: [1, 2], dilation: [2, 1] }))", [3, 32, 31], [16, 15, 16]],
  ['new nn.Sequential(nn.input(4, 9, 8), new nn.Conv2d(4, 6, 4, { padding: "same", dilation: 2, groups: 2, bias: false }), new nn.Dropout2d())', [4, 9, 8], [6, 9, 8]],
  ["new nn.Sequential(nn.input(2, 7, 7), new nn.ConvTranspose2d(2, 3, 2, { stride: [2, 3], padding: 1, outputPadding: [1, 0] }), new nn.Bias2d([13, 18]))", [2, 7, 7], [3, 13, 18]],
  ["new nn.Sequential(nn.input(2, 7, 9), new nn.AvgPool2d([2, 3], { padding: 1 }), new nn.AdaptiveAvgPool2d([null, 2]), new nn.Upsample({ scaleFactor: [2, 3] }), new nn.Upsample({ size: 5 }))", [2, 7, 9], [2, 5, 5]],
  ['new nn.Sequential(nn.input(5), new nn.Embedding(9, 4), new nn.LayerNorm(4), new nn.Flatten(2))', [5], [5, 4]],
  ['new nn.Sequential(nn.input(4, 20), new nn.Conv1d(4, 6, 3, { stride: 2, padding: "valid" }), new nn.BatchNorm1d(6), new nn.MaxPool1d(2, { padding: 1 }))', [4, 20], [6, 5]],
  ["new nn.Sequential(nn.input(3, 6, 6), new nn.LocallyConnected2d(3, 2, 6, 3, { padding: 1 }), new nn.BatchNorm2d(2), new nn.LayerNorm([6, 6]))", [3, 6, 6], [2, 6, 6]],
  ["new nn.Sequential(nn.input(3, 8, 8), new nn.Residual(new nn.Sequential(new nn.Conv2d(3, 4, 3, { padding: 1 }), new nn.ReLU()), new nn.Conv2d(3, 4, 1)), new nn.SpatialTransformer(new nn.Sequential(new nn.Flatten(), new nn.Linear(256, 6))))", [3, 8, 8], [4, 8, 8]],
  ["new nn.Sequential(nn.input(1, 5, 5), new nn.MaxPool2d(2, { ceilMode: true }), new nn.Flatten(), new nn.Linear(9, 3))", [1, 5, 5], [3]],
  ["new nn.Sequential(nn.input(1, 1024, 1000), new nn.MaxPool2d(1, { stride: 250 }), new nn.Flatten(1))", [1, 1024, 1000], [20]],
]; // prettier-ignore

/** Networks with one layer that does not fit: code, a sample's shape, the layer that is to blame, the sentence. */
const misfits: [code: string, sample: number[], layer: string, sentence: string][] = [
  ["new nn.Sequential(nn.input(1, 28, 28), new nn.Conv2d(1, 8, 5, { padding: 2 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(2048, 10))", [1, 28, 28], "new nn.Linear(2048, 10)", "Linear expects 2048 features, got 1568 (layer 5 of 5)"],
  ["new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.ReLU(), new nn.Conv2d(1, 4, 3), new nn.Flatten())", [1, 9, 9], "new nn.Conv2d(1, 4, 3)", "Conv2d expects 1 channel, got 8 (layer 3 of 4)"],
  ["new nn.Sequential(new nn.Linear(3, 4), new nn.Linear(5, 2))", [3], "new nn.Linear(5, 2)", "Linear expects 5 features, got 4 (layer 2 of 2)"],
  ["new nn.Sequential(nn.input(6), new nn.Conv2d(6, 1, 1))", [6], "new nn.Conv2d(6, 1, 1)", "Conv2d expects x as (N, C, H, W), got (N, 6) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(1, 4, 6), new nn.Conv2d(1, 1, [3, 2], { padding: [0, 1], dilation: 2 }))", [1, 4, 6], "new nn.Conv2d(1, 1, [3, 2], { padding: [0, 1], dilation: 2 })", "Conv2d expects images of at least 5 × 3 pixels, padding included, got (N, 1, 4, 6) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(1, 4, 6), new nn.MaxPool2d(5))", [1, 4, 6], "new nn.MaxPool2d(5)", "MaxPool2d expects images of at least 5 × 5 pixels, padding included, got (N, 1, 4, 6) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(9), new nn.AvgPool2d(2))", [9], "new nn.AvgPool2d(2)", "AvgPool2d expects x as (N, C, H, W), got (N, 9) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(9), new nn.AdaptiveAvgPool2d(2))", [9], "new nn.AdaptiveAvgPool2d(2)", "AdaptiveAvgPool2d expects x as (N, C, H, W), got (N, 9) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(9), new nn.Upsample({ size: 2 }))", [9], "new nn.Upsample({ size: 2 })", "Upsample expects x as (N, C, H, W), got (N, 9) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(2, 3), new nn.Conv1d(2, 2, 3, { dilation: 2 }))", [2, 3], "new nn.Conv1d(2, 2, 3, { dilation: 2 })", "Conv1d expects sequences of at least 5 positions, padding included, got (N, 2, 3) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(2, 3), new nn.Conv1d(4, 2, 3))", [2, 3], "new nn.Conv1d(4, 2, 3)", "Conv1d expects 4 channels, got 2 (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(2, 3, 3), new nn.MaxPool1d(3))", [2, 3, 3], "new nn.MaxPool1d(3)", "MaxPool1d expects x as (N, C, L), got (N, 2, 3, 3) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(2, 1, 1), new nn.ConvTranspose2d(2, 2, 2, { padding: 1 }))", [2, 1, 1], "new nn.ConvTranspose2d(2, 2, 2, { padding: 1 })", "ConvTranspose2d expects at least one pixel left of what the padding cuts off, got (N, 2, 1, 1) (layer 1 of 1)"],
  ["new nn.Sequential(new nn.Conv2d(1, 3, 1), new nn.ConvTranspose2d(2, 2, 2))", [1, 5, 5], "new nn.ConvTranspose2d(2, 2, 2)", "ConvTranspose2d expects 2 channels, got 3 (layer 2 of 2)"],
  ["new nn.Sequential(new nn.Conv2d(1, 3, 1), new nn.BatchNorm2d(2))", [1, 5, 5], "new nn.BatchNorm2d(2)", "BatchNorm2d expects 2 channels, got 3 (layer 2 of 2)"],
  ["new nn.Sequential(nn.input(3), new nn.BatchNorm2d(3))", [3], "new nn.BatchNorm2d(3)", "BatchNorm2d expects x as (N, C, H, W), got (N, 3) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(3, 2, 2), new nn.BatchNorm1d(3))", [3, 2, 2], "new nn.BatchNorm1d(3)", "BatchNorm1d expects x as (N, C) or (N, C, L), got (N, 3, 2, 2) (layer 1 of 1)"],
  ["new nn.Sequential(new nn.Flatten(), new nn.Linear(4, 3), new nn.BatchNorm1d(4))", [4], "new nn.BatchNorm1d(4)", "BatchNorm1d expects 4 channels, got 3 (layer 3 of 3)"],
  ["new nn.Sequential(nn.input(5, 3), new nn.LayerNorm([4, 3]))", [5, 3], "new nn.LayerNorm([4, 3])", "LayerNorm expects x that ends in (4, 3), got (N, 5, 3) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(5), new nn.Linear(5, 3), new nn.LayerNorm(4))", [5], "new nn.LayerNorm(4)", "LayerNorm expects x that ends in (4,), got (N, 3) (layer 2 of 2)"],
  ["new nn.Sequential(nn.input(1, 9, 9), new nn.Bias2d(19))", [1, 9, 9], "new nn.Bias2d(19)", "Bias2d expects maps (N, C, 19, 19), got (N, 1, 9, 9) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(1, 6, 6), new nn.LocallyConnected2d(1, 2, 5, 3))", [1, 6, 6], "new nn.LocallyConnected2d(1, 2, 5, 3)", "LocallyConnected2d expects x with 1 channel and 3 × 3 stops, got (N, 1, 6, 6) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(2, 5, 5), new nn.LocallyConnected2d(1, 2, 5, 3))", [2, 5, 5], "new nn.LocallyConnected2d(1, 2, 5, 3)", "LocallyConnected2d expects 1 channel, got 2 (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(8, 5, 5), new nn.Residual(new nn.Conv2d(8, 8, 3)))", [8, 5, 5], "new nn.Residual(new nn.Conv2d(8, 8, 3))", "Residual expects block and shortcut to give one shape, (N, 8, 5, 5) from the shortcut, got (N, 8, 3, 3) (layer 1 of 1)"],
  ["new nn.Sequential(nn.input(8, 5, 5), new nn.ReLU(), new nn.Residual(new nn.Conv2d(4, 8, 3)))", [8, 5, 5], "new nn.Residual(new nn.Conv2d(4, 8, 3))", "Conv2d expects 4 channels, got 8 (layer 2 of 2)"],
  ["new nn.Sequential(nn.input(1, 2, 2), new nn.SpatialTransformer(new nn.Sequential(new nn.Flatten(), new nn.Linear(4, 5))))", [1, 2, 2], "new nn.SpatialTransformer(new nn.Sequential(new nn.Flatten(), new nn.Linear(4, 5)))", "SpatialTransformer expects localisation to give (N, 6), an affine map for each image, got (N, 5) (layer 1 of 1)"],
  ["new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.Sequential(new nn.ReLU(), new nn.Conv2d(4, 4, 3)))", [1, 9, 9], "new nn.Sequential(new nn.ReLU(), new nn.Conv2d(4, 4, 3))", "Conv2d expects 4 channels, got 8 (layer 2 of 2, in layer 2 of 2)"],
  ["new nn.Sequential(nn.input(3, 4, 4), new nn.Sequential(nn.input(1, 4, 4), new nn.ReLU()))", [3, 4, 4], "new nn.Sequential(nn.input(1, 4, 4), new nn.ReLU())", "nn.input expects a batch (N, 1, 4, 4), got (N, 3, 4, 4) (layer 1 of 1)"],
]; // prettier-ignore

/** Code in which the types must not see a mistake, because there is none or because they cannot know. */
const silent: [why: string, code: string][] = [
  ["an annotation as nn.Sequential", "const net: nn.Sequential = new nn.Sequential(nn.input(3), new nn.Linear(3, 2));"],
  ["a function that returns nn.Sequential", "function make(): nn.Sequential { return new nn.Sequential(new nn.Conv2d(1, 2, 3)); } new nn.Sequential(make(), new nn.Conv2d(4, 1, 1));"],
  ["plain annotations of layers", "const layers: [nn.Conv2d, nn.Linear, nn.Residual, nn.MaxPool2d] = [new nn.Conv2d(1, 2, [3, 5], { stride: 2 }), new nn.Linear(1, 2), new nn.Residual(new nn.Conv2d(1, 2, 1), new nn.Conv2d(1, 2, 1)), new nn.MaxPool2d([2, 3])]; new nn.Sequential(nn.input(1, 9, 9), layers[2], new nn.Conv2d(2, 1, 1));"],
  ["an array of modules", "declare const many: nn.Module[]; new nn.Sequential(...many); new nn.Sequential(new nn.Linear(3, 2), ...many, new nn.Linear(8, 2));"],
  ["an array of layers", "const many = [new nn.Linear(3, 4), new nn.Linear(5, 6)]; new nn.Sequential(...many); new nn.Sequential(many[0], new nn.Linear(6, 1));"],
  ["a size that is a number", "declare const n: number; new nn.Sequential(nn.input(1, n, 8), new nn.Conv2d(1, n, 3), new nn.Conv2d(5, 2, n), new nn.Flatten(), new nn.Linear(7, n), new nn.Linear(9, 1));"],
  ["options from a variable", "declare const options: { padding?: number; stride?: number }; new nn.Sequential(nn.input(1, 9, 9), new nn.Conv2d(1, 1, 3, options), new nn.Flatten(), new nn.Linear(7, 1));"],
  ["a choice of sizes", "declare const deep: boolean; new nn.Sequential(nn.input(1, 9, 9), new nn.Conv2d(1, deep ? 8 : 4, 3, { padding: deep ? 1 : 0 }), new nn.Conv2d(8, 1, 3), new nn.Flatten(), new nn.Linear(7, 1));"],
  ["a choice of layers", "declare const deep: boolean; new nn.Sequential(nn.input(1, 8, 8), deep ? new nn.MaxPool2d(2) : new nn.MaxPool2d(4), new nn.Flatten(), new nn.Linear(4, 1)); const either = deep ? new nn.Conv2d(1, 8, 3) : new nn.Conv2d(1, 4, 5); new nn.Sequential(either, new nn.Conv2d(4, 1, 3));"],
  ["a choice of shortcuts", "declare const n: number; const block = new nn.Conv2d(n, n, 1); new nn.Sequential(nn.input(3, 8, 8), n === 3 ? new nn.Residual(block) : new nn.Residual(block, new nn.Conv2d(n, n, 1)), new nn.Conv2d(8, 1, 1));"],
  ["a size that is a type parameter", "function block<I extends number, O extends number>(i: I, o: O) { return new nn.Sequential(new nn.Conv2d(i, o, 3), new nn.BatchNorm2d(o), new nn.Residual(new nn.Conv2d(o, o, 1), new nn.Conv2d(o, o, 1))); } function act<M extends nn.Module>(layer: M) { return new nn.Sequential(layer, new nn.ReLU()); } new nn.Sequential(nn.input(1, 9, 9), block(1, 8), act(block(8, 4)), new nn.Flatten(), new nn.Linear(100, 1));"],
  ["members of an enum", "enum Size { Hidden = 128, Out = 10 } new nn.Sequential(new nn.Linear(48, 128), new nn.Linear(Size.Hidden, Size.Out), new nn.Linear(10, 1));"],
  ["a choice of networks", "declare const deep: boolean; const either = deep ? new nn.Sequential(new nn.Linear(3, 4)) : new nn.Sequential(new nn.Linear(3, 5), new nn.ReLU()); new nn.Sequential(either, new nn.Linear(5, 1));"],
  ["a variable with another layer in it", "let layer = new nn.Linear(64, 10); layer = new nn.Linear(64, 5); let conv = new nn.Conv2d(1, 8, 3); conv = new nn.Conv2d(3, 4, [1, 2], { padding: \"same\" }); let net = new nn.Sequential(layer); net = new nn.Sequential(layer, new nn.ReLU());"],
  ["a module without a rule", "class Bare extends nn.Module { forward(x: Tensor): Tensor { return x; } } new nn.Sequential(nn.input(3), new Bare(), new nn.Linear(8, 2));"],
  ["a module found by instanceof", "declare const thing: unknown; if (thing instanceof nn.Module) new nn.Sequential(nn.input(3), thing, new nn.Linear(8, 2));"],
  ["a class that extends a layer", "class Half extends nn.Conv2d { constructor() { super(1, 4, 3, { stride: 2, padding: 1 }); } } class Block extends nn.Residual { constructor() { super(new nn.Conv2d(1, 2, 1), new nn.Conv2d(1, 2, 1)); } } new nn.Sequential(nn.input(1, 8, 8), new Half(), new nn.Flatten(), new nn.Linear(64, 1)); new Block();"],
  ["a scale that is no whole number", "new nn.Sequential(nn.input(1, 5, 5), new nn.Upsample({ scaleFactor: 1.5 }), new nn.Flatten(), new nn.Linear(49, 1));"],
  ["layers in a list of modules", "const list: nn.Module[] = [new nn.Linear(1, 2), new nn.Sequential(new nn.ReLU())]; for (const layer of new nn.Sequential(...list)) layer.forward;"],
]; // prettier-ignore

const random = Array.from({ length: 300 }, (_, seed) => randomNetwork(seed));

/** A file with these networks as net0, net1 …, one a line, each with a check that it gives the shape `out`. */
function fileOf(networks: { code: string; out?: unknown }[]): string {
  const lines = networks.map(({ code }, i) => `export const net${i} = ${code};\n`);
  const checks = networks.flatMap(({ out }, i) =>
    Array.isArray(out)
      ? [`export const is${i}: Same<nn.OutputShape<typeof net${i}>, [${out.join(", ")}]> = true;\n`]
      : [],
  );
  return [head, ...lines, ...checks, same].join("");
}

describe("when it runs, a network", () => {
  test.each(fitting)("%s gives %j → %j", (code, sample, out) =>
    expect(outcome({ code, sample })).toEqual(out),
  );
  test.each(misfits)("%s refuses %j at %s: %s", (code, sample, _, sentence) =>
    expect(outcome({ code, sample })).toBe(sentence),
  );
  test("says first which layer, then the op's own words and the way out", () => {
    const [code] = misfits[0];
    const forward = (): Tensor => built(code).forward(zeros(1, 1, 28, 28));
    expect(forward).toThrow("Linear expects 2048 features, got 1568 (layer 5 of 5);\nlinear: expected x with 2048 features in its last dimension to match weight (10, 2048), got (1, 1568);\nbuild the layer with inFeatures = 1568"); // prettier-ignore
  });
});

describe.each(compilers)("before it runs, under $name", (compiler) => {
  let editor: Editor;
  beforeAll(() => {
    editor = editorOf(compiler, folder);
  });

  test("networks that fit are let through, with the shape that they give", () => {
    const file = fileOf(fitting.map(([code, , out]) => ({ code, out })));
    expect(editor.check(file)).toEqual([]);
    expect(editor.check(file.replaceAll("[10]", "[11]"))).toHaveLength(1);
  });

  test("the layer that does not fit is marked, in the sentence of run time", () => {
    const found = editor.check(fileOf(misfits.map(([code]) => ({ code }))));
    expect(found.map(({ marked, message }) => [marked, typeErrorText(message)])).toEqual(
      misfits.map(([, , layer, sentence]) => [layer, sentence]),
    );
  });

  test.each(silent)("%s is not refused", (_, code) => expect(editor.check(head + code)).toEqual([]));

  test("300 random networks are judged as they are at run time", () => {
    const right = random.filter(({ out }) => typeof out !== "string");
    expect(right.length).toBeGreaterThan(100);
    expect(right.length).toBeLessThan(200);
    expect(editor.check(fileOf(right))).toEqual([]);

    const wrong = random.filter(({ out }) => typeof out === "string");
    const found = editor.check(fileOf(wrong));
    const told = wrong.map(({ code }, i) => {
      // A network inside is refused for itself where it is wrong whatever goes in: without a place in the outer one.
      const lines = found.filter(({ line }) => line === i + 2).map(({ message }) => typeErrorText(message));
      return `${code}\n${lines.join("\n")}`;
    });
    const place = /, in layer \d+ of \d+\)$/;
    const alike = (text: string): string => text.replace(place, ")");
    expect(told.map(alike)).toEqual(wrong.map(({ code, out }) => alike(`${code}\n${out}`)));
    expect(told.filter((text) => place.test(text)).length).toBeGreaterThan(2);
  });

  test("a network of 40 layers is followed to its end", () => {
    const layers = Array.from({ length: 20 }, (_, i) => `new nn.Conv2d(${i + 1}, ${i + 2}, 3, { padding: 1 }), new nn.ReLU()`); // prettier-ignore
    const code = (last: number): string => `new nn.Sequential(nn.input(1, 64, 64), ${layers.join(", ")}, new nn.Flatten(), new nn.Linear(${last}, 10))`; // prettier-ignore
    expect(editor.check(fileOf([{ code: code(86016), out: [10] }]))).toEqual([]);
    const [found] = editor.check(`${head}export const net: nn.Sequential = ${code(1)};`);
    expect(typeErrorText(found.message)).toBe("Linear expects 1 feature, got 86016 (layer 42 of 42)");
  });

  test("sums, products and quotients are those of arithmetic", () => {
    let state = 7;
    const below = (limit: number): number => (state = (state * 48271) % 2147483647) % limit;
    const lines = Array.from({ length: 150 }, () => {
      const [a, b, c] = [below(1025), below(1025), 1 + below(64)];
      const product = below(10_001) * 1000 + below(1000);
      return [
        `Same<Add<${a}, ${b}>, ${a + b}>`,
        `Same<Sub<${a}, ${b}>, ${a < b ? '"negative"' : a - b}>`,
        `Same<Mul<${a}, ${b}>, ${a * b}>`,
        `Same<Mul<${a * 9}, ${c}>, ${a * 9 * c}>`,
        `Same<Div<${a}, ${c}>, ${Math.floor(a / c)}>`,
        `Same<Div<${product}, ${a + 1}>, ${Math.floor(product / (a + 1))}>`,
      ];
    }).flat();
    const edges = [
      ...["Add<0, 0>, 0", "Add<999, 1>, 1000", "Sub<1000, 1>, 999", "Sub<5, 5>, 0", "Mul<0, 1024>, 0", "Mul<1024, 0>, 0"],
      ...["Mul<3200, 3125>, 10000000", "Div<10000000, 1024>, 9765", "Div<3, 7>, 0", "Div<3, 0>, number"],
      ...["Add<number, 1>, number", "Add<1.5, 1>, number", "Mul<-1, 2>, number", "Sub<2 | 3, 1>, number"],
    ].map((each) => `Same<${each}>`); // prettier-ignore
    const all = [...lines, ...edges].map((each, i) => `export const is${i}: ${each} = true;\n`).join("");
    const numbers = 'import type { Add, Div, Mul, Sub } from "kernel-lib/dist/nn/shapeRules/natural";\n';
    expect(editor.check(numbers + same + all)).toEqual([]);
    expect(editor.check(`${numbers + same}export const wrong: Same<Add<1, 1>, 3> = true;`)).toHaveLength(1);
  });

  test("hovering shows sizes, and nothing of the inside", () => {
    expect(editor.check(`${head}const net = ${fitting[0][0]};\ntype Out = nn.OutputShape<typeof net>;\nconst layer = new nn.Conv2d(3, 8, [3, 5], { padding: "same" });\nlet out: Out;`)).toEqual([]); // prettier-ignore
    expect(editor.hover("Out =")).toBe("type Out = [10]");
    expect(editor.hover("net =")).toBe("const net: nn.Sequential<[nn.Input<[1, 28, 28]>, nn.Conv2d<1, 8, 5, 1, 2, 1>, nn.ReLU, nn.MaxPool2d<2, 2, 0, 1, false>, nn.Flatten<1, -1>, nn.Linear<1568, 10>]>"); // prettier-ignore
    expect(editor.hover("layer =")).toBe('const layer: nn.Conv2d<3, 8, readonly [3, 5], 1, "same", 1>');
  });

  test("lists of completions hold the public names alone", () => {
    editor.check(`${head}const net = ${fitting[0][0]};\nnet.forward;\nnew nn.Conv2d(1, 2, 3).weight;`);
    const base = ["forward", "parameters", "stateDict", "train", "training"];
    for (const mark of ["\nnet.", "new nn.Conv2d(1, 2, 3)."]) {
      const names = editor.complete(mark);
      expect(names).toEqual(expect.arrayContaining(base));
      expect(names.filter((name) => !/^[a-z]\w*$/i.test(name) || /rule|door|built/i.test(name))).toEqual([]);
    }
    expect(editor.complete("\nnet.")).toContain("layers");
  });

  test("options are checked as before, typing errors among them", () => {
    const [unknown, word, thing, size] = editor.check(`${head}new nn.Conv2d(1, 8, 3, { stride: 2, pading: 1 });\nnew nn.Conv2d(1, 8, 3, { padding: "full" });\nnew nn.Sequential(nn.ReLU);\nnew nn.Linear("3", 4);`); // prettier-ignore
    expect(typeErrorText(unknown.message)).toContain("'pading' does not exist");
    expect(typeErrorText(word.message)).toContain(`Type '"full"' is not assignable`);
    expect(typeErrorText(thing.message)).toContain("Property 'parameters' is missing in type 'typeof ReLU'");
    expect(typeErrorText(size.message)).toBe("Argument of type 'string' is not assignable to parameter of type 'number'."); // prettier-ignore
  });

  test("a module or function of your own takes part, or says what it takes", () => {
    const own = `interface Halves extends nn.ShapeRule {
  output: this["input"] extends [infer C, infer H, infer W]
    ? [8, 8] extends [H, W] ? [C, 4, 4] : "Halved expects 8 × 8 pixels, got others"
    : number[];
}
class Halved extends nn.Module<Halves> { forward(x: Tensor): Tensor { return x; } }
class Twice extends nn.Module<nn.SameShape> { forward(x: Tensor): Tensor { return x; } }
class Head extends nn.Module<nn.FromTo<[64], [10]>> { forward(x: Tensor): Tensor { return x; } }
const net = new nn.Sequential(nn.input(4, 8, 8), new Twice(), new Halved(), new nn.Flatten(), new Head());
const out: Same<nn.OutputShape<typeof net>, [10]> = true;
new nn.Sequential(new Halved(), new nn.Sequential(new nn.Conv2d(3, 4, 3), new Halved()));
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
`;
    expect(editor.check(head + own)).toEqual([]);
    const wrong = "new nn.Sequential(nn.input(4, 9, 9), new Halved());\nnew nn.Sequential(nn.input(4), new Head());\nfunction block<C extends number>(channels: C) { return new nn.Sequential(new nn.Linear(channels, 8), new nn.ReLU()); }\nnew nn.Sequential(block(3), block(9));\n"; // prettier-ignore
    expect(editor.check(head + own + wrong).map(({ marked, message }) => [marked, typeErrorText(message)])).toEqual([
      ["new Halved()", "Halved expects 8 × 8 pixels, got others (layer 1 of 1)"],
      ["new Head()", "This module expects (N, 64), got (N, 4) (layer 1 of 1)"],
      ["block(9)", "Linear expects 9 features, got 8 (layer 1 of 2, in layer 2 of 2)"],
    ]); // prettier-ignore
  });
});

describe("nn.OutputShape", () => {
  test("is a plain shape in the project's own types", () => {
    const net = new nn.Sequential(nn.input(1, 28, 28), new nn.Conv2d(1, 8, 5), new nn.Flatten());
    expectTypeOf<nn.OutputShape<typeof net>>().toEqualTypeOf<[4608]>();
    expectTypeOf<nn.OutputShape<nn.MaxPool2d<2>, [8, 29, 28]>>().toEqualTypeOf<[8, 14, 14]>();
    expectTypeOf<nn.OutputShape<nn.Module>>().toEqualTypeOf<number[]>();
    const wrong = new nn.Sequential(
      nn.input(1, 28, 28),
      new nn.Conv2d(1, 8, 5),
      new nn.Flatten(),
      // @ts-expect-error Linear expects 4 features, got 4608 (layer 3 of 3)
      new nn.Linear(4, 1),
    );
    expect(Object.keys(wrong.stateDict())).toEqual(["1.weight", "1.bias", "3.weight", "3.bias"]);
    expect(net.layers).toHaveLength(3);
  });
});

describe("typeErrorText()", () => {
  const chain = (first: string, then: string): typescript.DiagnosticMessageChain => ({
    messageText: first,
    category: typescript.DiagnosticCategory.Error,
    code: 2345,
    next: [{ messageText: then, category: typescript.DiagnosticCategory.Error, code: 2322 }],
  });

  test("is the sentence of a shape error, from a chain and from its lines", () => {
    const [first, then] = [`Argument of type 'A' is not assignable to parameter of type 'A & "B expects 1, got 2"'.`, `Type 'A' is not assignable to type '"B expects 1, got 2"'.`]; // prettier-ignore
    expect(typeErrorText(chain(first, then))).toBe("B expects 1, got 2");
    expect(typeErrorText(`${first}\n${then}`)).toBe("B expects 1, got 2");
  });

  test("is the text as it is of every other error", () => {
    expect(typeErrorText("Cannot find name 'x'.")).toBe("Cannot find name 'x'.");
    const plain = `Type '"b"' is not assignable to type '"a"'.`;
    expect(typeErrorText(plain)).toBe(plain);
    expect(
      typeErrorText(chain("Argument of type 'A' is not assignable to parameter of type 'B'.", plain)),
    ).toBe(`Argument of type 'A' is not assignable to parameter of type 'B'.\n  ${plain}`);
  });
});
