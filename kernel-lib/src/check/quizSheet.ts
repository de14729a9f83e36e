import { escapeXml } from "../display/escape.js";
import { say } from "../display/language.js";
import { letterOf, type Option, type Question, type Quiz } from "./question.js";

/** The option that was chosen for each question; `null` leaves it open. */
export type Choices = readonly (number | null)[];

/** A quiz on paper, in the reader's language. */
export interface Sheet {
  title: string;
  /** What stands below each question. */
  questions: { ask: string; lines: string[] }[];
  /** How it stands, or what to do. */
  last: string;
}

/** The questions with their options. */
export function askingSheet(quiz: Quiz, last: string): Sheet {
  return sheetOf(quiz, last, ({ options }) => options.map((option, i) => optionLine(option, i)));
}

/** The questions with what was chosen, and why that is right or what to think about. */
export function markedSheet(quiz: Quiz, choices: Choices, last: string): Sheet {
  return sheetOf(quiz, last, ({ options }, i) => {
    const choice = choices[i];
    if (choice === null) return [say({ en: "○ not answered yet", zh: "○ 尚未作答" })];
    const { right, why } = options[choice];
    return [`${right ? "✓" : "✗"} ${optionLine(options[choice], choice)}`, say(why)];
  });
}

export function sheetText({ title, questions, last }: Sheet): string {
  const asked = questions.map(({ ask, lines }, i) => [`${i + 1}. ${ask}`, ...lines].join("\n   "));
  return [title, ...asked, last].join("\n\n");
}

export function sheetHtml({ title, questions, last }: Sheet): string {
  const asked = questions.map(({ ask, lines }) => {
    const items = lines.map((line) => `<li>${marked(line)}</li>`).join("");
    return `<li style="margin-bottom:1em">${marked(ask)}<ul style="list-style:none;margin:0;padding-left:1em">${items}</ul></li>`;
  });
  return `<div><b>${escapeXml(title)}</b><ol>${asked.join("")}</ol><b>${escapeXml(last)}</b></div>`;
}

function sheetOf(quiz: Quiz, last: string, linesOf: (question: Question, i: number) => string[]): Sheet {
  const number = say({ en: `Quiz ${quiz.lesson}`, zh: `第 ${quiz.lesson} 课小测` });
  const questions = quiz.questions.map((question, i) => ({
    ask: say(question.ask),
    lines: linesOf(question, i),
  }));
  return { title: `${number} · ${say(quiz.title)}`, questions, last };
}

function optionLine({ text }: Option, option: number): string {
  return `${letterOf(option)}) ${say(text)}`;
}

/** Text as HTML, with `code` as code. */
function marked(text: string): string {
  return escapeXml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}
