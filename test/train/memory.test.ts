import { expect, test } from "vitest";
import { memoryOfSteps } from "../support/steps";

test("200 synchronous steps of a LeNet take less than 150 MB more than the first", () => {
  const { start, highest } = memoryOfSteps(200);
  expect(highest - start).toBeLessThan(150);
}, 180_000);
