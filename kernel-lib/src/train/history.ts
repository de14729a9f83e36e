import { displayable } from "../display/displayable.js";
import { say } from "../display/language.js";
import { curve, type CurveOptions } from "../plot/curve.js";
import type { Figure } from "../plot/figure.js";
import { needNode } from "../system/node.js";

/** What was measured in one epoch. Losses are means a sample; accuracies are shares, 0 … 1. */
export interface HistoryRow {
  /** From 1. */
  epoch: number;
  loss: number;
  accuracy: number | null;
  validationLoss: number | null;
  validationAccuracy: number | null;
  /** Learning rate at the end of the epoch. */
  lr: number;
  seconds: number;
}

const COLUMNS = [
  "epoch",
  "loss",
  "accuracy",
  "validationLoss",
  "validationAccuracy",
  "lr",
  "seconds",
] as const;

/** What `train.fit` returns: a row an epoch. It shows itself as a table, plots itself, and saves itself as CSV. */
export class History {
  readonly rows: HistoryRow[] = [];
  /** Whether training ended before its last epoch, by an interrupt or a signal. */
  interrupted = false;
  /** With early stopping: the epoch with the lowest validation loss. */
  bestEpoch: number | null = null;

  /** Loss curves, of training and (if there was any) of validation. */
  plot(options: CurveOptions = {}): Figure {
    const epochs = this.rows.map((row) => row.epoch);
    const validated = this.rows.filter((row) => row.validationLoss !== null);
    const training = { name: { en: "training", zh: "训练" }, y: this.rows.map((row) => row.loss), x: epochs };
    const validation = {
      name: { en: "validation", zh: "验证" },
      y: validated.map((row) => row.validationLoss as number),
      x: validated.map((row) => row.epoch),
    };
    const axes = { xLabel: { en: "epoch", zh: "训练轮次" }, yLabel: { en: "loss", zh: "损失" } };
    return curve(validated.length > 0 ? { training, validation } : { training }, { ...axes, ...options });
  }

  /** The rows as CSV with a heading; a missing value is an empty field. */
  toCsv(): string {
    const lines = this.rows.map((row) => COLUMNS.map((column) => row[column] ?? "").join(","));
    return `${[COLUMNS.join(","), ...lines].join("\n")}\n`;
  }

  /** Write the rows to a CSV file. */
  saveCsv(path: string): void {
    needNode("saveCsv", "node:fs", "toCsv() gives the text").writeFileSync(path, this.toCsv());
  }
}

/** Above this many epochs a table shows only its two ends. */
const SHOWN = 12;

function cells(history: History): string[][] {
  const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(2)} %`);
  const number = (value: number | null): string => (value === null ? "–" : value.toPrecision(4));
  const line = (row: HistoryRow): string[] => [
    String(row.epoch),
    number(row.loss),
    percent(row.accuracy),
    number(row.validationLoss),
    percent(row.validationAccuracy),
    row.lr.toPrecision(3),
    row.seconds.toFixed(1),
  ];
  const { rows } = history;
  if (rows.length <= SHOWN) return rows.map(line);
  const gap = COLUMNS.map(() => "…");
  return [...rows.slice(0, SHOWN / 2).map(line), gap, ...rows.slice(-SHOWN / 2).map(line)];
}

function heading(): string[] {
  return [
    say({ en: "epoch", zh: "轮次" }),
    say({ en: "loss", zh: "损失" }),
    say({ en: "accuracy", zh: "准确率" }),
    say({ en: "validation loss", zh: "验证损失" }),
    say({ en: "validation accuracy", zh: "验证准确率" }),
    say({ en: "learning rate", zh: "学习率" }),
    say({ en: "seconds", zh: "秒" }),
  ];
}

displayable(History, {
  text: (history) => [heading(), ...cells(history)].map((row) => row.join("\t")).join("\n"),
  bundle: (history) => {
    const row = (tag: string, texts: string[]): string =>
      `<tr>${texts.map((text) => `<${tag}>${text}</${tag}>`).join("")}</tr>`;
    const body = cells(history).map((texts) => row("td", texts));
    return {
      "text/html": `<table style="font-variant-numeric:tabular-nums"><thead>${row("th", heading())}</thead><tbody>${body.join("")}</tbody></table>`,
    };
  },
});
