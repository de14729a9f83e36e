import { describe, expect, test } from "vitest";
import { readSource } from "../../kernel-lib/commands/notebook/build.mjs";
import { parseSource } from "../../kernel-lib/commands/notebook/source.mjs";
import { lesson } from "./fixtures.js";

describe("parseSource()", () => {
  test("reads text in pairs, code once, ids and tags", () => {
    const { cells } = parseSource(lesson, "04.ts");
    expect(cells.map(({ kind, id, tags, line }) => ({ kind, id, tags, line }))).toEqual([
      { kind: "text", id: "window", tags: [], line: 3 },
      { kind: "code", id: "imports", tags: [], line: 13 },
      { kind: "code", id: "area", tags: ["exercise"], line: 16 },
      { kind: "code", id: "use", tags: ["check", "raises-exception"], line: 23 },
    ]);
    expect(cells[0]).toHaveProperty("text", {
      en: "# The window\n\nIt has an area.",
      zh: "# 窗口\n\n它有面积。",
    });
    expect(cells[1]).toHaveProperty("code", 'import { join } from "node:path";');
  });

  test("reads a file with Windows line ends alike", () => {
    expect(parseSource(lesson.replaceAll("\n", "\r\n"), "04.ts")).toEqual(parseSource(lesson, "04.ts"));
  });

  // what is broken, with what, and every problem that is reported
  test.each<[string, string, string, string[]]>([
    [
      "a header it does not know",
      'id="imports"',
      'name="imports"',
      [
        '04.ts:13: expected a header such as // %% [markdown] id="window" lang="en" or // %% id="sum" tags=["check"], ' +
          'got "name="imports""',
      ],
    ],
    [
      "a cell without an id",
      '%% id="imports"',
      "%%",
      ['04.ts:13: expected a cell with an id of a–z, 0–9 and -, got none; write id="some-name" after // %%'],
    ],
    [
      "an id that no notebook allows",
      'id="imports"',
      'id="The Imports"',
      [
        '04.ts:13: expected a cell with an id of a–z, 0–9 and -, got "The Imports"; write id="some-name" after // %%',
      ],
    ],
    [
      "an id that is used twice",
      'id="use"',
      'id="imports"',
      ['04.ts:23: cell "imports": expected an id of its own, got the id of line 13; rename one'],
    ],
    [
      "an unknown tag",
      '"check"',
      '"chekc"',
      ['04.ts:23: cell "use": expected a tag of exercise, check, training, raises-exception, got "chekc"'],
    ],
    [
      "a text without its twin",
      '// %% [markdown] id="window" lang="zh"\n// # 窗口\n//\n// 它有面积。\n',
      "",
      [
        '04.ts:3: cell "window": expected its twin // %% [markdown] id="window" lang="zh" to follow, ' +
          'got // %% id="imports"; write the Chinese text next',
      ],
    ],
    [
      "a text that starts in Chinese",
      'lang="en"',
      'lang="fr"',
      [
        '04.ts:3: cell "window": expected lang="en" here and lang="zh" right after it, got lang="fr"; ' +
          "write the text as a pair, English first",
        '04.ts:8: cell "window": expected an id of its own, got the id of line 3; rename one',
        '04.ts:8: cell "window": expected lang="en" here and lang="zh" right after it, got lang="zh"; ' +
          "write the text as a pair, English first",
      ],
    ],
    [
      "tags that differ between the languages",
      'lang="zh"',
      'lang="zh" tags=["training"]',
      [
        '04.ts:8: cell "window": expected the same tags in both languages, got [] and ["training"]; make them equal',
      ],
    ],
    [
      "text that is not commented",
      "// It has an area.",
      "It has an area.",
      [
        '04.ts:6: cell "window": expected commented text, got "It has an area."; ' +
          "start the line with // (an empty one too)",
      ],
    ],
    [
      "an empty line within a text",
      "//\n// It has",
      "\n// It has",
      [
        '04.ts:5: cell "window": expected commented text, got an empty line; ' +
          "start the line with // (an empty one too)",
      ],
    ],
    [
      "an empty cell",
      'import { join } from "node:path";\n',
      "",
      ['04.ts:13: cell "imports": expected code, got an empty cell; fill it or remove it'],
    ],
    [
      "a language on code",
      'id="imports"',
      'id="imports" lang="en"',
      ['04.ts:13: cell "imports": expected lang on a text cell only, got lang="en" on code; drop it'],
    ],
    [
      "code before the first cell",
      "// For the authors.",
      "const a = 1;",
      ['04.ts:1: expected comments before the first cell, got "const a = 1;"; start a cell with // %%'],
    ],
    [
      "a lesson without a title",
      "// # 窗口",
      "// 窗口",
      ['04.ts:3: expected the first cell to open with the title, "# …" in both languages; add it'],
    ],
  ])("names %s", (_, old, replacement, problems) => {
    expect(lesson).toContain(old);
    expect(problemsOf(lesson.replace(old, () => replacement))).toEqual(problems);
  });
});

describe("checkRules()", () => {
  test.each<[string, string, string[]]>([
    [
      "a cell that is not complete by itself",
      "if (true) {",
      ["04.ts:27: cell \"more\": expected a cell that is complete by itself, got: '}' expected."],
    ],
    [
      "a loop at the top level",
      "let n = 0;\nwhile (n < 3) n++;",
      [
        '04.ts:28: cell "more": expected no loop at the top level of a cell, where tslab runs it about 100 times ' +
          "slower; put it in a function or a { block }",
      ],
    ],
    [
      "await with a parenthesis",
      "await (async () => 1)();",
      [
        '04.ts:27: cell "more": expected await without a parenthesis, tslab reads await (…) as a call; ' +
          "name the value first",
      ],
    ],
    [
      "await with a parenthesis beside an import",
      'const one = await (async () => 1)();\nimport "node:fs";',
      [
        '04.ts:27: cell "more": expected await without a parenthesis, tslab reads await (…) as a call; ' +
          "name the value first",
      ],
    ],
    [
      "an import with an ending",
      'import { x } from "./x.ts";',
      ['04.ts:27: cell "more": expected an import without the ending .ts, got "./x.ts"; drop the ending'],
    ],
    [
      "a name that an earlier cell has",
      "const { a: [join] } = { a: [1] };",
      [
        '04.ts:27: cell "more": expected a new name, got join of cell "imports"; rename it, ' +
          "or wrap the cell in a { block }",
      ],
    ],
    [
      "an export",
      "export const a = 1;",
      ['04.ts:27: cell "more": expected no export, a later cell sees every name anyway; drop the word'],
    ],
    [
      "a solution in a cell that is no exercise",
      "function f() {\n  // BEGIN SOLUTION\n  return 1;\n  // END SOLUTION\n}",
      ['04.ts:28: cell "more": expected tags=["exercise"] on a cell with a solution, got none; add the tag'],
    ],
    [
      "a solution that is not closed",
      "function f() {\n  // BEGIN SOLUTION\n  return 1;\n}",
      [
        '04.ts:28: cell "more": expected // END SOLUTION after // BEGIN SOLUTION, got the end of the cell; add it',
      ],
    ],
    [
      "a solution that is not opened",
      "function f() {\n  return 1;\n  // END SOLUTION\n}",
      ['04.ts:29: cell "more": expected // BEGIN SOLUTION before // END SOLUTION, got none; add it'],
    ],
    [
      "a stub without a solution",
      "// STUB: const a = 1;\nconst b = 1;",
      [
        '04.ts:28: cell "more": expected // BEGIN SOLUTION right after // STUB:, got other code; move the stub down',
      ],
    ],
  ])("names %s", (_, cell, problems) => {
    expect(problemsOf(`${lesson}// %% id="more"\n${cell}\n`)).toEqual(problems);
  });

  test("names an exercise without a solution", () => {
    expect(problemsOf(`${lesson}// %% id="more" tags=["exercise"]\nconst a = 1;\n`)).toEqual([
      '04.ts:27: cell "more": expected a solution between // BEGIN SOLUTION and // END SOLUTION in an exercise, ' +
        "got none; add it",
    ]);
  });

  test("names a value that the student form loses, and a stub that ends Run All", () => {
    const cell = "// BEGIN SOLUTION\nconst a = 1;\n// END SOLUTION";
    expect(problemsOf(`${lesson}// %% id="more" tags=["exercise"]\n${cell}\n`)).toEqual([
      '04.ts:27: cell "more": expected a in the student form too, since later cells can use it, got a stub without ' +
        "it; declare it above the solution or in a // STUB: line",
      '04.ts:27: cell "more": expected a stub that lets Run All go on, got todo() at the top level; put the solution ' +
        'in a function, write a // STUB: line, or add the tag "raises-exception"',
    ]);
    const stubbed = `// STUB: const a = 0;\n${cell}`;
    expect(problemsOf(`${lesson}// %% id="more" tags=["exercise"]\n${stubbed}\n`)).toEqual([]);
  });
});

function problemsOf(source: string): string[] {
  try {
    readSource(source, "04.ts");
    return [];
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
}
