import { backend } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { memoryOfSteps, type Habit } from "../support/steps";

const HABITS: Habit[] = ["plain", "changing batch size", "an exception every 50th step", "train.fit"];

describe.each(backend.list())(
  "2,000 steps of a LeNet on %s take less than 150 MB more than the first",
  (name) => {
    test.each(HABITS)("%s", (habit) => {
      const { start, highest } = memoryOfSteps(2000, habit, name);
      expect(highest - start).toBeLessThan(150);
    });
  },
);
