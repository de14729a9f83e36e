import { latin1Text } from "../system/bytes.js";
import { encodePng } from "../system/png.js";
import { escapeXml } from "../display/escape.js";
import { say } from "../display/language.js";
import { BOX, colorOf, inkOn, SERIES } from "./colors.js";
import type { FigureSpec, GridMark, Panel, SeriesMark } from "./figure.js";
import { niceTicks } from "./ticks.js";
import { textWidth, wrap } from "./wrap.js";

/** Pixels of the whole figure from left to right. */
const WIDTH = 760;
const FONT = 13;
const LINE = 18;
/** Room around a panel's drawing for title, numbers and labels. */
const MARGIN = { top: 30, right: 16, bottom: 48, left: 58 };

interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Draw a figure as SVG: panels in rows, the caption below, the alternative text for screen readers. */
export function toSvg(spec: FigureSpec): string {
  const columns = Math.min(spec.columns, spec.panels.length);
  const rows = Math.ceil(spec.panels.length / columns);
  const title = spec.title ? wrap(say(spec.title), WIDTH - 24, FONT + 2) : [];
  const caption = spec.caption ? wrap(say(spec.caption), WIDTH - 24, FONT) : [];
  const head = title.length * (LINE + 2) + (title.length ? 8 : 0);
  const foot = caption.length * LINE + (caption.length ? 12 : 0);
  const total = head + spec.height + foot;
  const panels = spec.panels.map((panel, i) =>
    drawPanel(panel, {
      left: ((i % columns) * WIDTH) / columns,
      top: head + (Math.floor(i / columns) * spec.height) / rows,
      width: WIDTH / columns,
      height: spec.height / rows,
    }),
  );
  const alt = escapeXml(say(spec.alt));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${total}" width="${WIDTH}" height="${total}" ` +
    `style="max-width:100%;height:auto" role="img" aria-label="${alt}" font-family="system-ui, sans-serif" font-size="${FONT}">` +
    `<title>${alt}</title><rect width="100%" height="100%" rx="6" fill="#fff"/>` +
    textLines(
      title,
      WIDTH / 2,
      22,
      LINE + 2,
      `text-anchor="middle" font-size="${FONT + 2}" font-weight="600" fill="#222"`,
    ) +
    panels.join("") +
    textLines(caption, 12, head + spec.height + 16, LINE, `fill="#444"`) +
    `</svg>`
  );
}

function drawPanel(panel: Panel, outer: Area): string {
  const bare = panel.x.hidden && panel.y.hidden;
  const area = {
    left: outer.left + (bare ? 12 : MARGIN.left),
    top: outer.top + MARGIN.top,
    width: outer.width - (bare ? 24 : MARGIN.left + MARGIN.right),
    height: outer.height - MARGIN.top - (bare ? 12 : MARGIN.bottom),
  };
  const title = panel.title
    ? text(
        say(panel.title),
        area.left + area.width / 2,
        outer.top + 20,
        `text-anchor="middle" font-weight="600" fill="#222"`,
      )
    : "";
  const grid = panel.marks.find((mark) => mark.kind === "grid");
  return title + (grid ? drawGrid(grid, panel, area) : drawSeries(panel, area));
}

// ---- cells

function drawGrid(mark: GridMark, panel: Panel, area: Area): string {
  const rows = mark.values.length;
  const columns = mark.values[0]?.length ?? 0;
  const cell = Math.min(area.width / columns, area.height / rows);
  const left = area.left + (area.width - cell * columns) / 2;
  const top = area.top;
  const parts = [
    `<image x="${round(left)}" y="${round(top)}" width="${round(cell * columns)}" height="${round(cell * rows)}" ` +
      `preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${pixels(mark)}"/>`,
  ];
  if (mark.text) {
    const size = round(Math.min(FONT, cell * 0.42));
    mark.values.forEach((line, row) =>
      line.forEach((value, column) => {
        if (value === null) return;
        const x = left + (column + 0.5) * cell;
        const y = top + (row + 0.5) * cell + size * 0.36;
        const ink = inkOn(colorOf(value, mark.min, mark.max, mark.scale));
        parts.push(text(mark.text!(value), x, y, `text-anchor="middle" font-size="${size}" fill="${ink}"`));
      }),
    );
  }
  for (const box of mark.boxes ?? []) {
    parts.push(
      `<rect x="${round(left + box.column * cell)}" y="${round(top + box.row * cell)}" width="${round(box.width * cell)}" ` +
        `height="${round(box.height * cell)}" fill="none" stroke="${BOX}" stroke-width="3"/>`,
    );
  }
  for (const label of mark.labels ?? []) {
    const [x, y] = [left + label.column * cell, top + label.row * cell - 3];
    parts.push(text(say(label.text), x, y, `text-anchor="middle" font-size="${FONT - 2}" fill="#222"`));
  }
  parts.push(...gridAxes(panel, left, top, cell, rows, columns));
  return parts.join("");
}

function gridAxes(
  panel: Panel,
  left: number,
  top: number,
  cell: number,
  rows: number,
  columns: number,
): string[] {
  const parts: string[] = [];
  const bottom = top + rows * cell;
  if (!panel.x.hidden) {
    const names = panel.x.ticks ?? Array.from({ length: columns }, (_, i) => String(i));
    names.forEach((name, i) =>
      parts.push(text(name, left + (i + 0.5) * cell, bottom + 16, `text-anchor="middle" fill="#444"`)),
    );
    if (panel.x.label)
      parts.push(
        text(
          say(panel.x.label),
          left + (columns * cell) / 2,
          bottom + 36,
          `text-anchor="middle" fill="#222"`,
        ),
      );
  }
  if (!panel.y.hidden) {
    const names = panel.y.ticks ?? Array.from({ length: rows }, (_, i) => String(i));
    names.forEach((name, i) =>
      parts.push(text(name, left - 6, top + (i + 0.5) * cell + 4, `text-anchor="end" fill="#444"`)),
    );
    if (panel.y.label) parts.push(upright(say(panel.y.label), left - 36, top + (rows * cell) / 2));
  }
  return parts;
}

/** The cells as a small PNG, one pixel a cell; gaps are transparent. */
function pixels(mark: GridMark): string {
  const [rows, columns] = [mark.values.length, mark.values[0]?.length ?? 0];
  const values = new Uint8Array(rows * columns * 4);
  mark.values.forEach((line, row) =>
    line.forEach((value, column) => {
      const at = (row * columns + column) * 4;
      if (value !== null) values.set([...colorOf(value, mark.min, mark.max, mark.scale), 255], at);
    }),
  );
  return btoa(latin1Text(encodePng(columns, rows, 4, values)));
}

// ---- lines, points, bars

function drawSeries(panel: Panel, area: Area): string {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const mark of panel.marks) {
    if (mark.kind === "bar") {
      xs.push(-0.5, mark.labels.length - 0.5);
      ys.push(0, ...mark.values);
    } else if (mark.kind !== "grid") {
      xs.push(...mark.x);
      ys.push(...mark.y);
    }
  }
  const bars = panel.marks.some((mark) => mark.kind === "bar");
  const xTicks = niceTicks(xs);
  const yTicks = niceTicks(ys);
  const xRange = bars ? [Math.min(...xs), Math.max(...xs)] : [xTicks[0], xTicks[xTicks.length - 1]];
  const yRange = [yTicks[0], yTicks[yTicks.length - 1]];
  const px = (x: number): number =>
    round(area.left + ((x - xRange[0]) / (xRange[1] - xRange[0])) * area.width);
  const py = (y: number): number =>
    round(area.top + area.height - ((y - yRange[0]) / (yRange[1] - yRange[0])) * area.height);
  const bottom = area.top + area.height;
  const parts: string[] = [];
  for (const tick of yTicks) {
    parts.push(`<path d="M${area.left} ${py(tick)}h${area.width}" stroke="#e4e4e4"/>`);
    parts.push(text(tickText(tick), area.left - 6, py(tick) + 4, `text-anchor="end" fill="#444"`));
  }
  const names = panel.marks.find((mark) => mark.kind === "bar")?.labels;
  const xNames: [number, string][] = names
    ? names.map((name, i) => [i, say(name)])
    : xTicks.map((tick) => [tick, tickText(tick)]);
  for (const [x, name] of xNames)
    parts.push(text(name, px(x), bottom + 16, `text-anchor="middle" fill="#444"`));
  parts.push(`<path d="M${area.left} ${bottom}h${area.width}" stroke="#888"/>`);
  panel.marks.forEach((mark, i) => {
    const color = SERIES[i % SERIES.length];
    if (mark.kind === "line") {
      const path = linePath(mark, px, py);
      parts.push(
        `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" ${i % 2 ? 'stroke-dasharray="6 4"' : ""}/>`,
      );
    } else if (mark.kind === "points") {
      mark.x.forEach((x, k) => {
        if (!isPoint(x, mark.y[k])) return;
        parts.push(`<circle cx="${px(x)}" cy="${py(mark.y[k])}" r="3.5" fill="${color}"/>`);
      });
    } else if (mark.kind === "bar") {
      const width = (area.width / mark.labels.length) * 0.7;
      mark.values.forEach((value, k) => {
        if (!Number.isFinite(value)) return;
        const [low, high] = [py(Math.min(0, value)), py(Math.max(0, value))];
        parts.push(
          `<rect x="${round(px(k) - width / 2)}" y="${high}" width="${round(width)}" height="${round(low - high)}" fill="${color}"/>`,
        );
      });
    }
  });
  if (panel.x.label)
    parts.push(
      text(say(panel.x.label), area.left + area.width / 2, bottom + 38, `text-anchor="middle" fill="#222"`),
    );
  if (panel.y.label) parts.push(upright(say(panel.y.label), area.left - 44, area.top + area.height / 2));
  return parts.join("") + legend(panel, area);
}

/** Names of the marks side by side above the drawing, where no line runs. */
/** A line that is broken where a number is missing: after a gap it begins anew. */
function linePath({ x, y }: SeriesMark, px: (x: number) => number, py: (y: number) => number): string {
  return x
    .map((at, k) => {
      if (!isPoint(at, y[k])) return "";
      return `${k > 0 && isPoint(x[k - 1], y[k - 1]) ? "L" : "M"}${px(at)} ${py(y[k])}`;
    })
    .join("");
}

function isPoint(x: number, y: number): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

function legend(panel: Panel, area: Area): string {
  const named = panel.marks.flatMap((mark, i) => (mark.kind === "grid" ? [] : [{ name: say(mark.name), i }]));
  if (named.length < 2) return "";
  let x = area.left;
  return named
    .map(({ name, i }) => {
      const dash = i % 2 ? 'stroke-dasharray="6 4"' : "";
      const line = `<path d="M${round(x)} ${area.top - 14}h22" stroke="${SERIES[i % SERIES.length]}" stroke-width="3" ${dash}/>`;
      const label = text(name, x + 28, area.top - 10, `fill="#222"`);
      x += 28 + textWidth(name, FONT) + 20;
      return line + label;
    })
    .join("");
}

// ---- text

function text(content: string, x: number, y: number, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeXml(content)}</text>`;
}

function upright(content: string, x: number, y: number): string {
  return `<text transform="translate(${round(x)} ${round(y)}) rotate(-90)" text-anchor="middle" fill="#222">${escapeXml(content)}</text>`;
}

function textLines(lines: readonly string[], x: number, y: number, step: number, attributes: string): string {
  return lines.map((line, i) => text(line, x, y + i * step, attributes)).join("");
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
