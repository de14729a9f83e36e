import type { IsUnion } from "./natural.js";

/**
 * What a layer does to the shape of a sample, as a type. A rule is a function on types: `input` is put in, and `output`
 * is computed from `this["input"]`, as a shape or, where the input does not fit, as a sentence.
 *
 * A sample's shape has no batch dimension: an image is [channels, height, width]. `number` stands for a size that is
 * not known, `number[]` for a shape of which nothing is known; neither is ever refused.
 *
 * A module of your own takes part if it hands its rule to `nn.Module`:
 *
 * @example
 * interface Doubles extends nn.ShapeRule {
 *   output: this["input"] extends [infer C, infer H, infer W] ? [C, H, W] : number[];
 * }
 * class Doubled extends nn.Module<Doubles> {
 *   forward(x: Tensor): Tensor {
 *     return x.mul(2);
 *   }
 * }
 * new Doubled().forward(rand(2, 3, 8, 8)).shape // [2, 3, 8, 8]
 */
export interface ShapeRule {
  readonly input: unknown;
  readonly output: unknown;
}

/** A sample's sizes; `number` where a size is not known. */
export type Sizes = readonly number[];

/** Where a module's type keeps its rule. It is there for the compiler alone: no value has such a property. */
export declare const rule: unique symbol;

/** The rule of a layer that leaves shapes as they are, for a module of your own: `extends nn.Module<nn.SameShape>`. */
export interface SameShape extends ShapeRule {
  readonly output: this["input"];
}

/**
 * What layer `L` makes of samples of shape `S`. `After<nn.ReLU, [8, 28, 28]>` is [8, 28, 28];
 * `After<nn.Linear<2048, 10>, [1568]>` is "Linear expects 2048 features, got 1568".
 * A layer without a rule, and a choice of layers that disagree, give `number[]`.
 */
export type After<L, S> =
  RuleOf<L> extends infer R
    ? [R] extends [ShapeRule]
      ? Definite<(R & { readonly input: S })["output"]>
      : number[]
    : never;

/** The rule that a layer carries, `unknown` if it has none. (Asked for by name: `infer` would pick one of several.) */
type RuleOf<L> = [L] extends [{ readonly [rule]: unknown }]
  ? IsAny<L[typeof rule]> extends true
    ? unknown
    : L[typeof rule]
  : unknown;

/** One shape or one sentence as it is; several, or none, are unknown. */
type Definite<Output> = [Output] extends [Sizes | string]
  ? IsUnion<Output> extends true
    ? number[]
    : Output
  : number[];

type IsAny<T> = [0] extends [1 & T] ? true : false;

/**
 * Keeps layers of different sizes apart where the compiler would take one for all: the type of
 * `deep ? new nn.Conv2d(1, 8, 3) : new nn.Conv2d(1, 8, 5)` is a choice of the two, and so not known. Yet each can be
 * assigned to the other, so `let layer = …; layer = …` goes on working: an optional property may be missing there,
 * but not where a union is simplified.
 *
 * `BuiltWith<[64, 10]>` is `{ "0: 64"?: never; "1: 10"?: never; parts?: never }`.
 */
export type BuiltWith<Parts extends readonly unknown[]> = {
  readonly [K in Numbered<Parts> | "parts"]?: never;
};

/** `Numbered<[64, readonly [3, 5]]>` is "0: 64" | "1: 3, 5". */
type Numbered<
  Parts extends readonly unknown[],
  Before extends unknown[] = [],
  Done = never,
> = Parts extends readonly [infer First, ...infer Rest]
  ? Numbered<Rest, [...Before, First], Done | `${Before["length"]}: ${Word<First>}`>
  : Done;

/** `Word<readonly [3, 5]>` is "3, 5", `Word<"same">` is "same", `Word<number>` is "?". */
type Word<Part> = Part extends number | string
  ? number extends Part
    ? "?"
    : `${Part}`
  : Part extends readonly [infer A, infer B]
    ? `${Word<A>}, ${Word<B>}`
    : "?";

/** What a layer was built with: `Built<nn.Linear<64, 10>>` is "0: 64" | "1: 10". */
export type Built<L> = L extends { readonly [rule]: { readonly built: infer B } } ? keyof B : "?";
