// What was measured, as a page: tables with the goals beside the numbers.

import { forwardSection, opsSection, peersSection, randomSection, stepsSection } from "./comparisons.mjs";
import { curvesSection, memorySection, startSection } from "./costs.mjs";

/** @typedef {import("./results.mjs").Results} Results */

/** What share of the processors others may keep busy while the bench measures. */
const QUIET = 0.1;
const TRIAL = `**The machine was not quiet: these numbers are a trial.** Ratios on two threads flatter most: PyTorch's threads
wait for each other by spinning, which costs them dearly where others want the processor.`;
/** How far the first losses of two float32 libraries may lie apart. */
const SAME = 1e-4;

/**
 * @param {Results} results
 * @returns {string} Markdown
 */
export function report(results) {
  /** @type {{ met: number, missed: number }} */
  const count = { met: 0, missed: 0 };
  /** @type {import("./results.mjs").Verdict} */
  const verdict = (reached, way) => {
    if (reached === undefined) return undefined;
    if (way === "revectorized") return reached ? "reached, not judged" : "not reached, not judged";
    count[reached ? "met" : "missed"]++;
    return reached ? "met" : "**not met**";
  };
  const sections = [
    stepsSection(results, verdict),
    randomSection(results, verdict),
    forwardSection(results, verdict),
    peersSection(results, verdict),
    opsSection(results, verdict),
    startSection(results, verdict),
    memorySection(results, verdict),
    curvesSection(results, verdict),
    agreementSection(results),
    absentSection(results),
  ].filter(Boolean);
  return `${[head(results, count), ...sections].join("\n\n")}\n`;
}

/**
 * @param {Results} results
 * @param {{ met: number, missed: number }} count
 */
function head({ facts, run, ways, groups }, { met, missed }) {
  const shares = groups.flatMap(({ others }) => (others === undefined ? [] : [others]));
  const busy = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  const others = `while all contenders waited, other programs kept ${Math.round(100 * busy)} % of the processors busy`;
  return [
    "# What a step costs",
    "",
    "Written by `npm run bench`. Contenders sit in processes of their own and take turns, one turn each a round, so what",
    "else the machine does happens to all of them. Times are milliseconds: the median of all steps, with the quartiles.",
    "A ratio is the other's time over ours, above 1 where kernel-lib is faster: the median of the rounds' ratios, with",
    "their quartiles. PyTorch is as it comes: eager, NCHW, on as many threads, its batches cut from one tensor;",
    "kernel-lib goes through its public interface, DataLoader, autograd and SGD included.",
    "",
    ...facts.map((fact) => `- ${fact}`),
    ...ways.map(({ name, how }) => `- ${name}: ${how}`),
    `- ${run.rounds} rounds; networks drawn from seed ${run.seed}`,
    `- load: ${run.load}; ${others}`,
    ...(busy > QUIET ? ["", TRIAL] : []),
    "",
    `Goals judged here: **${met} met, ${missed} not met**.`,
  ].join("\n");
}

/** @param {Results} results */
function agreementSection({ groups }) {
  const compared = groups.flatMap(({ what, table: name, entries = [] }) => {
    const checks = entries.flatMap(({ facts: { check } }) => (check === undefined ? [] : [check]));
    if (checks.length < 2) return [];
    const furthest = (Math.max(...checks) - Math.min(...checks)) / Math.max(...checks.map(Math.abs));
    return [{ what: `${what} (${name})`, furthest }];
  });
  if (compared.length === 0) return "";
  const worst = compared.reduce((a, b) => (b.furthest > a.furthest ? b : a));
  const furthest = `${worst.furthest.toExponential(1)} of its size (${worst.what})`;
  return [
    "## The same work",
    worst.furthest < SAME
      ? `From the same weights and images, the first loss (or the mean size of an output) of all contenders differs by at most ${furthest}. TensorFlow.js and ConvNetJS start from weights of their own.`
      : `**Not all contenders compute the same**: from the same weights and images, the first loss (or the mean size of an output) differs by ${furthest}.`,
  ].join("\n\n");
}

/** @param {Results} results */
function absentSection({ absent }) {
  if (absent.length === 0) return "";
  return `## Not here\n\n${absent.map(({ name, why }) => `- ${name}: ${why.replace(/\s+/g, " ").trim()}`).join("\n")}`;
}
