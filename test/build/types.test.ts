import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type typescript from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declarations } from "../support/declarations";

// Stock tslab reads our declarations with TypeScript 5.0, where a form it does not know turns into any without a word.
const ts = createRequire(import.meta.url)("@tslab/typescript-for-tslab") as typeof typescript;
let folder: string;
let remove: () => void;
beforeAll(() => ({ folder, remove } = declarations()));
afterAll(() => remove());

/** A cell that touches every part, and must not compile where the types are lost. */
const CELL = `
import { backend, cat, check, data, F, Generator, gradError, hint, nn, noGrad, optim, plot, progress, quiz, randn, tensor, Tensor, todo, train } from "kernel-lib";

const x: Tensor = randn(8, 1, 8, 8, { generator: new Generator(1) });
const net: nn.Sequential = new nn.Sequential(new nn.Conv2d(1, 4, 3, { padding: "same" }), new nn.ReLU(), new nn.Flatten(), new nn.Linear(256, 10));
const optimizer: optim.Optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
const loader: data.DataLoader = new data.DataLoader(new data.TensorDataset(x, tensor([1, 2, 3, 4, 5, 6, 7, 8], { dtype: "int32" })), { batchSize: 4 });
async function run(): Promise<number> {
  const history = await train.fit(net, loader, { optimizer, epochs: 1, scheduler: new optim.StepLR(optimizer, 1) });
  return history.rows[0].loss;
}
const figure: plot.Figure = plot.curve({ loss: [1, 2] }, { xLabel: { en: "x", zh: "x" } });
const error: number = gradError(() => F.conv2d(x, x).sum(), [x]);
const names: string[] = backend.list();
const kept: Tensor = noGrad(() => cat([x, x], 0).at(0, [null, null, -1], null));
const values: Float32Array | Float64Array | Int32Array | Uint8Array = x.data;
const shape: readonly number[] = x.shape;
check("4.1", (): number => todo());
hint("4.1", 2);
quiz("4", ["", undefined, "b"]);
progress();
export { run, figure, error, names, kept, values, shape };

// @ts-expect-error an image is no string
F.conv2d("image", x);
// @ts-expect-error there is no such option
F.conv2d(x, x, undefined, { strides: 2 });
// @ts-expect-error padding has two words only
F.conv2d(x, x, undefined, { padding: "full" });
// @ts-expect-error a typed array has no such method
x.data.nothing();
// @ts-expect-error a weight is a tensor
new nn.Conv2d(1, 1, 3).weight.nothing;
// @ts-expect-error nor has a tensor
x.add(1).nothing;
// @ts-expect-error a dtype is one of five
tensor([1], { dtype: "half" });
// @ts-expect-error a row has names
train.evaluate(net, loader).nothing;
// @ts-expect-error a figure has no such method
figure.nothing();
// @ts-expect-error epochs are missing
train.fit(net, loader, { optimizer });
// @ts-expect-error an optimiser takes parameters, not a model
new optim.SGD(net);
// @ts-expect-error a loader is a list of batches of tensors
for (const [images] of loader) images.nothing;
// @ts-expect-error a number is no generator
randn(1, { generator: 3 });
`;

describe("TypeScript 5.0, which stock tslab brings, reads the declarations", () => {
  const options: typescript.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    types: [],
    lib: ["lib.es2022.d.ts"],
    target: 9, // ES2022
    module: 1, // CommonJS, as tslab compiles a cell
    moduleResolution: 2, // node10: "exports" maps are not read
  };

  function programOf(name: string, text: string): typescript.Program {
    const path = join(folder, name);
    writeFileSync(path, text);
    return ts.createProgram([path], options);
  }

  test("that is 5.0", () => expect(ts.version).toMatch(/^5\.0\./));

  test("and finds nothing wrong in a cell that uses every part, nor in them", () => {
    const program = programOf("cell.ts", CELL);
    const complaints = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`); // prettier-ignore
    expect(complaints).toEqual([]);
    const ours = program.getSourceFiles().filter((file) => file.fileName.includes("kernel-lib/dist"));
    expect(ours.length).toBeGreaterThan(80);
  });

  test("and finds no any: not in a parameter, a field or a result", () => {
    const program = programOf("walk.ts", 'export * from "kernel-lib";');
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(join(folder, "walk.ts"))!;
    const found: string[] = [];
    const seen = new Set<typescript.Type>();
    let places = 0;

    const look = (type: typescript.Type, path: string, depth: number): void => {
      places++;
      if (type.flags & ts.TypeFlags.Any) found.push(path);
      if (depth > 6 || seen.has(type)) return;
      seen.add(type);
      if (type.isUnionOrIntersection()) type.types.forEach((part) => look(part, path, depth));
      for (const part of checker.getTypeArguments?.(type as typescript.TypeReference) ?? []) look(part, `${path}<>`, depth + 1); // prettier-ignore
      for (const kind of [ts.SignatureKind.Call, ts.SignatureKind.Construct]) {
        for (const signature of checker.getSignaturesOfType(type, kind)) {
          signature.parameters.forEach((parameter) =>
            lookAt(parameter, `${path}(${parameter.name})`, depth + 1),
          );
          look(signature.getReturnType(), `${path}()`, depth + 1);
        }
      }
      for (const property of checker.getPropertiesOfType(type)) {
        const ours = property.declarations?.some((each) =>
          each.getSourceFile().fileName.includes("kernel-lib"),
        );
        if (ours) lookAt(property, `${path}.${property.name}`, depth + 1);
      }
    };
    const lookAt = (symbol: typescript.Symbol, path: string, depth: number): void =>
      look(checker.getTypeOfSymbolAtLocation(symbol, source), path, depth);

    const walk = (module: typescript.Symbol, path: string): void => {
      for (const exported of checker.getExportsOfModule(module)) {
        const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
        const name = `${path}${exported.name}`;
        if (symbol.flags & ts.SymbolFlags.ValueModule) walk(symbol, `${name}.`);
        else if (symbol.flags & ts.SymbolFlags.Value) lookAt(symbol, name, 0);
        if (symbol.flags & ts.SymbolFlags.Type)
          look(checker.getDeclaredTypeOfSymbol(symbol), `type ${name}`, 0);
      }
    };
    walk(checker.getSymbolAtLocation(source)!, "");
    expect(places).toBeGreaterThan(1000);
    // A private field has no type in a declaration, and an iterator's return value is nobody's business.
    const meant = /\.toArray\(\)$|\.#private$|\.__@iterator@\d+\(\)<>$/;
    expect(found.filter((path) => !meant.test(path))).toEqual([]);
    expect(found.some((path) => path.endsWith(".toArray()"))).toBe(true); // the one place that is meant
  });
});
