import { Tensor } from "../index.js";

/** Answers may differ by this much, relative to the largest number: room for another order of summation. */
const TOLERANCE = 1e-5;

/** The first difference between two answers, or `null` if they agree. Tensors are compared as nested arrays. */
export function firstDifference(got: unknown, expected: unknown): string | null {
  return difference(plain(got), plain(expected), "");
}

/** An answer as nested arrays of numbers. */
export function plain(value: unknown): unknown {
  return value instanceof Tensor ? (value.toArray() as unknown) : value;
}

/** An answer as it stands in a message: rows of a matrix below each other. */
export function written(value: unknown): string {
  const content = plain(value);
  if (Array.isArray(content) && content.some(Array.isArray)) {
    return `[${content.map((row) => written(row)).join(",\n ")}]`;
  }
  if (Array.isArray(content)) return `[${content.map((item) => written(item)).join(", ")}]`;
  if (typeof content === "number") return String(Math.round(content * 1e6) / 1e6 + 0);
  return content === undefined
    ? "undefined"
    : typeof content === "string"
      ? JSON.stringify(content)
      : String(content);
}

function difference(got: unknown, expected: unknown, place: string): string | null {
  const where = place ? ` at ${place}` : "";
  if (Array.isArray(expected)) {
    if (!Array.isArray(got)) return `expected an array${where}, got ${written(got)}`;
    if (got.length !== expected.length)
      return `expected ${expected.length} entries${where}, got ${got.length}`;
    for (let i = 0; i < expected.length; i++) {
      const found = difference(got[i], expected[i], `${place}[${i}]`);
      if (found) return found;
    }
    return null;
  }
  if (typeof expected === "number") {
    const close =
      typeof got === "number" && Math.abs(got - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
    return close || (Number.isNaN(expected) && Number.isNaN(got))
      ? null
      : `expected ${written(expected)}${where}, got ${written(got)}`;
  }
  return got === expected ? null : `expected ${written(expected)}${where}, got ${written(got)}`;
}
