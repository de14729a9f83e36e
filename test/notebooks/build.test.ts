import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  buildNotebook,
  compareNotebooks,
  joinChinese,
  notebookFiles,
  readLessons,
  readSource,
  writeNotebooks,
} from "../../kernel-lib/commands/notebook/build.mjs";
import { formatNotebook, parseNotebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { lesson, root, temporaryFolder } from "./fixtures.js";

describe("buildNotebook()", () => {
  const source = readSource(lesson, "04.ts");

  test("puts the text of its language between the code of both", () => {
    const en = buildNotebook(source, "en");
    const zh = buildNotebook(source, "zh");
    expect(en.cells[0].source).toBe("# The window\n\nIt has an area.");
    expect(zh.cells[0].source).toBe("# 窗口\n\n它有面积。");
    expect(zh.cells.slice(1)).toEqual(en.cells.slice(1));
    expect(zh.cells.map(({ id }) => id)).toEqual(["window", "imports", "area", "use"]);
    expect(zh.cells[3].metadata).toEqual({ tags: ["check", "raises-exception"] });
  });

  test("gives the student a stub, and the solved form its solution", () => {
    expect(buildNotebook(source, "en").cells[2].source).toContain("// YOUR CODE HERE\n  return todo();");
    expect(buildNotebook(source, "en", "solved").cells[2].source).toContain("{\n  return width * height;\n}");
  });

  test("writes a file as Jupyter does: sorted keys, one space, lines, a newline at the end", () => {
    const text = formatNotebook(buildNotebook(source, "zh"));
    expect(text.startsWith('{\n "cells": [\n  {\n   "cell_type": "markdown",\n   "id": "window",\n')).toBe(
      true,
    );
    expect(text).toContain('   "source": [\n    "# 窗口\\n",\n    "\\n",\n    "它有面积。"\n   ]\n');
    expect(text).toContain(
      '   "execution_count": null,\n   "id": "imports",\n   "metadata": {},\n   "outputs": [],\n',
    );
    expect(text.endsWith(' "nbformat": 4,\n "nbformat_minor": 5\n}\n')).toBe(true);
    expect(formatNotebook(parseNotebook(text))).toBe(text);
  });
});

describe("joinChinese()", () => {
  test("joins the lines of a paragraph, since a break would be shown as a space", () => {
    expect(joinChinese("一步一步来，\n**先猜一猜**：\n会怎样？")).toBe("一步一步来，**先猜一猜**：会怎样？");
    expect(joinChinese("> 常见的失败：\n> 越过了边缘。")).toBe("> 常见的失败：越过了边缘。");
    expect(joinChinese("调用一次\n`F.conv2d` 就行")).toBe("调用一次`F.conv2d` 就行");
  });

  test("leaves what begins a block of its own, Latin text, and code", () => {
    for (const text of [
      "标题\n\n段落",
      "要点：\n- 一\n- 二",
      "看 at\n(0)",
      "```\n甲\n乙\n```",
      "甲：\n\n$$\nx\n$$",
    ]) {
      expect(joinChinese(text)).toBe(text);
    }
  });
});

describe("a folder of notebooks", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "notebooks", "src"), { recursive: true });
  writeFileSync(join(folder, "notebooks", "src", "04-window.ts"), lesson);
  const files = notebookFiles(readLessons(folder));
  const built = join(folder, "notebooks");

  test("is filled, then left alone", () => {
    expect(writeNotebooks(built, files).map(({ path }) => path)).toEqual([
      "en/04-window.ipynb",
      "zh/04-window.ipynb",
    ]);
    expect(compareNotebooks(built, files)).toEqual([]);
    expect(writeNotebooks(built, files)).toEqual([]);
  });

  test("is compared byte for byte, and a notebook without a source is found and removed", () => {
    writeNotebooks(built, files);
    const en = join(built, "en", "04-window.ipynb");
    writeFileSync(en, readFileSync(en, "utf8").replace("area", "aera"));
    writeFileSync(join(built, "zh", "99-gone.ipynb"), "{}");
    const differences = [
      { path: "en/04-window.ipynb", problem: "out of date" },
      { path: "zh/99-gone.ipynb", problem: "without a source" },
    ];
    expect(compareNotebooks(built, files)).toEqual(differences);
    expect(writeNotebooks(built, files)).toEqual(differences);
    expect(compareNotebooks(built, files)).toEqual([]);
  });

  test("names every broken source and every file with another name", () => {
    writeFileSync(join(folder, "notebooks", "src", "05-broken.ts"), "// %% id=5\n");
    writeFileSync(join(folder, "notebooks", "src", "Draft.ts"), "");
    expect(() => readLessons(folder)).toThrow("notebooks/src/05-broken.ts:1: expected a header such as");
    expect(() => readLessons(folder)).toThrow(
      "notebooks/src/Draft.ts: expected a name like 04-filters.ts, got Draft.ts; rename it or move it away",
    );
  });
});

test("the committed notebooks are what the sources say; npm run notebooks builds them", () => {
  const lessons = readLessons(root);
  expect(compareNotebooks(join(root, "notebooks"), notebookFiles(lessons))).toEqual([]);
});
