import { readdirSync, readFileSync } from "node:fs";
import * as kernelLib from "kernel-lib";
import { nn } from "kernel-lib";
import ts from "typescript";
import { describe, expect, test } from "vitest";

// The examples of the layers' documentation are run, and each line that shows its result has to give it.

const folder = new URL("../../kernel-lib/src/nn/", import.meta.url);

interface Example {
  of: string;
  code: string;
}

/** Every example in the documentation of an exported class or function. */
function examplesOf(file: string): Example[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(new URL(file, folder), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  return source.statements.flatMap((statement): Example[] => {
    if (!ts.isClassDeclaration(statement) && !ts.isFunctionDeclaration(statement)) return [];
    return ts
      .getJSDocTags(statement)
      .filter((tag) => tag.tagName.text === "example")
      .map((tag) => ({ of: statement.name!.text, code: ts.getTextOfJSDocComment(tag.comment) ?? "" }));
  });
}

const examples = (readdirSync(folder, { recursive: true }) as string[])
  .filter((file) => file.endsWith(".ts"))
  .flatMap(examplesOf);

interface Shown {
  got: unknown;
  expected: unknown;
  digits: number | undefined;
}

/** Run an example; what its lines show comes back beside what they say: `expression // [1, 2], to 5 digits`. */
function run({ code }: Example): Shown[] {
  const shown: Shown[] = [];
  const see = (got: unknown, says: string): void => {
    const [, value, digits] = /^(.*?)(?:, to (\d) digits)?$/.exec(says)!;
    shown.push({ got, expected: JSON.parse(value), digits: digits ? Number(digits) : undefined });
  };
  const body = code.replace(
    /^(.+\S) \/\/ (.*)$/gm,
    (_, line, says) => `see(${line}, ${JSON.stringify(says)});`,
  );
  const { outputText } = ts.transpileModule(body, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const names = Object.keys(kernelLib);
  new Function("see", ...names, outputText)(see, ...Object.values(kernelLib));
  return shown;
}

const rounded = (value: unknown, digits: number): unknown =>
  Array.isArray(value)
    ? value.map((each) => rounded(each, digits))
    : Number((value as number).toFixed(digits));

describe("the example of", () => {
  test.each(examples.map((example) => [example.of, example] as const))(
    "%s shows what it says",
    (_, example) => {
      const shown = run(example);
      expect(shown.length).toBeGreaterThan(0);
      for (const { got, expected, digits } of shown) {
        expect(digits === undefined ? got : rounded(got, digits)).toEqual(expected);
      }
    },
  );

  test("every layer and every loss is there", () => {
    const documented = examples.map((example) => example.of);
    const classes = Object.entries(nn).filter(([, value]) => typeof value === "function" && "forward" in (value.prototype ?? {})); // prettier-ignore
    expect(classes.length).toBeGreaterThan(30);
    const made = ["Input"]; // by nn.input, whose example it is
    expect(classes.map(([name]) => name).filter((name) => !documented.includes(name))).toEqual(made);
  });
});
