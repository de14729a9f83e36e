import { say, type Text } from "../display/language.js";
import { BOX, SCALES, SERIES } from "./colors.js";
import type { Axis, FigureSpec, GridMark, Mark } from "./figure.js";
import { wrap } from "./wrap.js";

/** Where captions are broken: a notebook's column is about this wide. */
const CAPTION_WIDTH = 700;
const FONT = 13;
const LINE = 18;
/** Height of a slider with its labels. */
const SLIDER = 70;
/** Share of the width between neighbouring panels. */
const GAP = 0.06;

/** A figure as Plotly takes it. */
export interface PlotlyFigure {
  data: object[];
  layout: Record<string, unknown>;
}

/** Draw a figure as Plotly's data and layout; one with steps gets a slider that goes through them. */
export function toPlotly(spec: FigureSpec): PlotlyFigure {
  if (!spec.steps) return drawPanels(spec);
  const pictures = spec.steps.map((step) => drawPanels({ ...spec, ...step }));
  const first = pictures[0];
  const height = (first.layout.height as number) + SLIDER;
  const margin = first.layout.margin as { b: number };
  const steps = pictures.map(({ data, layout }, i) => ({
    label: say(spec.steps![i].label),
    method: "update",
    args: [
      {
        z: data.map((trace) => (trace as { z: unknown }).z),
        text: data.map((trace) => (trace as { text: unknown }).text),
      },
      { annotations: layout.annotations, shapes: layout.shapes },
    ],
  }));
  const slider = { steps, active: 0, currentvalue: { visible: false }, pad: { t: margin.b }, len: 1, x: 0 };
  return {
    data: first.data,
    layout: { ...first.layout, height, margin: { ...margin, b: margin.b + SLIDER }, sliders: [slider] },
  };
}

/** Draw panels; each has a pair of axes. */
function drawPanels(spec: FigureSpec): PlotlyFigure {
  const columns = Math.min(spec.columns, spec.panels.length);
  const rows = Math.ceil(spec.panels.length / columns);
  const caption = spec.caption ? wrap(say(spec.caption), CAPTION_WIDTH, FONT) : [];
  const bare = spec.panels.every((panel) => panel.x.hidden && panel.y.hidden);
  const below = (bare ? 12 : 72) + caption.length * LINE;
  const named = spec.panels.some((panel) => panel.marks.length > 1);
  const above = (spec.title ? 34 : 0) + (named || spec.panels.some((panel) => panel.title) ? 34 : 14);
  const layout: Record<string, unknown> = {
    height: above + spec.height + below,
    margin: { l: bare ? 12 : 62, r: 16, t: above, b: below },
    font: { size: FONT },
    showlegend: named,
    ...(named && { legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom" } }), // above the drawing, where no line runs
    ...(spec.title && { title: { text: say(spec.title), font: { size: FONT + 3 } } }),
  };
  const annotations: object[] = [];
  const shapes: object[] = [];
  const data: object[] = [];
  spec.panels.forEach((panel, i) => {
    const suffix = i === 0 ? "" : String(i + 1);
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const x0 = column * (1 / columns) + (column > 0 ? GAP / 2 : 0);
    const x1 = (column + 1) * (1 / columns) - (column < columns - 1 ? GAP / 2 : 0);
    const [y0, y1] = [1 - (row + 1) / rows + (rows > 1 ? 0.05 : 0), 1 - row / rows - (rows > 1 ? 0.05 : 0)];
    const grid = panel.marks.find((mark) => mark.kind === "grid");
    layout[`xaxis${suffix}`] = {
      ...axis(panel.x, grid?.values[0]?.length),
      domain: [x0, x1],
      anchor: `y${suffix}`,
      ...(grid && gridAxis()),
    };
    layout[`yaxis${suffix}`] = {
      ...axis(panel.y, grid?.values.length),
      domain: [y0, y1],
      anchor: `x${suffix}`,
      ...(grid && {
        ...gridAxis(),
        autorange: "reversed",
        scaleanchor: `x${suffix}`,
        constraintoward: "top",
      }),
    };
    if (panel.title) {
      annotations.push({
        text: `<b>${say(panel.title)}</b>`,
        xref: "paper",
        yref: "paper",
        x: (x0 + x1) / 2,
        xanchor: "center",
        y: y1,
        yanchor: "bottom",
        showarrow: false,
      });
    }
    panel.marks.forEach((mark, k) =>
      data.push({ ...trace(mark, k), xaxis: `x${suffix}`, yaxis: `y${suffix}` }),
    );
    if (grid) {
      annotations.push(...gridLabels(grid, suffix));
      shapes.push(...gridBoxes(grid, suffix));
    }
  });
  if (caption.length > 0) {
    annotations.push({
      text: caption.join("<br>"),
      xref: "paper",
      yref: "paper",
      x: 0,
      y: 0,
      xanchor: "left",
      yanchor: "top",
      yshift: bare ? -8 : -62,
      align: "left",
      font: { size: FONT },
      showarrow: false,
    });
  }
  return { data, layout: { ...layout, annotations, shapes } };
}

function axis(side: Axis, cells: number | undefined): Record<string, unknown> {
  if (side.hidden) return { visible: false };
  const label = side.label ? { title: { text: say(side.label) } } : {};
  if (cells === undefined) return { ...label, zeroline: false };
  const names = side.ticks ?? Array.from({ length: cells }, (_, i) => String(i));
  return { ...label, tickvals: names.map((_, i) => i), ticktext: [...names] };
}

/** Cells stay square, and there is nothing behind them. */
function gridAxis(): Record<string, unknown> {
  return { showgrid: false, zeroline: false, constrain: "domain", ticks: "" };
}

function trace(mark: Mark, index: number): object {
  const color = SERIES[index % SERIES.length];
  if (mark.kind === "grid") return heatmap(mark);
  if (mark.kind === "bar")
    return {
      type: "bar",
      name: say(mark.name),
      x: mark.labels.map(say),
      y: [...mark.values],
      marker: { color },
    };
  const line = mark.kind === "line";
  return {
    type: "scatter",
    mode: line ? "lines" : "markers",
    name: say(mark.name),
    x: [...mark.x],
    y: [...mark.y],
    ...(line ? { line: { color, dash: index % 2 ? "dash" : "solid" } } : { marker: { color } }),
  };
}

function heatmap(mark: GridMark): object {
  const stops = SCALES[mark.scale];
  const at: Text = { en: "row %{y}, column %{x}: %{z}", zh: "第 %{y} 行，第 %{x} 列：%{z}" };
  return {
    type: "heatmap",
    z: mark.values.map((row) => [...row]),
    zmin: mark.min,
    zmax: mark.max,
    colorscale: stops.map((rgb, i) => [i / (stops.length - 1), `rgb(${rgb.join(",")})`]),
    showscale: false,
    hoverongaps: false,
    hovertemplate: `${say(at)}<extra></extra>`,
    ...(mark.text && { text: cellTexts(mark), texttemplate: "%{text}" }),
  };
}

function cellTexts(mark: GridMark): string[][] {
  return mark.values.map((row) => row.map((value) => (value === null || !mark.text ? "" : mark.text(value))));
}

function gridLabels(mark: GridMark, suffix: string): object[] {
  return (mark.labels ?? []).map((label) => ({
    xref: `x${suffix}`,
    yref: `y${suffix}`,
    showarrow: false,
    x: label.column - 0.5,
    y: label.row - 0.5,
    yanchor: "bottom",
    text: say(label.text),
    font: { size: FONT - 2 },
  }));
}

function gridBoxes(mark: GridMark, suffix: string): object[] {
  return (mark.boxes ?? []).map((box) => ({
    type: "rect",
    xref: `x${suffix}`,
    yref: `y${suffix}`,
    x0: box.column - 0.5,
    x1: box.column + box.width - 0.5,
    y0: box.row - 0.5,
    y1: box.row + box.height - 0.5,
    line: { color: BOX, width: 3 },
  }));
}
