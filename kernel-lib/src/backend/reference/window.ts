/**
 * The stops (start included, end not) at which a weight that begins at `shift` lies inside 0 … size − 1,
 * when the window moves by `stride` and makes `stops` stops.
 */
export function stopsInside(
  shift: number,
  stride: number,
  size: number,
  stops: number,
): { start: number; end: number } {
  const start = Math.max(0, Math.ceil(-shift / stride));
  const end = Math.min(stops, Math.floor((size - 1 - shift) / stride) + 1);
  return { start, end };
}
