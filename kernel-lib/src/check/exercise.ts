import type { Text } from "../display/language.js";

/** One question put to a learner's function. */
export interface Trial {
  /** What the function is called with, in words a learner can act on. */
  input: Text;
  /** What comes out, in the same words: the learner's answer and the right one. */
  run(): { got: unknown; expected: unknown };
  /** Why this case is asked, for the message after a wrong answer. */
  because?: Text;
}

/** An exercise of a lesson, with everything needed to judge an answer. */
export interface Exercise<F> {
  /** As in the lesson: "4.1". */
  id: string;
  title: Text;
  /** What to write, in one sentence. */
  task: Text;
  /** From the slightest push to almost the answer. */
  hints: readonly [Text, Text, Text];
  /** The cases to try, the smallest and most telling first. */
  trials(answer: F): Iterable<Trial>;
}

/** An exercise whose answer may be any function; `check` has made sure that it is one. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each exercise names its own kind of function
export type AnyExercise = Exercise<any>;
