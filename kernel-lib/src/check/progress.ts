import { escapeXml } from "../display/escape.js";
import { say, type Text } from "../display/language.js";
import { exercises } from "./exercises/index.js";
import { print } from "./print.js";
import { quizzes } from "./quizzes/index.js";
import { readRecord, reasonOf, recordFile, type Entries, type Outcome } from "./record.js";

/** Something that can be passed. */
interface Item {
  /** As in the record: "4.1", "quiz-4". */
  id: string;
  lesson: string;
  name: string;
}

/** What is shown: a line for a lesson or for something in it, and how that stands. */
interface Row {
  head: boolean;
  name: string;
  standing: string;
}

const STATES: Record<Outcome | "open", { sign: string; word: Text }> = {
  passed: { sign: "✓", word: { en: "passed", zh: "已通过" } },
  tried: { sign: "✗", word: { en: "tried", zh: "试过" } },
  open: { sign: "○", word: { en: "not tried", zh: "未开始" } },
};

/**
 * Show which exercises and quizzes are passed, tried, or still to do. `check` and `quiz` keep that in `progress.txt` of
 * the folder that `npm start` lays the lessons into, and nowhere else; in another place nothing is kept.
 */
export function progress(): void {
  const file = recordFile();
  if (file === null) {
    console.log(
      say({
        en: "Nothing is kept here: progress belongs to the folder that npm start lays the lessons into.",
        zh: "这里不做记录：进度只记在 npm start 放置课程的文件夹里。",
      }),
    );
    return;
  }
  try {
    show(file, readRecord(file));
  } catch (error) {
    console.log(
      say({
        en: `The record ${file} cannot be read: ${reasonOf(error)}`,
        zh: `记录 ${file} 无法读取：${reasonOf(error)}`,
      }),
    );
  }
}

function show(file: string, { outcomes, strange }: Entries): void {
  const rows = rowsOf(outcomes);
  const notes = [
    say({ en: "Together: ", zh: "合计：" }) + countOf(items(), outcomes),
    ...(strange > 0 ? [strangeLines(file, strange)] : []),
  ];
  const colon = say({ en: ": ", zh: "：" });
  const lines = rows.map(({ head, name, standing }) => `${head ? "" : "  "}${name}${colon}${standing}`);
  const table = rows.map(({ head, name, standing }) => {
    const cell = (text: string): string => {
      const tag = head ? "th" : "td";
      return `<${tag} style="text-align:left">${escapeXml(text)}</${tag}>`;
    };
    return `<tr>${cell(name)}${cell(standing)}</tr>`;
  });
  const paragraphs = notes.map((note) => `<p>${escapeXml(note)}</p>`);
  print([...lines, ...notes].join("\n"), `<table>${table.join("")}</table>${paragraphs.join("")}`);
}

/** Lesson by lesson, its name with a count, then what is in it. */
function rowsOf(outcomes: Entries["outcomes"]): Row[] {
  const all = items();
  const lessons = [...new Set(all.map(({ lesson }) => lesson))].sort((a, b) => Number(a) - Number(b));
  return lessons.flatMap((lesson) => {
    const own = all.filter((item) => item.lesson === lesson);
    const title = quizzes.get(lesson)?.title;
    const name = say({ en: `Lesson ${lesson}`, zh: `第 ${lesson} 课` }) + (title ? ` · ${say(title)}` : "");
    const rows = own.map((item) => {
      const { sign, word } = STATES[outcomes.get(item.id) ?? "open"];
      return { head: false, name: `${sign} ${item.name}`, standing: say(word) };
    });
    return [{ head: true, name, standing: countOf(own, outcomes) }, ...rows];
  });
}

/** Everything that can be passed; a lesson's quiz comes after its exercises. */
function items(): Item[] {
  const tasks = [...exercises.values()].map(({ id, title }) => ({
    id,
    lesson: id.split(".")[0],
    name: `${id} ${say(title)}`,
  }));
  const asked = [...quizzes.keys()].map((lesson) => ({
    id: `quiz-${lesson}`,
    lesson,
    name: `quiz("${lesson}")`,
  }));
  return [...tasks, ...asked];
}

function countOf(some: readonly Item[], outcomes: Entries["outcomes"]): string {
  const passed = some.filter(({ id }) => outcomes.get(id) === "passed").length;
  return say({ en: `${passed} of ${some.length} passed`, zh: `${some.length} 项中已通过 ${passed} 项` });
}

function strangeLines(file: string, count: number): string {
  const [lines, stay] = count === 1 ? ["line", "stays as it is"] : ["lines", "stay as they are"];
  return say({
    en: `${count} ${lines} of ${file} cannot be read and ${stay}; an entry looks like "4.1 passed".`,
    zh: `${file} 中有 ${count} 行无法识别，保持原样；一条记录形如“4.1 passed”。`,
  });
}
