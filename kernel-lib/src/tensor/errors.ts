/** What a layer expected and got: "2048 features", "1568"; "x as (N, C, H, W)", "(N, 784)". */
export interface Brief {
  readonly expected: string;
  readonly actual: string;
}

/**
 * Two shapes do not fit together, or a shape does not fit an op.
 * The message says which op, what it expected, what it got, and a way out.
 */
export class ShapeError extends RangeError {
  // Behind accessors: what prints an error prints its fields too, and these are in its message already.
  readonly #op: string;
  readonly #expected: string;
  readonly #actual: string;
  readonly #brief: Brief;

  constructor(
    op: string,
    expected: string,
    actual: string,
    wayOut?: string,
    brief: Brief = { expected, actual },
  ) {
    super(sentence(op, expected, actual, wayOut));
    this.name = "ShapeError";
    this.#op = op;
    this.#expected = expected;
    this.#actual = actual;
    this.#brief = brief;
  }

  /** The op that refused, by its public name. */
  get op(): string {
    return this.#op;
  }
  /** What would have fitted, in words. */
  get expected(): string {
    return this.#expected;
  }
  /** What came instead, in words. */
  get actual(): string {
    return this.#actual;
  }
  /** The two in the fewest words, for the sentence in which a network says which of its layers refused. */
  get brief(): Brief {
    return this.#brief;
  }
}

/** A value of the right kind that is out of range. */
export function rangeError(op: string, expected: string, actual: string, wayOut?: string): RangeError {
  return new RangeError(sentence(op, expected, actual, wayOut));
}

/** A value of the wrong kind. */
export function typeError(op: string, expected: string, actual: string, wayOut?: string): TypeError {
  return new TypeError(sentence(op, expected, actual, wayOut));
}

function sentence(op: string, expected: string, actual: string, wayOut?: string): string {
  return `${op}: expected ${expected}, got ${actual}${wayOut ? `;\n${wayOut}` : ""}`;
}

/** How many of what: "1 channel", "3 channels". */
export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** A value in an error message: short, and telling numbers from strings. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "object") {
    const name = value.constructor?.name ?? "Object";
    return name === "Object" ? "a plain object" : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
  }
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  return String(value);
}
