// Tables of a report, and the numbers in them.

/** @typedef {import("./statistics.mjs").Spread} Spread */

/**
 * A Markdown table; undefined cells are a dash.
 * @param {string[]} head
 * @param {(string | number | undefined)[][]} rows
 */
export function table(head, rows) {
  const line = (/** @type {(string | number | undefined)[]} */ cells) =>
    `| ${cells.map((cell) => cell ?? "–").join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/**
 * Three digits that count: 0.0312, 4.57, 126, 12,185.
 * @param {number} value
 */
export function digits(value) {
  const after = value > 0 ? Math.max(0, 2 - Math.floor(Math.log10(value))) : 0;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: Math.min(6, after),
    maximumFractionDigits: Math.min(6, after),
  });
}

/**
 * The median with its quartiles: "9.90 (9.71–10.1)".
 * @param {Spread} spread
 */
export const withSpread = ({ median, low, high }) => `${digits(median)} (${digits(low)}–${digits(high)})`;

/**
 * "1.26× (1.20–1.31)".
 * @param {Spread} spread
 */
export const times = ({ median, low, high }) => `${digits(median)}× (${digits(low)}–${digits(high)})`;

/**
 * A bar of blocks, as long as its share of the longest.
 * @param {number} value
 * @param {number} largest
 */
export const bar = (value, largest) => "█".repeat(Math.max(1, Math.round((value / largest) * 20)));
