import type { Text } from "../display/language.js";

/** One of the answers that a question offers. */
export interface Option {
  text: Text;
  right: boolean;
  /** Of the right one: why it is right. Of a wrong one: what to think about, without saying which is right. */
  why: Text;
}

/** A question with its options, a, b, c, … in this order; one of them is right. */
export interface Question {
  ask: Text;
  options: readonly Option[];
}

/** The questions of a lesson. */
export interface Quiz {
  /** As in `quiz("4")`. */
  lesson: string;
  title: Text;
  questions: readonly Question[];
}

/** The right answer, and why it is right. */
export function right(text: Text, why: Text): Option {
  return { text, right: true, why };
}

/** A wrong answer, and what whoever chose it should think about. */
export function wrong(text: Text, why: Text): Option {
  return { text, right: false, why };
}

/** What an option is called: 0 is a. */
export function letterOf(option: number): string {
  return String.fromCharCode("a".charCodeAt(0) + option);
}
