/** Exercises in a page: they come with the first call, which gives a promise. Nothing is kept of how they went. */
import { onUse, type Later } from "../system/onUse.js";

type All = typeof import("./all.js");
const all = (): Promise<All> => import("./all.js");

export const check: Later<All["check"]> = onUse(all, "check");
export const hint: Later<All["hint"]> = onUse(all, "hint");
export const progress: Later<All["progress"]> = onUse(all, "progress");
export const quiz: Later<All["quiz"]> = onUse(all, "quiz");
