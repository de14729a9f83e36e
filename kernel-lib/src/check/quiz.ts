import { say } from "../display/language.js";
import { CheckFailed } from "./check.js";
import { print } from "./print.js";
import { letterOf, type Quiz } from "./question.js";
import { askingSheet, markedSheet, sheetHtml, sheetText, type Choices, type Sheet } from "./quizSheet.js";
import { quizzes } from "./quizzes/index.js";
import { note } from "./record.js";

/**
 * Ask the questions of a lesson, or mark the answers. A right answer is told why it is right; a wrong one gets
 * something to think about, and when all are marked the call throws. `progress` shows what is passed.
 *
 * @param lesson  as in the lesson: "4"
 * @param answers a letter for each question, in order; "" or `undefined` leaves one open
 * @throws {CheckFailed} if an answer is wrong
 * @throws {RangeError} if there is no such quiz, no such option, or there are more answers than questions
 * @throws {TypeError} if the answers are no array of letters
 */
export function quiz(lesson: string, answers?: readonly (string | undefined)[]): void {
  const found = find(lesson);
  if (answers === undefined) return show(askingSheet(found, invitation(found)));
  const choices = choicesOf(found, answers);
  const verdicts = choices.map((choice, i) =>
    choice === null ? null : found.questions[i].options[choice].right,
  );
  const standing = standingOf(lesson, verdicts);
  show(markedSheet(found, choices, standing));
  if (verdicts.every((verdict) => verdict)) note(`quiz-${lesson}`, "passed");
  else if (verdicts.some((verdict) => verdict !== null)) note(`quiz-${lesson}`, "tried");
  if (verdicts.includes(false)) throw new CheckFailed(standing);
}

function show(sheet: Sheet): void {
  print(sheetText(sheet), sheetHtml(sheet));
}

function invitation({ lesson, questions }: Quiz): string {
  return say({
    en: `To have your answers marked, write a letter for each of the ${questions.length} questions: quiz("${lesson}", ["…", "…", …])`,
    zh: `要批改答案，请给 ${questions.length} 个问题各写一个字母：quiz("${lesson}", ["…", "…", …])`,
  });
}

/** One line that says how many are right, and which ones to think about again. */
function standingOf(lesson: string, verdicts: readonly (boolean | null)[]): string {
  const all = verdicts.length;
  const right = verdicts.filter((verdict) => verdict).length;
  const open = verdicts.filter((verdict) => verdict === null).length;
  const wrong = verdicts.flatMap((verdict, i) => (verdict === false ? [i + 1] : []));
  if (wrong.length > 0) {
    return say({
      en: `✗ Quiz ${lesson}: ${right} of ${all} right; think again about ${wrong.join(", ")}`,
      zh: `✗ 第 ${lesson} 课小测：${all} 题中答对 ${right} 题；请再想想第 ${wrong.join("、")} 题`,
    });
  }
  if (open > 0) {
    return say({
      en: `○ Quiz ${lesson}: ${right} of ${all} right, ${open} not answered yet`,
      zh: `○ 第 ${lesson} 课小测：${all} 题中答对 ${right} 题，还有 ${open} 题未答`,
    });
  }
  return say({ en: `✓ Quiz ${lesson}: all ${all} right`, zh: `✓ 第 ${lesson} 课小测：${all} 题全部答对` });
}

function find(lesson: string): Quiz {
  const found = quizzes.get(lesson);
  if (found) return found;
  const known = [...quizzes.keys()].map((each) => JSON.stringify(each)).join(", ");
  throw new RangeError(
    `quiz: expected a lesson that has a quiz, one of ${known}, got ${JSON.stringify(lesson)}`,
  );
}

function choicesOf(quiz: Quiz, answers: readonly (string | undefined)[]): Choices {
  const { lesson, questions } = quiz;
  if (!Array.isArray(answers)) {
    throw new TypeError(
      `quiz: expected answers as an array of letters, got ${JSON.stringify(answers)};\n` +
        `write quiz("${lesson}", ["…", "…", …]), and "" where you have no answer yet`,
    );
  }
  if (answers.length > questions.length) {
    throw new RangeError(
      `quiz: expected at most ${questions.length} answers, one a question, got ${answers.length};\n` +
        `quiz("${lesson}") shows the questions`,
    );
  }
  return questions.map((question, i) => choiceOf(answers[i] as unknown, i, question.options.length));
}

function choiceOf(answer: unknown, question: number, options: number): number | null {
  if (answer === undefined || answer === "") return null;
  const which = `answer ${question + 1}`;
  if (typeof answer !== "string") {
    throw new TypeError(`quiz: expected ${which} as a letter in quotes, got ${JSON.stringify(answer)}`);
  }
  const letters = Array.from({ length: options }, (_, option) => letterOf(option));
  const choice = letters.indexOf(answer.trim().toLowerCase());
  if (choice >= 0) return choice;
  throw new RangeError(
    `quiz: expected ${which} as one of ${letters.join(", ")}, or "" to leave it open, got ${JSON.stringify(answer)}`,
  );
}
