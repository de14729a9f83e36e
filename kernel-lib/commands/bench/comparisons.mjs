// The tables of a report that set kernel-lib beside another library.

import * as goals from "./goals.mjs";
import { describeNetwork } from "./networks.mjs";
import { ONNXRUNTIME, PYTORCH, groupsOf } from "./results.mjs";
import { geometricMean, median, ratio, spread } from "./statistics.mjs";
import { digits, table, times, withSpread } from "./table.mjs";

/**
 * @typedef {import("./results.mjs").Results} Results
 * @typedef {import("./results.mjs").Group} Group
 * @typedef {import("./results.mjs").Verdict} Verdict
 * @typedef {import("./goals.mjs").Way} Way
 */

/**
 * A row for each way of kernel-lib against one other contender.
 * @param {Results} results
 * @param {Group} group
 * @param {string} other
 * @param {(way: Way) => number | undefined} goalOf  the least ratio
 * @param {Verdict} verdict
 */
function against({ ways }, group, other, goalOf, verdict) {
  const theirs = group.entries?.find(({ name }) => name === other);
  return ways.flatMap(({ name, way }) => {
    const ours = group.entries?.find((entry) => entry.name === name);
    if (!ours || !theirs) return [];
    const measured = ratio(ours.rounds, theirs.rounds);
    const goal = goalOf(way);
    return [
      [
        ...[group.what, group.threads, name, withSpread(spread(ours.rounds.flat()))],
        ...[withSpread(spread(theirs.rounds.flat())), times(measured)],
        ...[
          goal && `≥ ${digits(goal)}×`,
          verdict(goal === undefined ? undefined : measured.median >= goal, way),
        ],
      ],
    ];
  });
}

/** @param {string} other */
const againstHead = (other) => ["", "threads", "kernel-lib with", "ms", `${other} ms`, "ratio", "goal", ""];

/** @param {Results} results @param {Verdict} verdict */
export function stepsSection(results, verdict) {
  const groups = groupsOf(results, "steps");
  if (groups.length === 0) return "";
  const rows = groups.flatMap((group) => {
    const goal = (/** @type {Way} */ way) => goals.goalAgainstPytorch(group.key, way, group.threads);
    return against(results, group, PYTORCH, goal, verdict);
  });
  return `## A training step\n\n${table(againstHead(PYTORCH), rows)}\n\n${networkList(groups)}`;
}

/** @param {Results} results @param {Verdict} verdict */
export function randomSection(results, verdict) {
  const groups = groupsOf(results, "random");
  if (groups.length === 0) return "";
  /** @param {number} threads */
  const goalOn = (threads) => (/** @type {Way} */ way) => {
    const { name = "" } = results.ways.find((each) => each.way === way) ?? {};
    const known = groupsOf(results, "steps").filter((group) => group.threads === threads);
    const reached = known.flatMap(({ entries = [] }) => {
      const [ours, theirs] = [name, PYTORCH].map((wanted) => entries.find((entry) => entry.name === wanted));
      return ours && theirs ? [ratio(ours.rounds, theirs.rounds).median] : [];
    });
    return reached.length === 3 ? goals.RANDOM_SHARE * geometricMean(reached) : undefined;
  };
  const rows = groups.flatMap((group) => against(results, group, PYTORCH, goalOn(group.threads), verdict));
  return [
    "## Networks drawn at random",
    `The goal: ${goals.RANDOM_SHARE} of the geometric mean of the three ratios above. The same networks again: \`npm run bench -- --seed ${results.run.seed}\`.`,
    table(againstHead(PYTORCH), rows),
    networkList(groups),
  ].join("\n\n");
}

/** @param {Group[]} groups */
function networkList(groups) {
  const lines = groups.flatMap(({ what, network }) =>
    network ? [`- ${what}: ${describeNetwork(network)}`] : [],
  );
  return [...new Set(lines)].join("\n");
}

/** @param {Results} results @param {Verdict} verdict */
export function forwardSection(results, verdict) {
  const groups = groupsOf(results, "forward");
  if (groups.length === 0) return "";
  const pytorch = groups.flatMap((group) =>
    against(
      results,
      group,
      PYTORCH,
      (way) => goals.goalAgainstPytorch(group.key, way, group.threads),
      verdict,
    ),
  );
  const onnxruntime = groups.flatMap((group) => {
    const goal = goals.FORWARD_HELD.includes(group.key) ? goals.AGAINST_ONNXRUNTIME : undefined;
    return against(results, group, ONNXRUNTIME, () => goal, verdict);
  });
  return [
    "## Forward",
    table(againstHead(PYTORCH), pytorch),
    ...(onnxruntime.length ? [table(againstHead(ONNXRUNTIME), onnxruntime)] : []),
  ].join("\n\n");
}

/** @param {Results} results @param {Verdict} verdict */
export function peersSection(results, verdict) {
  const groups = groupsOf(results, "peers");
  if (groups.length === 0) return "";
  const ours = results.ways.map(({ name }) => name);
  const rows = groups.flatMap((group) => {
    const others = (group.entries ?? []).filter(({ name }) => !ours.includes(name));
    return others.flatMap(({ name }) =>
      against(results, group, name, () => goals.AGAINST_JAVASCRIPT, verdict).map((row) => [
        name,
        ...row.slice(2),
      ]),
    );
  });
  const columns = ["library", "kernel-lib with", "ms", "its ms", "ratio", "goal", ""];
  return `## Other JavaScript libraries\n\nA training step of W1 on one thread.\n\n${table(columns, rows)}`;
}

/** @param {Results} results @param {Verdict} verdict */
export function opsSection(results, verdict) {
  const groups = groupsOf(results, "ops");
  if (groups.length === 0) return "";
  const plain = groups.filter(({ key }) => key !== "matmul");
  const rows = plain.flatMap((group) => against(results, group, PYTORCH, () => goals.ELEMENTWISE, verdict));
  const [peaks] = groupsOf(results, "peak");
  const products = groups
    .filter(({ key }) => key === "matmul")
    .flatMap(({ what, size = 0, entries = [] }) =>
      entries.map(({ name, rounds }) => {
        const gflops = (2 * size ** 3) / (median(rounds.flat()) * 1e6);
        const way = results.ways.find((each) => each.name === name)?.way;
        const peak = way && peakOf(peaks, name, way);
        const share = peak && gflops / peak;
        return [
          ...[what, name, withSpread(spread(rounds.flat())), digits(gflops), peak && digits(peak)],
          ...[share && `${Math.round(100 * share)} %`, way && `≥ ${100 * goals.PEAK_SHARE} %`],
          verdict(share === undefined ? undefined : share >= goals.PEAK_SHARE, way),
        ];
      }),
    );
  return [
    "## Single operations",
    "On one thread.",
    table(againstHead(PYTORCH), rows),
    "The peak is what a loop of nothing but multiply-adds in registers reaches with the same instructions, measured in the same run; for revectorized code twice that, since two such instructions become one.",
    table(["", "with", "ms", "GFLOP/s", "peak", "share", "goal", ""], products),
  ].join("\n\n");
}

/**
 * @param {Group | undefined} group
 * @param {string} name
 * @param {Way} way
 */
function peakOf(group, name, way) {
  const found = group?.starts?.find((each) => each.name === name)?.starts.flatMap(({ gflops = 0 }) => gflops);
  return found && Math.max(...found) * (way === "revectorized" ? 2 : 1);
}
