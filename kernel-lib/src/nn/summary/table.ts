import type { MimeBundle } from "../../display/displayable.js";
import { say } from "../../display/language.js";
import { formatShape } from "../../tensor/shape.js";
import type { LayerSummary, Summary } from "./summary.js";

/** The table as text, columns aligned: names to the left, numbers to the right. */
export function summaryText(summary: Summary): string {
  const rows = rowsOf(summary);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => width(row[column]))));
  const lines = rows.map((row) =>
    row.map((cell, column) => pad(cell, widths[column], column === 0)).join("  "),
  );
  const rule = "─".repeat(widths.reduce((sum, each) => sum + each + 2, -2));
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines[lines.length - 1]].join("\n");
}

/** The same as an HTML table. */
export function summaryBundle(summary: Summary): MimeBundle {
  const [head, ...rows] = rowsOf(summary);
  const row = (cells: string[], tag: "td" | "th"): string =>
    `<tr>${cells.map((cell, column) => `<${tag} style="text-align:${column === 0 ? "left" : "right"}">${escape(cell)}</${tag}>`).join("")}</tr>`;
  const foot = rows.pop() ?? [];
  return {
    "text/html":
      `<table style="font-variant-numeric:tabular-nums"><thead>${row(head, "th")}</thead>` +
      `<tbody>${rows.map((cells) => row(cells, "td")).join("")}</tbody><tfoot>${row(foot, "th")}</tfoot></table>`,
  };
}

/** Heading, one row a layer, and the sums. */
function rowsOf({ layers, parameters, multiplyAdds, receptiveField }: Summary): string[][] {
  const head = [
    say({ en: "layer", zh: "层" }),
    say({ en: "output", zh: "输出" }),
    say({ en: "parameters", zh: "参数" }),
    say({ en: "multiply-adds", zh: "乘加次数" }),
    say({ en: "sees", zh: "感受野" }),
  ];
  const body = layers.map((layer) => [
    title(layer),
    formatShape(layer.outputShape),
    grouped(layer.parameters),
    grouped(layer.multiplyAdds),
    sizes(layer.receptiveField.size),
  ]);
  const sums = [grouped(parameters), grouped(multiplyAdds), sizes(receptiveField.size)];
  return [head, ...body, [say({ en: "all", zh: "合计" }), "", ...sums]];
}

function title({ name, type }: LayerSummary): string {
  return name === type ? type : `${name} ${type}`;
}

function sizes(size: number | readonly number[]): string {
  return typeof size === "number" ? rounded(size) : size.map(rounded).join(" × ");
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
const grouped = (value: number): string => value.toLocaleString("en-US");
const escape = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Columns that a text takes in a terminal: a Chinese character takes two. */
function width(text: string): number {
  return [...text].reduce((sum, sign) => sum + (/\p{Script=Han}/u.test(sign) ? 2 : 1), 0);
}

function pad(text: string, to: number, left: boolean): string {
  const space = " ".repeat(to - width(text));
  return left ? text + space : space + text;
}
