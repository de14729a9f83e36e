import { displayable } from "../display/displayable.js";
import { language, say, type Text } from "../display/language.js";
import { needNode } from "../system/node.js";
import { rangeError } from "../tensor/errors.js";
import { toHtml } from "./html.js";
import { toPlotly, type PlotlyFigure } from "./plotly.js";
import { toSvg } from "./svg.js";

/** Colours of a grid: ink on paper, one hue from light to dark, or two hues around zero. */
export type Scale = "ink" | "sequential" | "diverging";

/** A dot a line goes through, or stands on its own. */
export interface SeriesMark {
  kind: "line" | "points";
  name: Text;
  x: readonly number[];
  y: readonly number[];
}

/** Upright bars, one a label. */
export interface BarMark {
  kind: "bar";
  name: Text;
  labels: readonly Text[];
  values: readonly number[];
}

/** A frame around cells of a grid: its first row and column, and how many it covers. */
export interface Box {
  row: number;
  column: number;
  height: number;
  width: number;
}

/** Cells coloured by their value; `null` leaves a gap. */
export interface GridMark {
  kind: "grid";
  values: readonly (readonly (number | null)[])[];
  scale: Scale;
  min: number;
  max: number;
  /** Writes a value into its cell; none unless given. */
  text?: (value: number) => string;
  boxes?: readonly Box[];
  /** Short texts above places of the grid, in cells from the top left corner. */
  labels?: readonly { row: number; column: number; text: Text }[];
}

export type Mark = SeriesMark | BarMark | GridMark;

/** A scale along one side. */
export interface Axis {
  label?: Text;
  /** Names of the positions 0, 1, 2, … of a grid. */
  ticks?: readonly string[];
  /** Draw no numbers and no line. */
  hidden?: boolean;
}

/** One picture of a figure. */
export interface Panel {
  title?: Text;
  x: Axis;
  y: Axis;
  marks: readonly Mark[];
}

/** What every plotting function takes besides its numbers. */
export interface FigureOptions {
  title?: Text;
  /** What to notice. */
  caption?: Text;
  /** What is there, for someone who cannot see it; made from the numbers unless given. */
  alt?: Text;
  /** Pixels; chosen by the kind of figure unless given. */
  height?: number;
}

/** One picture of a sequence. */
export interface FigureStep {
  /** What the slider calls it. */
  label: Text;
  caption: Text;
  panels: readonly Panel[];
}

/** A figure's content, before it is drawn in one form or another. */
export interface FigureSpec extends FigureOptions {
  panels: readonly Panel[];
  /** A sequence that a slider goes through; where there is none, `panels` stand for it. */
  steps?: readonly FigureStep[];
  /** Panels side by side. */
  columns: number;
  height: number;
  alt: Text;
}

/**
 * A picture made of numbers. A notebook draws it with Plotly, where it can be zoomed and read off; where there is no
 * Plotly it is an SVG of the same content.
 */
export class Figure {
  constructor(readonly spec: FigureSpec) {}

  /** What to notice. */
  get caption(): string {
    return this.spec.caption ? say(this.spec.caption) : "";
  }

  /** What is there, in words. */
  get alt(): string {
    return say(this.spec.alt);
  }

  /** The figure as Plotly's data and layout. */
  toPlotly(): PlotlyFigure {
    return toPlotly(this.spec);
  }

  /** The figure as an SVG picture. */
  toSvg(): string {
    return toSvg(this.spec);
  }

  /**
   * Write the figure to a file: `.svg` a picture, `.html` a page with that picture.
   *
   * @throws {RangeError} for another ending
   */
  save(path: string): void {
    const isPage = path.endsWith(".html");
    if (!isPage && !path.endsWith(".svg")) {
      throw rangeError("figure.save", "a path that ends in .svg or .html", JSON.stringify(path));
    }
    const { writeFileSync } = needNode("figure.save", "node:fs", "toSvg() gives the picture");
    writeFileSync(path, isPage ? toHtml(this.toSvg(), this.alt, language()) : this.toSvg());
  }
}

displayable(Figure, {
  text: (figure) => `Figure: ${figure.alt}`,
  bundle: (figure) => ({
    "application/vnd.plotly.v1+json": figure.toPlotly(),
    "image/svg+xml": figure.toSvg(),
  }),
  metadata: (figure) => ({ alt: figure.alt }),
});
