import { quiz } from "kernel-lib";

// What quiz() refuses and what it says then; errors.test.ts reads these with the rest of the library's sentences.

type Row = [
  call: string,
  run: () => unknown,
  kind: RangeErrorConstructor | TypeErrorConstructor,
  message: string,
];

const any = (value: unknown): never => value as never;

export const quizRows: Row[] = [
  ["a quiz of no lesson", () => quiz("99"), RangeError, 'quiz: expected a lesson that has a quiz, one of "4", "8", got "99"'], // prettier-ignore
  ["a quiz by number", () => quiz(any(4)), RangeError, 'quiz: expected a lesson that has a quiz, one of "4", "8", got 4'], // prettier-ignore
  ["a quiz answered in one word", () => quiz("4", any("abcd")), TypeError, 'quiz: expected answers as an array of letters, got "abcd";\nwrite quiz("4", ["…", "…", …]), and "" where you have no answer yet'], // prettier-ignore
  ["a quiz with an answer too many", () => quiz("8", new Array<string>(9).fill("a")), RangeError, 'quiz: expected at most 8 answers, one a question, got 9;\nquiz("8") shows the questions'], // prettier-ignore
  ["a quiz answered by number", () => quiz("8", any(["a", 2])), TypeError, "quiz: expected answer 2 as a letter in quotes, got 2"], // prettier-ignore
  ["a quiz answered by a letter too far", () => quiz("8", ["", "", "e"]), RangeError, 'quiz: expected answer 3 as one of a, b, c, d, or "" to leave it open, got "e"'], // prettier-ignore
];
