/** Exercises in a page: they come with the first call, which gives a promise. Nothing is kept of how they went. */
import { onUse, type Later } from "../system/onUse.js";

type All = typeof import("./all.js");
const all = (): Promise<All> => import("./all.js");

/** Check an exercise; a wrong answer is the promise's refusal, with its smallest counter-example. */
export const check: Later<All["check"]> = onUse(all, "check");
/** Print the hints of an exercise, up to a level: 1 is a push, 3 almost the answer. */
export const hint: Later<All["hint"]> = onUse(all, "hint");
/** Show what is passed: on a page, where nothing is kept, it says so. */
export const progress: Later<All["progress"]> = onUse(all, "progress");
/** Ask the questions of a lesson, or mark the answers. */
export const quiz: Later<All["quiz"]> = onUse(all, "quiz");
