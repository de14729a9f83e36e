import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../kernel-lib/src/", import.meta.url));
const files = (readdirSync(folder, { recursive: true }) as string[])
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));
const textOf = (file: string): string => readFileSync(folder + file, "utf8");

/** The library as a picture: what each folder may import from, besides itself. Data flows down, imports point up. */
const ALLOWED: Record<string, string[]> = {
  system: [], // what Node gives and a page in a browser does without
  display: ["system"],
  jupyter: ["display"], // the kernel that runs a notebook knows nothing of what is computed in it
  tensor: ["autograd", "display", "ops"], // the one knot: a Tensor's methods are the ops' own functions
  autograd: ["tensor"],
  backend: ["system", "tensor"], // storage and shapes; never a record, never a user's mistake
  ops: ["autograd", "backend", "tensor"],
  nn: ["autograd", "display", "ops", "tensor"],
  optim: ["tensor"],
  data: ["system", "tensor"],
  io: ["data", "system", "tensor"],
  plot: ["autograd", "display", "ops", "system", "tensor"], // numbers in, figure out: nothing of nn or train
  train: ["autograd", "data", "display", "io", "nn", "ops", "optim", "plot", "system", "tensor"],
  check: ["display", "index", "system"],
  index: [
    "autograd",
    "backend",
    "check",
    "data",
    "display",
    "io",
    "nn",
    "ops",
    "optim",
    "plot",
    "tensor",
    "train",
  ],
};

/** Folders that a part of another may import although the rest of it may not. */
const KNOT = { "tensor/tensor.ts": ["autograd", "display", "ops"], "tensor/format.ts": ["display"] };

/** Packages from outside, each where it is needed. */
const PACKAGES: Record<string, string[]> = {
  "node:async_hooks": ["jupyter"],
  "node:child_process": ["jupyter"],
  "node:crypto": ["jupyter"],
  "node:fs": ["jupyter", "system"],
  "node:module": ["jupyter", "system"],
  "node:net": ["jupyter"],
  "node:os": ["system"],
  "node:path": ["jupyter", "system"],
  "node:stream": ["jupyter"],
  "node:string_decoder": ["jupyter"],
  "node:url": ["jupyter", "system"],
  "node:util": ["jupyter"],
  "node:v8": ["jupyter"],
  "node:worker_threads": ["jupyter", "system"],
  "node:zlib": ["system"],
  "jpeg-js": ["system"],
  pngjs: ["system"],
  zeromq: ["jupyter"],
  // Until the kernel has an engine of its own, in one file.
  "tslab/dist/converter.js": ["jupyter"],
  "tslab/dist/executor.js": ["jupyter"],
  "tslab/dist/jupyter.js": ["jupyter"],
  "@tslab/typescript-for-tslab": ["jupyter"],
  "@tslab/typescript-for-tslab/package.json": ["jupyter"],
};

const partOf = (file: string): string => (file.includes("/") ? file.split("/")[0] : "index");

/** Everything a file names as a module: imports, exports from, types, and imports at run time. */
function importsOf(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier) found.push((node.moduleSpecifier as ts.StringLiteral).text);
    } else if (ts.isImportTypeNode(node)) found.push(node.argument.getText().slice(1, -1));
    else if (ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText())) {
      found.push(node.arguments[0].getText().slice(1, -1));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true));
  return found;
}

/** The parts of the library that a file imports, its own left out. */
function partsOf(file: string): string[] {
  const targets = importsOf(file).filter((name) => name.startsWith("."));
  const parts = targets.map((name) => partOf(posix.join(posix.dirname(file), name).replace(/\.js$/, ".ts")));
  return [...new Set(parts)].filter((part) => part !== partOf(file));
}

describe("the library", () => {
  test("has the folders of the picture, and no others", () => {
    expect([...new Set(files.map(partOf))].sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  test.each(Object.entries(ALLOWED))("%s imports from %j only", (part, allowed) => {
    const own = files.filter((file) => partOf(file) === part);
    for (const file of own) expect(allowed, file).toEqual(expect.arrayContaining(partsOf(file)));
    const used = new Set(own.flatMap(partsOf));
    expect([...used].sort(), "what the picture allows and nobody uses").toEqual([...allowed].sort());
  });

  test("ties tensors and ops together in one file only", () => {
    for (const file of files.filter((name) => partOf(name) === "tensor")) {
      const knot = KNOT[file as keyof typeof KNOT] ?? [];
      expect(partsOf(file).sort(), file).toEqual(knot);
    }
  });

  test("shows nothing of the inside of ops, nn and train to a backend or a figure", () => {
    const forbidden = { backend: ["autograd", "ops", "nn"], plot: ["nn", "train", "optim", "data"] };
    for (const [part, others] of Object.entries(forbidden)) {
      const own = files.filter((file) => partOf(file) === part);
      expect(own.flatMap(partsOf).filter((other) => others.includes(other))).toEqual([]);
    }
  });

  test("asks for packages only where they are needed", () => {
    for (const file of files) {
      for (const name of importsOf(file).filter((each) => !each.startsWith("."))) {
        expect(PACKAGES[name] ?? [], `${file} imports ${name}`).toContain(partOf(file));
      }
    }
  });

  test("imports files by their name with .js, as Node wants them", () => {
    for (const file of files) {
      for (const name of importsOf(file).filter((each) => each.startsWith("."))) {
        const target = posix.join(posix.dirname(file), name).replace(/\.js$/, ".ts");
        expect(files, `${file} imports ${name}`).toContain(target);
        expect(name).toMatch(/\.js$/);
      }
    }
  });

  test("keeps every file to a length that can be read", () => {
    for (const file of files) expect(textOf(file).split("\n").length, file).toBeLessThan(330);
  });

  test("prints nothing by itself outside check/, but for a warning that a file of a page is missing", () => {
    const others = files.filter((name) => partOf(name) !== "check" && name !== "backend/wasm/page.ts");
    for (const file of others) {
      const calls = textOf(file).split("\n").filter((line) => /\bconsole\.\w+\(/.test(line)); // prettier-ignore
      expect(calls, file).toEqual([]);
    }
  });
});

describe("the public interface", () => {
  const program = ts.createProgram([`${folder}index.ts`, `${folder}browser.ts`], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ["node"],
    strict: true,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();

  /** Every name that a notebook can reach, with its path: `tensor`, `F.conv2d`, `nn.init.normal_`. */
  function reach(module: ts.Symbol, path: string): [string, ts.Symbol][] {
    return checker.getExportsOfModule(module).flatMap((exported): [string, ts.Symbol][] => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const name = path + exported.name;
      return symbol.flags & ts.SymbolFlags.ValueModule ? reach(symbol, `${name}.`) : [[name, symbol]];
    });
  }
  const namesOf = (file: string): [string, ts.Symbol][] =>
    reach(checker.getSymbolAtLocation(program.getSourceFile(folder + file)!)!, "");
  const names = namesOf("index.ts");
  const docOf = (symbol: ts.Symbol): string =>
    ts.displayPartsToString(symbol.getDocumentationComment(checker));

  /** Public members of a class or an interface. */
  function membersOf(symbol: ts.Symbol): ts.Symbol[] {
    if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return [];
    return [...(symbol.members?.values() ?? [])].filter(
      (member) =>
        member.declarations?.every(
          (declaration) =>
            !ts.isTypeParameterDeclaration(declaration) &&
            !(ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)), // prettier-ignore
        ) && !/^(__|#)/.test(member.name),
    );
  }

  test("is found whole", () => {
    const paths = names.map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(["Tensor", "F.conv2d", "nn.Conv2d", "nn.init.normal_", "optim.SGD", "train.fit"])); // prettier-ignore
    expect(paths.length).toBeGreaterThan(120);
  });

  test("says of every function, class and constant in a sentence what it is", () => {
    const wordless = [...names, ...namesOf("browser.ts")].filter(([, symbol]) => {
      const members = membersOf(symbol);
      const ofOptions = symbol.flags & ts.SymbolFlags.Interface && members.every((member) => docOf(member));
      return !ofOptions && !/\S+ \S+.*[.:!?…)]/s.test(docOf(symbol));
    });
    expect(wordless.map(([path]) => path)).toEqual([]);
  });

  test("speaks camelCase", () => {
    const spoken = names.flatMap(([path, symbol]) => [
      path,
      ...membersOf(symbol).map((member) => `${path}.${member.name}`),
    ]);
    expect(spoken.length).toBeGreaterThan(350);
    expect(spoken.filter((path) => /[a-z0-9]_[a-z0-9]/i.test(path))).toEqual([]);
  });

  test("has no any, but for nested arrays whose depth only the tensor knows", () => {
    const loose = names.flatMap(([path, symbol]) =>
      (symbol.declarations ?? []).flatMap((declaration) =>
        /\bany\b(?=\s*[;,)\]>|=&[]|$)/m.test(signatureText(declaration)) ? [path] : [],
      ),
    );
    expect(loose).toEqual([]);
  });

  function signatureText(declaration: ts.Declaration): string {
    if (ts.isClassDeclaration(declaration)) return "";
    const text = declaration.getText();
    return ts.isFunctionDeclaration(declaration) && declaration.body
      ? text.slice(0, declaration.body.getStart() - declaration.getStart())
      : text;
  }
});
