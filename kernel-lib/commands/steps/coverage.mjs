// Which lines and branches of the readers their tests reach, as a table.

import { relative } from "node:path";
import { ROOT } from "./paths.mjs";

/**
 * A file's part of coverage-final.json, in the form of Istanbul: places by number, and how often each was reached.
 * @typedef {{ start: { line: number, column: number } }} Place
 * @typedef {{ path: string, statementMap: Record<string, Place>, s: Record<string, number>,
 *             branchMap: Record<string, { type: string, loc: Place, locations: Place[] }>, b: Record<string, number[]> }} Covered
 */

/**
 * Arguments for vitest: the readers' tests, without those that only spoil files, for these reach much and expect little.
 * @param {string} folder where the report goes
 * @returns {string[]}
 */
export function readerTests(folder) {
  const coverage = {
    enabled: "true",
    provider: "v8",
    reporter: "json",
    reportsDirectory: folder,
  };
  return [
    ...["run", "test/data", "test/io", "test/errors.test.ts", "--exclude", "test/data/fuzz.test.ts"],
    ...Object.entries(coverage).map(([name, value]) => `--coverage.${name}=${value}`),
    ...["data", "io"].map((part) => `--coverage.include=kernel-lib/src/${part}/*.ts`),
  ];
}

/**
 * A line for each file in Markdown, and below it the place of each branch that no test reached.
 * @param {Record<string, Covered>} report
 * @returns {string}
 */
export function coverageTable(report) {
  const files = Object.values(report)
    .filter((file) => Object.keys(file.s).length > 0) // an index has nothing to reach
    .map((file) => ({ name: relative(ROOT, file.path).replaceAll("\\", "/"), ...reachedOf(file) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = files.map(({ name, lines, branches }) => `| ${name} | ${lines} | ${branches} |`);
  const missed = files.flatMap(({ name, missed }) => missed.map((place) => `- ${name}:${place}`));
  return [
    "| file | lines reached | branches reached |",
    "| --- | --- | --- |",
    ...rows,
    "",
    missed.length > 0 ? "Reached by no test:\n" : "Every line and branch is reached.",
    ...missed,
    "",
  ].join("\n");
}

/**
 * @param {Covered} file
 * @returns {{ lines: string, branches: string, missed: string[] }}
 */
function reachedOf({ statementMap, s, branchMap, b }) {
  /** @type {Map<number, boolean>} */
  const lines = new Map();
  for (const [key, { start }] of Object.entries(statementMap)) {
    lines.set(start.line, (lines.get(start.line) ?? false) || s[key] > 0);
  }
  const branches = Object.entries(branchMap).flatMap(([key, { type, loc, locations }]) =>
    b[key].map((times, i) => {
      // an `if` without an `else` has no place for what happens otherwise: there, its own stands for it
      const { line, column } = locations[i]?.start?.line ? locations[i].start : loc.start;
      return { reached: times > 0, place: `${line}:${column + 1} (${type})` };
    }),
  );
  const missed = [
    ...[...lines].filter(([, reached]) => !reached).map(([line]) => `${line} (line)`),
    ...branches.filter(({ reached }) => !reached).map(({ place }) => place),
  ];
  const share = (/** @type {boolean[]} */ all) => `${all.filter(Boolean).length} of ${all.length}`;
  return {
    lines: share([...lines.values()]),
    branches: share(branches.map(({ reached }) => reached)),
    missed,
  };
}
