// What was typed after `npm run bench --`.

import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { Missing } from "../steps/say.mjs";

/** What can be measured by itself, in the order of the report. */
export const PARTS = ["w1", "w2", "w3", "random", "forward", "peers", "ops", "start", "curves"];

/**
 * @typedef {object} BenchOptions
 * @property {string[]} parts what to measure, of `PARTS`
 * @property {boolean} whole  whether that is everything, so that the result may be written down
 * @property {number} rounds  how often each contender has its turn
 * @property {number} seed    of the networks drawn at random
 * @property {boolean} help
 */

/**
 * @param {string[]} args
 * @param {() => number} [draw] a seed, if none is asked for
 * @returns {BenchOptions}
 * @throws {Missing} naming the first thing that is not understood
 */
export function benchOptions(args, draw = () => randomInt(2 ** 31)) {
  const { quick = false, help = false, only, seed, rounds } = read(args);
  const parts = only?.split(",") ?? (quick ? ["w1"] : PARTS);
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) {
    const list = PARTS.join(", ");
    throw new Missing(
      `There is no part "${unknown}"; the parts are ${list}. Type for example: npm run bench -- --only w1,w2`,
      `没有“${unknown}”这一部分；可用的有 ${list}。例如输入：npm run bench -- --only w1,w2`,
    );
  }
  return {
    parts: PARTS.filter((part) => parts.includes(part)),
    whole: !quick && only === undefined,
    rounds: rounds === undefined ? (quick ? 1 : 9) : wholeNumber("--rounds", rounds, 1, 1000),
    seed: seed === undefined ? draw() : wholeNumber("--seed", seed, 0, 2 ** 32 - 1),
    help,
  };
}

/** @param {string[]} args */
function read(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        only: { type: "string" },
        seed: { type: "string" },
        rounds: { type: "string" },
      },
    }).values;
  } catch {
    const known = "--quick, --only, --rounds, --seed, --help";
    throw new Missing(
      `"${args.join(" ")}" is not understood; the options are ${known}. Type for example: npm run bench -- --only w1,w2`,
      `看不懂“${args.join(" ")}”；可用的选项有 ${known}。例如输入：npm run bench -- --only w1,w2`,
    );
  }
}

/**
 * @param {string} option
 * @param {string} typed
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(option, typed, least, most) {
  const number = /^\d{1,10}$/.test(typed) ? Number(typed) : -1;
  if (number >= least && number <= most) return number;
  throw new Missing(
    `${option} needs a whole number from ${least} to ${most}, got "${typed}"; type for example: npm run bench -- ${option} 7`,
    `${option} 后面应是 ${least} 到 ${most} 之间的整数，而不是“${typed}”；例如输入：npm run bench -- ${option} 7`,
  );
}
