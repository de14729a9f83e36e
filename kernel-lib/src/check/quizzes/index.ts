import type { Quiz } from "../question.js";
import { lesson04 } from "./lesson04.js";
import { lesson08 } from "./lesson08.js";

/** Every quiz of the course by its lesson. */
export const quizzes: ReadonlyMap<string, Quiz> = new Map(
  [lesson04, lesson08].map((quiz) => [quiz.lesson, quiz]),
);
