import { expect, test } from "vitest";
import { memoryOfSteps } from "../support/steps";

test("2,000 synchronous steps of a LeNet take less than 150 MB more than the first", () => {
  const { start, highest } = memoryOfSteps(2000);
  expect(highest - start).toBeLessThan(150);
});
