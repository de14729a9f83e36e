import { expect, test } from "vitest";
import { fuzz, TARGETS } from "../data/fuzz";

// The long walk through spoiled files. FUZZ_SEED=… takes another way.

const seed = Number(process.env.FUZZ_SEED ?? 20_000_000);

test.each(TARGETS.map((target, i) => [target.op, i]))("%s (%i) reads or refuses 10,000 spoiled copies of each file", (_, i) => {
  const target = TARGETS[i as number];
  const { read, refused } = fuzz(target, 10_000, seed + 1000 * (i as number));
  expect(read + refused).toBe(10_000 * target.files.length);
}); // prettier-ignore
