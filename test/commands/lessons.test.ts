import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fingerprint, layFresh, layLessons } from "../../kernel-lib/commands/steps/lessons.mjs";
import { speak } from "../../kernel-lib/commands/steps/say.mjs";
import { put, scratchFolder } from "./scratch.js";

const NAME = "en/04-filters.ipynb";

function notebook(...sources: string[]) {
  return {
    cells: sources.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: { tags: ["exercise"] } as Record<string, unknown>,
      execution_count: null as number | null,
      outputs: [] as object[],
      source: source.split(/(?<=\n)/),
    })),
    metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } } as object,
    nbformat: 4,
    nbformat_minor: 5,
  };
}

let from: string;
let to: string;
let said: string[];
const lay = () => layLessons({ from, to });
const mine = (name = NAME) => readFileSync(join(to, name), "utf8");
const ship = (...sources: string[]) => put(from, NAME, notebook(...sources));
const files = (language = "en") => readdirSync(join(to, language)).sort();

beforeEach(() => {
  const folder = scratchFolder();
  [from, to] = [join(folder, "notebooks"), join(folder, "work")];
  speak("en");
  said = [];
  vi.spyOn(console, "log").mockImplementation((line) => void said.push(line));
  return () => vi.restoreAllMocks();
});

describe("layLessons()", () => {
  test("lays every lesson of both languages, byte for byte", () => {
    ship("1 + 1");
    put(from, "zh/04-filters.ipynb", notebook("1 + 2"));
    expect(lay()).toEqual([NAME, "zh/04-filters.ipynb"]);
    expect(mine()).toBe(readFileSync(join(from, NAME), "utf8"));
  });

  test("does nothing the second time", () => {
    ship("1 + 1");
    lay();
    expect(lay()).toEqual([]);
    expect(said).toEqual([]);
  });

  test("replaces a copy that nobody touched by the updated lesson", () => {
    ship("1 + 1");
    lay();
    ship("1 + 2");
    expect(lay()).toEqual([NAME]);
    expect(mine()).toContain("1 + 2");
    expect(files()).toEqual(["04-filters.ipynb"]);
  });

  test("keeps a copy with another source, and lays the updated lesson beside it, once", () => {
    ship("1 + 1");
    lay();
    put(to, NAME, notebook("my answer"));
    const before = mine();
    expect(lay()).toEqual([]); // no update, nothing to offer
    ship("1 + 2");
    expect(lay()).toEqual(["en/04-filters (new).ipynb"]);
    expect(said.join()).toContain("You have changed en/04-filters.ipynb, so it stays");
    expect(mine()).toBe(before);
    expect(mine("en/04-filters (new).ipynb")).toContain("1 + 2");
    expect(lay()).toEqual([]);
    expect(files()).toEqual(["04-filters (new).ipynb", "04-filters.ipynb"]);
  });

  test("keeps a copy that was only run: its outputs are the learner's", () => {
    ship("1 + 1");
    lay();
    const run = notebook("1 + 1");
    run.cells[0].outputs = [{ output_type: "stream", name: "stdout", text: "2" }];
    put(to, NAME, run);
    const before = mine();
    ship("1 + 2");
    expect(lay()).toEqual(["en/04-filters (new).ipynb"]);
    expect(mine()).toBe(before);
  });

  test.each([
    ["a tag", (nb: ReturnType<typeof notebook>) => (nb.cells[0].metadata.tags = [])],
    ["a cell more", (nb: ReturnType<typeof notebook>) => nb.cells.push(notebook("note").cells[0])],
    ["a cell less", (nb: ReturnType<typeof notebook>) => nb.cells.pop()],
    ["the order", (nb: ReturnType<typeof notebook>) => nb.cells.reverse()],
    ["a cell's type", (nb: ReturnType<typeof notebook>) => (nb.cells[0].cell_type = "markdown")],
  ])("keeps a copy in which %s was changed", (_, change) => {
    ship("1 + 1", "2 + 2");
    lay();
    const changed = notebook("1 + 1", "2 + 2");
    change(changed);
    put(to, NAME, changed);
    const before = mine();
    ship("1 + 3");
    lay();
    expect(mine()).toBe(before);
  });

  test("takes a copy that JupyterLab merely opened and saved for untouched", () => {
    ship("a\nb");
    lay();
    const saved = notebook("a\nb");
    saved.metadata = {
      language_info: { name: "typescript", version: "5.0" },
      kernelspec: { language: "typescript", name: "tslab", display_name: "TypeScript" },
    };
    saved.cells[0].metadata = { trusted: true, tags: ["exercise"], execution: {} };
    saved.cells[0].id = "other";
    put(to, NAME, { ...saved, cells: saved.cells.map((cell) => ({ ...cell, source: "a\nb" })) });
    ship("c");
    expect(lay()).toEqual([NAME]);
    expect(mine()).toContain('"c"');
  });

  test("renews a lesson laid beside, unless that one was touched too", () => {
    ship("1");
    lay();
    put(to, NAME, notebook("my answer"));
    ship("2");
    lay();
    ship("3");
    expect(lay()).toEqual(["en/04-filters (new).ipynb"]);
    expect(mine("en/04-filters (new).ipynb")).toContain('"3"');
    put(to, "en/04-filters (new).ipynb", notebook("my second answer"));
    ship("4");
    expect(lay()).toEqual(["en/04-filters (new 2).ipynb"]);
    expect(mine("en/04-filters (new).ipynb")).toContain("my second answer");
  });

  test("lays a lesson again that the learner deleted", () => {
    ship("1 + 1");
    lay();
    rmSync(join(to, NAME));
    expect(lay()).toEqual([NAME]);
  });

  test("leaves a lesson that the course no longer has, and a file of the learner's own", () => {
    ship("1 + 1");
    lay();
    put(to, "en/mine.ipynb", "mine");
    rmSync(join(from, NAME));
    expect(lay()).toEqual([]);
    expect(files()).toEqual(["04-filters.ipynb", "mine.ipynb"]);
  });

  test.each([
    ["cut short", '{"laid": {'],
    ["of another form", '{"laid": null}'],
    ["of another form inside", `{"laid": {"${NAME}": 7}}`],
    ["missing", undefined],
  ])("overwrites nothing when its record is %s", (_, content) => {
    ship("1 + 1");
    lay();
    put(to, NAME, notebook("my answer"));
    if (content === undefined) rmSync(join(to, ".lessons.json"));
    else put(to, ".lessons.json", content);
    ship("1 + 2");
    expect(lay()).toEqual(["en/04-filters (new).ipynb"]);
    expect(mine()).toContain("my answer");
    expect(lay()).toEqual([]); // the record is whole again
  });

  test("keeps a copy that is no notebook any more", () => {
    ship("1 + 1");
    lay();
    writeFileSync(join(to, NAME), "{ half");
    ship("1 + 2");
    lay();
    expect(mine()).toBe("{ half");
  });

  test("goes on with the other lessons when one cannot be read, and says so", () => {
    ship("1 + 1");
    put(from, "en/08-whole-cnn.ipynb", notebook("2"));
    mkdirSync(join(to, NAME), { recursive: true }); // a folder by the name of a lesson
    expect(lay()).toEqual(["en/08-whole-cnn.ipynb"]);
    expect(said.join()).toMatch(/^Left en\/04-filters.ipynb as it is: EISDIR/);
  });

  test("leaves no drafts behind", () => {
    ship("1 + 1");
    lay();
    ship("1 + 2");
    lay();
    expect(readdirSync(to, { recursive: true }).filter((name) => String(name).includes(".part"))).toEqual([]);
  });
});

describe("layFresh()", () => {
  test("lays a copy beside the learner's, each time under a name of its own", () => {
    ship("1 + 1");
    lay();
    put(to, NAME, notebook("my answer"));
    expect(layFresh("04", "en", { from, to })).toBe("en/04-filters (fresh).ipynb");
    expect(layFresh("04-filters", "en", { from, to })).toBe("en/04-filters (fresh 2).ipynb");
    expect(mine()).toContain("my answer");
    expect(mine("en/04-filters (fresh 2).ipynb")).toContain("1 + 1");
  });

  test("names the lessons there are when asked for another", () => {
    ship("1 + 1");
    expect(() => layFresh("0", "en", { from, to })).toThrow("There is no lesson 0; the lessons are 04.");
    expect(existsSync(to)).toBe(false);
  });
});

test("fingerprint() sees the sources, not how the file writes them", () => {
  const one = JSON.stringify(notebook("a\nb"));
  const other = JSON.stringify({
    ...notebook("a\nb"),
    cells: [{ ...notebook("a\nb").cells[0], source: "a\nb" }],
  });
  expect(fingerprint(one)).toBe(fingerprint(other));
  expect(fingerprint(one)).not.toBe(fingerprint(JSON.stringify(notebook("a\nc"))));
});
