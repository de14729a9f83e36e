/** What `check` and `quiz` keep, and what `progress` shows of it. Each test has a folder of its own. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, progress, quiz, todo } from "kernel-lib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { compiled, type Compiled } from "../support/compiled";
import { underTslab } from "../support/fakeTslab";
import { parseXml } from "../support/xml";

const RIGHT_04 = ["a", "b", "c", "d", "a", "c", "c", "b"];
const same = <T>(x: T): T => x;
const kernels = () => ({
  edge: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
  blur: new Array(3).fill(new Array(3).fill(1 / 9)) as number[][],
  diagonal: [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]],
}); // prettier-ignore

let folder: string;
let file: string;
const printed: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "progress-"));
  file = join(folder, "progress.txt");
  printed.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const kept = (): string => readFileSync(file, "utf8");
const attempt = (run: () => void): void => expect(run).toThrow(/^✗/);
/** What progress() prints. */
function shown(): string {
  printed.length = 0;
  progress();
  expect(printed).toHaveLength(1);
  return printed[0];
}

test("no test counts as a learner's: by itself nothing is kept", () => {
  expect(process.env.KERNEL_LIB_PROGRESS).toBe("none");
  check("4.3", kernels);
  expect(shown()).toBe(
    "Nothing is kept here: progress belongs to the folder that npm start lays the lessons into.",
  );
  vi.stubEnv("KERNEL_LIB_LANG", "zh");
  expect(shown()).toBe("这里不做记录：进度只记在 npm start 放置课程的文件夹里。");
});

describe("a record", () => {
  beforeEach(() => void vi.stubEnv("KERNEL_LIB_PROGRESS", file));

  test("holds a line for what check and quiz found, and none for what is open", () => {
    check("4.1", () => todo());
    quiz("4");
    quiz("4", ["", undefined]);
    expect(existsSync(file)).toBe(false);
    attempt(() => check("4.1", () => 0));
    attempt(() => check("4.2", 5));
    check("4.3", kernels);
    quiz("4", ["a"]);
    expect(kept()).toBe("4.1 tried\n4.2 tried\n4.3 passed\nquiz-4 tried\n");
  });

  test("says a thing once, turns tried into passed, and never takes a pass back", () => {
    attempt(() => check("4.3", same));
    attempt(() => check("4.3", same));
    check("4.3", kernels);
    check("4.3", kernels);
    attempt(() => check("4.3", same));
    expect(kept()).toBe("4.3 tried\n4.3 passed\n");
    attempt(() => quiz("4", ["b"]));
    quiz("4", RIGHT_04);
    attempt(() => quiz("4", ["b"]));
    expect(kept()).toBe("4.3 tried\n4.3 passed\nquiz-4 tried\nquiz-4 passed\n");
  });

  test("does not note what is refused", () => {
    expect(() => check("99.1", same)).toThrow(RangeError);
    expect(() => quiz("4", ["z"])).toThrow(RangeError);
    expect(existsSync(file)).toBe(false);
  });

  test("is shown lesson by lesson, with counts", () => {
    writeFileSync(file, "4.1 passed\n4.2 tried\nquiz-4 passed\n8.4 passed\n");
    expect(shown().split("\n")).toEqual([
      "Lesson 4 · Filters: 2 of 5 passed",
      "  ✓ 4.1 Convolution by hand: passed",
      expect.stringMatching(/^ {2}✗ 4\.2 .+: tried$/),
      expect.stringMatching(/^ {2}○ 4\.3 .+: not tried$/),
      expect.stringMatching(/^ {2}○ 4\.4 .+: not tried$/),
      '  ✓ quiz("4"): passed',
      "Lesson 8 · The whole CNN: 1 of 5 passed",
      expect.stringMatching(/^ {2}○ 8\.1 .+: not tried$/),
      expect.stringMatching(/^ {2}○ 8\.2 .+: not tried$/),
      expect.stringMatching(/^ {2}○ 8\.3 .+: not tried$/),
      expect.stringMatching(/^ {2}✓ 8\.4 .+: passed$/),
      '  ○ quiz("8"): not tried',
      "Together: 3 of 10 passed",
    ]);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    const lines = shown().split("\n");
    expect(lines.slice(0, 3)).toEqual([
      "第 4 课 · 滤波器：5 项中已通过 2 项",
      "  ✓ 4.1 手写卷积：已通过",
      expect.stringMatching(/^ {2}✗ 4\.2 .+：试过$/),
    ]);
    expect(lines.at(-1)).toBe("合计：10 项中已通过 3 项");
  });

  test("that is not there yet shows nothing tried", () => {
    expect(shown()).toMatch(/Together: 0 of 10 passed$/);
    expect(existsSync(file)).toBe(false);
  });

  test("keeps the entries of another version of the course, and Windows' line ends", () => {
    writeFileSync(file, "4.1 passed\r\n17.3 passed\r\n");
    check("4.3", kernels);
    expect(kept()).toBe("4.1 passed\r\n17.3 passed\r\n4.3 passed\n");
    expect(shown()).toMatch(/Together: 2 of 10 passed$/);
  });

  test("with damaged lines loses none of them, counts the others, and says so", () => {
    const damaged = '4.1 passed\n{"4.2":"pas\0\n4.2\n8.1 passe'; // the last was cut off
    writeFileSync(file, damaged);
    check("4.3", kernels);
    expect(kept()).toBe(`${damaged}\n4.3 passed\n`);
    expect(shown()).toContain(
      "Together: 2 of 10 passed\n" +
        `3 lines of ${file} cannot be read and stay as they are; an entry looks like "4.1 passed".`,
    );
    writeFileSync(file, "what?\n");
    expect(shown()).toMatch(/\n1 line of .+ cannot be read and stays as it is; /);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    expect(shown()).toContain(`\n${file} 中有 1 行无法识别，保持原样；一条记录形如“4.1 passed”。`);
  });

  test("that cannot be read does not keep an exercise from counting", () => {
    mkdirSync(file);
    check("4.3", kernels);
    expect(printed).toEqual([expect.stringMatching(/^✓ 4\.3/), `(not noted in ${file}: EISDIR)`]);
    expect(shown()).toBe(`The record ${file} cannot be read: EISDIR`);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    expect(shown()).toBe(`记录 ${file} 无法读取：EISDIR`);
  });

  test("that cannot be written does not keep an exercise from counting", () => {
    const nowhere = join(folder, "gone", "progress.txt");
    vi.stubEnv("KERNEL_LIB_PROGRESS", nowhere);
    check("4.3", kernels);
    quiz("4", RIGHT_04);
    attempt(() => check("4.3", same));
    expect(printed.filter((line) => line === `(not noted in ${nowhere}: ENOENT)`)).toHaveLength(3);
    expect(readdirSync(folder)).toEqual([]);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    check("4.3", kernels);
    expect(printed.at(-1)).toBe(`（没能记入 ${nowhere}：ENOENT）`);
  });
});

describe("in a process of its own", () => {
  let library: Compiled;
  beforeAll(() => {
    library = compiled();
  });
  afterAll(() => library.remove());

  /** Run a script in a folder, as a notebook's kernel does. */
  function runIn(cwd: string, script: string): Promise<string> {
    const code = `const lib = await import(${JSON.stringify(library.url)}); ${script}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      cwd,
      env: { ...process.env, KERNEL_LIB_PROGRESS: "" },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
    return new Promise((resolve) => child.on("close", () => resolve(said)));
  }
  const wrong = (id: string): string => `try { lib.check("${id}", 1) } catch {}`;

  test("the record lies in the nearest folder upwards that lessons were laid into", async () => {
    const notebooks = join(folder, "zh", "mine");
    mkdirSync(notebooks, { recursive: true });
    writeFileSync(join(folder, ".lessons.json"), "{}");
    expect(await runIn(notebooks, `${wrong("4.1")} lib.progress();`)).toMatch(/^第 4 课[^]+✗ 4\.1/);
    expect(kept()).toBe("4.1 tried\n");
    expect(readdirSync(notebooks)).toEqual([]);
  });

  test("outside of such a folder nothing is written, and progress() says so", async () => {
    expect(await runIn(folder, `${wrong("4.1")} lib.progress();`)).toMatch(/^Nothing is kept here: /);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("notebooks that write at the same time keep what each of them found", async () => {
    writeFileSync(join(folder, ".lessons.json"), "{}");
    const ids = ["4.1", "4.2", "4.3", "4.4", "8.1", "8.2", "8.3", "8.4"];
    const start = Date.now() + 2_000;
    const together = `while (Date.now() < ${start});`; // loading takes longer for some than for others
    await Promise.all(
      [ids.slice(0, 4), ids.slice(4)].map((own) => runIn(folder, together + own.map(wrong).join(";"))),
    );
    const lines = kept().trimEnd().split("\n");
    expect(lines.sort()).toEqual(ids.map((id) => `${id} tried`));
  });

  test("a page without Node's modules keeps nothing and does not fail", async () => {
    const page = `process.getBuiltinModule = undefined; ${wrong("4.1")} lib.progress();`;
    writeFileSync(join(folder, ".lessons.json"), "{}");
    expect(await runIn(folder, page)).toMatch(/^Nothing is kept here: /);
    expect(readdirSync(folder)).toEqual([".lessons.json"]);
  });

  test("a notebook shows a table, and the quiz as HTML before it throws", () => {
    writeFileSync(file, "4.1 passed\n4.2 tr\n");
    const { messages, text } = underTslab(
      library,
      'lib.progress(); try { lib.quiz("4", ["b"]); } catch (error) { console.log(error.message); }',
      { KERNEL_LIB_PROGRESS: file },
    );
    expect(text).toBe("✗ Quiz 4: 0 of 8 right; think again about 1\n");
    const [table, sheet] = messages.map(({ data }) => data["text/html"] as string);
    const cells = parseXml(`<main>${table}</main>`);
    expect(cells.children[0].children.map(({ children }) => children.map((cell) => cell.text))).toEqual(
      expect.arrayContaining([
        ["Lesson 4 · Filters", "1 of 5 passed"],
        ["✓ 4.1 Convolution by hand", "passed"],
        ['○ quiz("4")', "not tried"],
      ]),
    );
    expect(cells.text).toContain("1 line of ");
    expect(parseXml(sheet).text).toContain("✗ b) 4 × 4The fourth window would begin in column 6");
    expect(messages[0].data["text/plain"]).toMatch(/^Lesson 4 · Filters: 1 of 5 passed\n/);
  });
});
