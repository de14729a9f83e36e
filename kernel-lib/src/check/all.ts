/** Everything that checks a learner's answers: a page loads it with the first question. */
export { check, hint } from "./check.js";
export { progress } from "./progress.js";
export { quiz } from "./quiz.js";
