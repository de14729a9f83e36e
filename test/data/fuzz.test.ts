import { describe, expect, test } from "vitest";
import { fuzz, readsOrRefuses, TARGETS } from "./fuzz";
import { ATTACKS } from "./corpus/attacks";

// A short walk through spoiled files; test/full takes the long one.

describe("spoiled files are read or refused with a place, soon and in little memory, by", () => {
  test.each(TARGETS.map((target, i) => [target.op, i]))("%s (%i)", (_, i) => {
    const target = TARGETS[i as number];
    for (const file of target.files) expect(readsOrRefuses(target, file), "the sound file").toBe(true);
    const { read, refused } = fuzz(target, 150, 1000 * (i as number));
    expect(refused).toBeGreaterThan(20);
    expect(read + refused).toBe(150 * target.files.length);
  });
});

test.each(TARGETS.map((target, i) => [target.op, i]))("%s (%i) reads or refuses a file cut at any byte", (_, i) => {
  const target = TARGETS[i as number];
  for (const file of target.files.filter(({ length }) => length < 2000)) {
    for (let end = 0; end < file.length; end++) readsOrRefuses(target, file.slice(0, end));
  }
}); // prettier-ignore

describe("what hurt a reader once, or was meant to, stays refused or read:", () => {
  test.each(ATTACKS)("$name", ({ op, file, refused }) => {
    const target = TARGETS.find((each) => each.op === op)!;
    expect(readsOrRefuses(target, file())).toBe(!refused);
  });
});
