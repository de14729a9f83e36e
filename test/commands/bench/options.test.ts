import { beforeEach, describe, expect, test } from "vitest";
import { PARTS, benchOptions } from "../../../kernel-lib/commands/bench/options.mjs";
import { speak } from "../../../kernel-lib/commands/steps/say.mjs";

beforeEach(() => speak("en"));

describe("benchOptions()", () => {
  test("without arguments measures everything, with networks of a seed of its own", () => {
    const options = { parts: PARTS, whole: true, rounds: 9, seed: 5, help: false };
    expect(benchOptions([], () => 5)).toEqual(options);
  });

  test("--quick is one round of W1, and not the whole", () => {
    expect(benchOptions(["--quick"])).toMatchObject({ parts: ["w1"], whole: false, rounds: 1 });
  });

  test("reads parts in the order of the report, rounds and the seed", () => {
    const typed = ["--only", "ops,w1", "--rounds=3", "--seed", "7"];
    expect(benchOptions(typed)).toEqual({
      parts: ["w1", "ops"],
      whole: false,
      rounds: 3,
      seed: 7,
      help: false,
    });
  });

  test("fewer rounds still measure everything", () => {
    expect(benchOptions(["--rounds", "2"])).toMatchObject({ parts: PARTS, whole: true, rounds: 2 });
  });

  test.each([
    [["--only", "w4"], 'There is no part "w4"; the parts are w1, w2, w3, random, forward, peers, ops, start, curves. Type for example: npm run bench -- --only w1,w2'], // prettier-ignore
    [["--only", ""], 'There is no part ""'],
    [["--fast"], '"--fast" is not understood; the options are --quick, --only, --rounds, --seed, --help.'],
    [["w1"], '"w1" is not understood'],
    [["--rounds", "0"], '--rounds needs a whole number from 1 to 1000, got "0"; type for example: npm run bench -- --rounds 7'], // prettier-ignore
    [["--seed", "4294967296"], '--seed needs a whole number from 0 to 4294967295, got "4294967296"'],
    [["--seed", "1e3"], '--seed needs a whole number from 0 to 4294967295, got "1e3"'],
  ])("refuses %j with a sentence", (typed, sentence) => {
    expect(() => benchOptions(typed)).toThrow(sentence);
  });
});
