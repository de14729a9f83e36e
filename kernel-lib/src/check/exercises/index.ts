import type { AnyExercise } from "../exercise.js";
import { lesson04 } from "./lesson04.js";
import { lesson08 } from "./lesson08.js";

/** Every exercise of the course by its number. */
export const exercises: ReadonlyMap<string, AnyExercise> = new Map(
  [...lesson04, ...lesson08].map((exercise) => [exercise.id, exercise]),
);
