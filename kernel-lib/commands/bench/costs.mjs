// The tables of a report about what a network costs: its start, its memory, and how both grow.

import * as goals from "./goals.mjs";
import { multiplyAdds } from "./networks.mjs";
import { PYTORCH, groupsOf } from "./results.mjs";
import { median, spread } from "./statistics.mjs";
import { bar, digits, table, withSpread } from "./table.mjs";

/**
 * @typedef {import("./results.mjs").Results} Results
 * @typedef {import("./results.mjs").Group} Group
 * @typedef {import("./results.mjs").Verdict} Verdict
 * @typedef {import("./rounds.mjs").Entry} Entry
 */

/** @param {Results} results @param {Verdict} verdict */
export function startSection(results, verdict) {
  const groups = groupsOf(results, "start");
  if (groups.length === 0) return "";
  const rows = groups.flatMap(({ key, what, starts = [] }) =>
    starts.map(({ name, starts }) => {
      const first = spread(starts.map(({ firstMs = NaN }) => firstMs));
      const way = results.ways.find((each) => each.name === name)?.way;
      const goal = way && goals.FIRST_STEP_MS[key];
      return [
        ...[what, name, withSpread(first), goal && `≤ ${goal}`],
        verdict(goal === undefined ? undefined : first.median <= goal, way),
      ];
    }),
  );
  const names = [...new Set(groups.flatMap(({ starts = [] }) => starts.map(({ name }) => name)))];
  const imports = names.map((name) => {
    const all = groups.flatMap(({ starts = [] }) => starts.filter((each) => each.name === name));
    const ms = spread(all.flatMap(({ starts }) => starts.map(({ importMs = NaN }) => importMs)));
    const way = results.ways.find((each) => each.name === name)?.way;
    return [
      ...[
        way ? `import "kernel-lib" (${name})` : `import torch`,
        withSpread(ms),
        way && `≤ ${goals.IMPORT_MS}`,
      ],
      verdict(way && ms.median <= goals.IMPORT_MS, way),
    ];
  });
  return [
    "## The first step",
    "In a fresh process, on one thread: loading the library, then building the network and its first training step.",
    table(["", "ms", "goal", ""], imports),
    table(["", "with", "ms", "goal", ""], rows),
  ].join("\n\n");
}

/** @param {Results} results @param {Verdict} verdict */
export function memorySection(results, verdict) {
  const rows = groupsOf(results, "steps").flatMap(({ what, threads, entries = [] }) => {
    const theirs = entries.find(({ name }) => name === PYTORCH)?.facts.memoryMB ?? undefined;
    return results.ways.flatMap(({ name, way }) => {
      const ours = entries.find((entry) => entry.name === name)?.facts.memoryMB;
      if (!ours || !theirs) return [];
      return [[what, threads, name, digits(ours), digits(theirs), verdict(ours <= theirs, way)]];
    });
  });
  if (rows.length === 0) return "";
  const columns = ["", "threads", "kernel-lib with", "MB", "PyTorch MB", "at most PyTorch's"];
  return `## Memory\n\nThe most that the whole process ever held, after all its training steps.\n\n${table(columns, rows)}`;
}

/** @param {Results} results @param {Verdict} verdict */
export function curvesSection(results, verdict) {
  const batch = curve(
    results,
    "batch",
    "µs an image",
    ({ network }) => (network?.batch ?? 1) / 1000,
    verdict,
  );
  const channels = curve(
    results,
    "channels",
    "ns a thousand multiply-adds",
    ({ network }) => (network ? (3 * multiplyAdds(network) * network.batch) / 1e9 : 1),
    verdict,
  );
  if (!batch && !channels) return "";
  const bound = `The goal: no row costs more than ${goals.FLAT} times the lowest up to it, by the median of the rounds.`;
  return [
    "## Cost against size",
    `One thread; all sizes take turns. Flat bars are linear cost. ${bound}`,
    ...(batch ? [`A training step of W1, by batch:\n\n${batch}`] : []),
    ...(channels ? [`Two 3×3 convolutions on 16×16, batch 16, by channels:\n\n${channels}`] : []),
  ].join("\n\n");
}

/**
 * @param {Results} results
 * @param {"batch" | "channels"} name
 * @param {string} unit
 * @param {(group: Group) => number} amount  what the time of a step is divided by
 * @param {Verdict} verdict
 */
function curve(results, name, unit, amount, verdict) {
  const groups = groupsOf(results, name);
  if (groups.length === 0) return "";
  /** Of each round. @param {Group} group @param {boolean} ours */
  const costsOf = (group, ours) => {
    const isOurs = (/** @type {Entry} */ entry) => results.ways.some((way) => way.name === entry.name);
    const entry = group.entries?.find((each) => isOurs(each) === ours);
    return entry?.rounds.map((times) => median(times) / amount(group));
  };
  const ours = groups.map((group) => costsOf(group, true) ?? [NaN]);
  const costs = ours.map(median);
  const largest = Math.max(...costs);
  const rises = ours.map((own, i) =>
    median(own.map((cost, round) => cost / Math.min(...ours.slice(0, i + 1).map((each) => each[round])))),
  );
  const rows = groups.map((group, i) => {
    const theirs = costsOf(group, false);
    return [
      ...[group.what, digits(costs[i]), bar(costs[i], largest), `${digits(rises[i])}×`],
      theirs && digits(median(theirs)),
    ];
  });
  const flat = rises.every((rise) => rise <= goals.FLAT);
  const heads = [name, unit, "", "of the lowest so far", "PyTorch"];
  return `${table(heads, rows)}\n\nIt grows no faster than linearly: ${verdict(flat)}.`;
}
