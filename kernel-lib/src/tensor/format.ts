import type { MimeBundle } from "../display/displayable.js";
import { formatShape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Above this many values only the edges are printed. */
const SUMMARY_ABOVE = 1000;
/** How many values of each edge are printed then. */
const EDGE = 3;
/** Decimals of a number that is not whole, as in PyTorch. */
const DECIMALS = 4;

/** `Tensor (2, 2) float32` and the values below it, columns aligned. */
export function inspectTensor(x: Tensor): string {
  const title = `Tensor ${formatShape(x.shape)} ${x.dtype}${x.requiresGrad ? " requiresGrad" : ""}`;
  if (x.numel === 0) return `${title}\n[]`;
  const text = numberFormat(x);
  const shown = visibleRows(x).flatMap((row) => row.filter((offset) => offset !== null));
  const width = Math.max(...shown.map((offset) => text(x.storage[offset]).length));
  return `${title}\n${nested(x, (offset) => text(x.storage[offset]).padStart(width))}`;
}

/** A tensor as a notebook shows it: an HTML table for a matrix, text for the rest. */
export function displayTensor(x: Tensor): MimeBundle {
  return x.ndim === 2 && x.numel > 0 ? { "text/html": tableOf(x) } : {};
}

/** The positions of an edge-summarised dimension; `null` stands for the part left out. */
function visible(size: number, summarise: boolean): (number | null)[] {
  if (!summarise || size <= 2 * EDGE) return Array.from({ length: size }, (_, i) => i);
  const head = Array.from({ length: EDGE }, (_, i) => i);
  return [...head, null, ...head.map((i) => size - EDGE + i)];
}

/** Storage offsets of the printed values, one array a printed row. */
function visibleRows(x: Tensor): (number | null)[][] {
  const summarise = x.numel > SUMMARY_ABOVE;
  let rows: (number | null)[][] = [[0]];
  x.shape.forEach((size, dim) => {
    const step = x.shape.slice(dim + 1).reduce((product, inner) => product * inner, 1);
    const places = visible(size, summarise);
    const last = dim === x.ndim - 1;
    rows = rows.flatMap(([base]) => {
      if (base === null) return [[null]];
      const offsets = places.map((place) => (place === null ? null : base + place * step));
      return last ? [offsets] : offsets.map((offset) => [offset]);
    });
  });
  return rows;
}

function nested(x: Tensor, text: (offset: number) => string): string {
  const summarise = x.numel > SUMMARY_ABOVE;
  const write = (dim: number, offset: number, step: number): string => {
    if (dim === x.ndim) return text(offset);
    const inner = step / x.shape[dim];
    const parts = visible(x.shape[dim], summarise).map((place) =>
      place === null ? "…" : write(dim + 1, offset + place * inner, inner),
    );
    const below = x.ndim - dim - 1; // a blank line more for each level of nesting
    const separator = below === 0 ? ", " : `,${"\n".repeat(below)}${" ".repeat(dim + 1)}`;
    return `[${parts.join(separator)}]`;
  };
  return write(0, 0, x.numel);
}

/** One way to write all values of a tensor: whole numbers plainly, others with four decimals, extremes with exponent. */
export function numberFormat(x: Tensor): (value: number) => string {
  if (x.dtype === "bool") return (value) => (value === 0 ? "false" : "true");
  let whole = true;
  let largest = 0;
  let smallest = Infinity;
  for (const value of x.storage) {
    if (!Number.isFinite(value)) continue;
    if (!Number.isInteger(value)) whole = false;
    const size = Math.abs(value);
    if (size > largest) largest = size;
    if (size > 0 && size < smallest) smallest = size;
  }
  const special = (value: number): string => (Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");
  const wide = largest >= 1e8 || (!whole && (largest / smallest > 1e6 || largest < 1e-3));
  return (value) => {
    if (!Number.isFinite(value)) return special(value);
    if (wide) return value.toExponential(DECIMALS);
    return whole ? String(Math.trunc(value) + 0) : value.toFixed(DECIMALS); // + 0 turns −0 into 0
  };
}

function tableOf(x: Tensor): string {
  const text = numberFormat(x);
  const rows = visibleRows(x).map((row) => {
    const cells = row.map((offset) => `<td>${offset === null ? "…" : text(x.storage[offset])}</td>`);
    return `<tr>${cells.join("")}</tr>`;
  });
  const caption = `Tensor ${formatShape(x.shape)} ${x.dtype}`;
  return (
    `<table style="font-variant-numeric:tabular-nums;text-align:right">` +
    `<caption style="caption-side:bottom;text-align:left;white-space:nowrap">${caption}</caption>` +
    `<tbody>${rows.join("")}</tbody></table>`
  );
}
