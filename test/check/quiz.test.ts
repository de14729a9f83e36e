import { quiz } from "kernel-lib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { letterOf, type Quiz } from "../../kernel-lib/src/check/question";
import { askingSheet, markedSheet, sheetHtml, type Sheet } from "../../kernel-lib/src/check/quizSheet";
import { quizzes } from "../../kernel-lib/src/check/quizzes/index";
import { parseXml } from "../support/xml";

const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The right letter of each question. */
function rightLetters(lesson: string): string[] {
  return (quizzes.get(lesson)?.questions ?? []).map(({ options }) =>
    letterOf(options.findIndex((option) => option.right)),
  );
}

/** The right letters, but for these: a position from 0 to a letter. */
function letters(lesson: string, changed: Record<number, string | undefined>): (string | undefined)[] {
  return Object.assign([...rightLetters(lesson)], changed);
}

/** What `quiz` throws, or nothing. */
function thrown(lesson: string, answers: (string | undefined)[]): string | undefined {
  try {
    quiz(lesson, answers);
    return undefined;
  } catch (error) {
    expect((error as Error).name).toBe("CheckFailed");
    return (error as Error).message;
  }
}

/** The part of the sheet about one question, from 1. */
function about(question: number): string {
  return printed[0].split("\n\n")[question];
}

describe.each([...quizzes.keys()])('quiz("%s")', (lesson) => {
  const { questions } = quizzes.get(lesson)!;

  test("asks, with lettered options, and throws nothing", () => {
    quiz(lesson);
    expect(printed).toHaveLength(1);
    questions.forEach((_, i) => {
      expect(about(i + 1)).toMatch(
        new RegExp(`^${i + 1}\\. .+\n   a\\) .+\n   b\\) .+\n   c\\) .+\n   d\\) .+$`),
      );
    });
    expect(about(questions.length + 1)).toBe(
      `To have your answers marked, write a letter for each of the ${questions.length} questions: ` +
        `quiz("${lesson}", ["…", "…", …])`,
    );
  });

  test("confirms right answers with a reason each", () => {
    expect(thrown(lesson, rightLetters(lesson))).toBe(undefined);
    rightLetters(lesson).forEach((letter, i) => {
      expect(about(i + 1)).toMatch(new RegExp(`^${i + 1}\\. .+\n   ✓ ${letter}\\) .+\n   .{15,}$`));
    });
    expect(about(questions.length + 1)).toBe(`✓ Quiz ${lesson}: all ${questions.length} right`);
  });

  test("speaks Chinese where the lesson does", () => {
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    quiz(lesson);
    expect(printed[0]).toMatch(new RegExp(`^第 ${lesson} 课小测 · `));
    expect(about(1)).toMatch(/^1\. .*[\u4e00-\u9fff].*[。？]\n {3}a\) /);
    expect(about(questions.length + 1)).toMatch(/^要批改答案，请给 \d 个问题各写一个字母：quiz\(/);
    quiz(lesson, rightLetters(lesson).slice(0, 1));
    expect(printed[1]).toMatch(/\n {3}✓ [abcd]\) .+\n {3}.+[。？]\n[^]+\n {3}○ 尚未作答\n/);
    quiz(lesson, rightLetters(lesson));
    expect(printed[2]).toMatch(new RegExp(`✓ 第 ${lesson} 课小测：\\d 题全部答对$`));
  });
});

describe("quiz()", () => {
  test("gives a wrong answer its reason, marks the others too, and throws", () => {
    const message = "✗ Quiz 4: 6 of 8 right; think again about 2, 7";
    expect(thrown("4", letters("4", { 1: "d", 6: "a" }))).toBe(message);
    expect(about(2)).toMatch(
      /\n {3}✗ d\) 3\n {3}That counts the ink\. What is each of the three pixels multiplied by\?$/,
    );
    expect(about(7)).toMatch(/\n {3}✗ a\) 1\n {3}That is what one stop adds\. .+$/);
    expect(about(8)).toMatch(/\n {3}✓ b\) 7 × 7\n/);
    expect(about(9)).toBe(message);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    expect(thrown("4", letters("4", { 1: "d", 6: "a" }))).toBe(
      "✗ 第 4 课小测：8 题中答对 6 题；请再想想第 2、7 题",
    );
  });

  test.each([
    ["an empty letter", letters("4", { 0: "", 2: "" }), 2],
    ["undefined", letters("4", { 3: undefined }), 1],
    ["a tail left out", rightLetters("4").slice(0, 3), 5],
    ["every letter empty, as the lesson begins with,", new Array<string>(8).fill(""), 8],
    ["no answer at all", [], 8],
  ])("takes %s for not answered yet, and throws nothing", (_, answers, open) => {
    expect(thrown("4", answers)).toBe(undefined);
    expect(printed[0].split("○ not answered yet")).toHaveLength(open + 1);
    expect(about(9)).toBe(`○ Quiz 4: ${8 - open} of 8 right, ${open} not answered yet`);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    thrown("4", answers);
    expect(printed[1].endsWith(`○ 第 4 课小测：8 题中答对 ${8 - open} 题，还有 ${open} 题未答`)).toBe(true);
  });

  test("throws for a wrong answer beside one that is open", () => {
    expect(thrown("4", ["d"])).toBe("✗ Quiz 4: 0 of 8 right; think again about 1");
  });

  test("takes capitals and spaces", () => {
    expect(thrown("8", rightLetters("8").map((letter) => ` ${letter.toUpperCase()} `))).toBe(undefined); // prettier-ignore
  });

  test("says of a wrong answer nothing about the others", () => {
    const [{ options }] = quizzes.get("8")!.questions;
    for (const [option, { right }] of options.entries()) {
      if (right) continue;
      printed.length = 0;
      thrown("8", [letterOf(option)]);
      const [, chosen, ...reason] = about(1).split("\n");
      expect(chosen).toMatch(new RegExp(`^   ✗ ${letterOf(option)}\\) `));
      expect(reason).toHaveLength(1);
    }
  });
});

describe("a quiz in a notebook", () => {
  const first = (found: Quiz): Sheet => markedSheet(found, found.questions.map(() => 0), "done"); // prettier-ignore

  test.each([...quizzes.values()])("is HTML that parses, for lesson $lesson", (found) => {
    for (const sheet of [askingSheet(found, "done"), first(found)]) {
      const { text } = parseXml(sheetHtml(sheet));
      expect(text.endsWith("done")).toBe(true);
      for (const { ask } of sheet.questions) expect(text).toContain(ask.replaceAll("`", ""));
    }
  });

  test("shows code as code, and nothing unescaped", () => {
    const option = { text: "<b>&", right: true, why: "<script>" };
    const odd = { lesson: "<9>", title: '"', questions: [{ ask: "is `a < b`?", options: [option] }] };
    const html = sheetHtml(markedSheet(odd, [0], "1 < 2"));
    expect(html).toContain("is <code>a &lt; b</code>?");
    expect(html).toContain("<li>✓ a) &lt;b&gt;&amp;</li><li>&lt;script&gt;</li>");
    expect(html).toContain("<b>1 &lt; 2</b>");
    expect(html).toContain("Quiz &lt;9&gt; · &quot;");
  });
});
