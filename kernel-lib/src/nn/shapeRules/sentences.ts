import type { Sizes } from "./rule.js";

/*
 * What is said where a shape does not fit, in the words of the error at run time (refusal.ts puts those together).
 */

/** `Misfit<"Linear", "2048 features", 1568>` is "Linear expects 2048 features, got 1568". */
export type Misfit<
  Name extends string,
  Expected extends string,
  Got extends string | number,
> = `${Name} expects ${Expected}, got ${Got}`;

/** `Count<3, "channel">` is "3 channels", `Count<1, "channel">` is "1 channel". */
export type Count<N extends number, Unit extends string> = `${Show<N>} ${Unit}${N extends 1 ? "" : "s"}`;

/** `Batch<[1, 28, 28]>` is "(N, 1, 28, 28)"; a size that is not known is a question mark. */
export type Batch<S extends Sizes> = S extends readonly [] ? "(N,)" : `(N${Commas<S>})`;

/** `Listed<[4, 3]>` is "(4, 3)", `Listed<[4]>` is "(4,)", as Python writes them. */
export type Listed<S extends Sizes> = S extends readonly [infer Only extends number]
  ? `(${Show<Only>},)`
  : S extends readonly [infer First extends number, ...infer Rest extends Sizes]
    ? `(${Show<First>}${Commas<Rest>})`
    : "()";

type Commas<S extends Sizes> = number extends S["length"]
  ? S extends readonly [...infer Before extends Sizes, infer Last extends number]
    ? `${Commas<Before>}, ${Show<Last>}`
    : ", …"
  : S extends readonly [infer First extends number, ...infer Rest extends Sizes]
    ? `, ${Show<First>}${Commas<Rest>}`
    : "";

/** `Show<28>` is "28", `Show<number>` is "?". */
export type Show<N> = N extends number ? (number extends N ? "?" : `${N}`) : "?";

/**
 * `Placed<"ReLU expects …", "layer 2 of 5">` is "ReLU expects … (layer 2 of 5)". A sentence from a network inside
 * another already says a place: "… (layer 1 of 2, in layer 3 of 5)". Without a place, "", it stays as it is.
 */
export type Placed<Sentence extends string, Place extends string> = Place extends ""
  ? Sentence
  : Sentence extends `${infer Said} (layer ${infer Inner})`
    ? `${Said} (layer ${Inner}, in ${Place})`
    : `${Sentence} (${Place})`;
