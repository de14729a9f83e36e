import { say, type Text } from "../display/language.js";
import { firstDifference, written } from "./compare.js";
import type { AnyExercise, Trial } from "./exercise.js";
import { exercises } from "./exercises/index.js";
import { note } from "./record.js";
import { NotAttempted } from "./todo.js";

/** A wrong answer, with its smallest counter-example. */
export class CheckFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CheckFailed";
  }
}

/**
 * Check an exercise. A stub that still holds `todo()` is told what to do and does not throw; a right answer is
 * praised; a wrong one gets the smallest counter-example (input, expected, got) and a hint. `progress` shows what is
 * passed.
 *
 * @param id     as in the lesson: "4.1"
 * @param answer the learner's function
 * @throws {CheckFailed} for a wrong answer
 * @throws {RangeError} if there is no such exercise
 */
export function check(id: string, answer: unknown): void {
  const exercise = find("check", id);
  try {
    if (attempt(exercise, answer)) note(id, "passed");
  } catch (error) {
    if (error instanceof CheckFailed) note(id, "tried");
    throw error;
  }
}

/** Put an answer to every trial. Returns whether it stood them all; an exercise that is not attempted stands none. */
function attempt(exercise: AnyExercise, answer: unknown): boolean {
  const { id } = exercise;
  const title = `${id} ${say(exercise.title)}`;
  if (typeof answer !== "function") {
    throw new CheckFailed(
      `✗ ${title}\n${say({ en: "expected a function, got", zh: "应传入一个函数，却得到" })} ${written(answer)}`,
    );
  }
  let passed = 0;
  try {
    for (const trial of exercise.trials(answer)) {
      judge(exercise, title, trial);
      passed++;
    }
  } catch (error) {
    if (!(error instanceof NotAttempted)) throw error;
    console.log(
      `○ ${title}${say({ en: ": not attempted yet", zh: "：尚未作答" })}\n  ${say(exercise.task)}\n  ${helpLine(id)}`,
    );
    return false;
  }
  console.log(`✓ ${title}${say({ en: `: all ${passed} cases right`, zh: `：${passed} 个用例全部正确` })}`);
  return true;
}

/**
 * Print the hints of an exercise, up to `level`: 1 is a push, 3 almost the answer.
 *
 * @throws {RangeError} if there is no such exercise or level
 */
export function hint(id: string, level = 1): void {
  const exercise = find("hint", id);
  if (!Number.isInteger(level) || level < 1 || level > exercise.hints.length) {
    throw new RangeError(`hint: expected a level from 1 to ${exercise.hints.length}, got ${level}`);
  }
  const lines = exercise.hints.slice(0, level).map((text, i) => `${i + 1}. ${say(text)}`);
  const more =
    level < exercise.hints.length
      ? `\n(${say({ en: "more: ", zh: "更多提示：" })}hint("${id}", ${level + 1}))`
      : "";
  console.log(lines.join("\n") + more);
}

function judge(exercise: AnyExercise, title: string, trial: Trial): void {
  let answers: { got: unknown; expected: unknown };
  try {
    answers = trial.run();
  } catch (error) {
    if (error instanceof NotAttempted) throw error;
    throw failure(exercise, title, trial, {
      en: `your function threw: ${String(error)}`,
      zh: `你的函数抛出了错误：${String(error)}`,
    });
  }
  const { got, expected } = answers;
  const found = firstDifference(got, expected);
  if (found === null) return;
  throw failure(exercise, title, trial, {
    en: `expected:\n${indent(written(expected))}\ngot:\n${indent(written(got))}\n(${found})`,
    zh: `应为：\n${indent(written(expected))}\n实际：\n${indent(written(got))}\n（${found}）`,
  });
}

function failure(exercise: AnyExercise, title: string, trial: Trial, what: Text): CheckFailed {
  const because = trial.because ? `\n${say(trial.because)}` : "";
  const input = `${say({ en: "input: ", zh: "输入：" })}${say(trial.input)}`;
  return new CheckFailed(`✗ ${title}\n${input}\n${say(what)}${because}\n${helpLine(exercise.id)}`);
}

function helpLine(id: string): string {
  return say({ en: `Stuck? hint("${id}")`, zh: `需要提示？运行 hint("${id}")` });
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function find(op: string, id: string): AnyExercise {
  const exercise = exercises.get(id);
  if (!exercise) {
    const known = [...exercises.keys()].join(", ");
    throw new RangeError(`${op}: expected one of ${known}, got ${JSON.stringify(id)}`);
  }
  return exercise;
}
