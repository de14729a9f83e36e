import type { Mul } from "./natural.js";
import type { After, Built, BuiltWith, ShapeRule, Sizes } from "./rule.js";
import type { Batch, Count, Listed, Misfit, Show } from "./sentences.js";
import type { Agree, Pair } from "./windows.js";

/*
 * The rules of all other layers. SameShape, for activations and dropout, stands beside ShapeRule.
 */

/** The rule of `nn.input(1, 28, 28)`: samples of this shape and no others. */
export interface InputRule<Sample extends Sizes> extends ShapeRule {
  readonly built: BuiltWith<Sample>;
  /** What tells nn.input from a layer: it is not counted as one. */
  readonly door: true;
  readonly output: this["input"] extends infer S extends Sizes
    ? Fits<S, Sample> extends true
      ? Sample
      : Misfit<"nn.input", `a batch ${Batch<Sample>}`, Batch<S>>
    : unknown;
}

/** The rule of a module that takes samples of one shape and gives another: `extends nn.Module<nn.FromTo<[512], [10]>>`. */
export interface FromTo<From extends readonly number[], To extends readonly number[]> extends ShapeRule {
  readonly built: BuiltWith<[...From, ...To]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? Fits<S, From> extends true
      ? To
      : Misfit<"This module", Batch<From>, Batch<S>>
    : unknown;
}

/** Whether a shape can be the one that is wanted. `Fits<[3, number], [3, 28]>` is true, `Fits<[3], [3, 28]>` false. */
export type Fits<S extends Sizes, Wanted extends Sizes> = number extends S["length"] | Wanted["length"]
  ? true
  : S["length"] extends Wanted["length"]
    ? false extends { [I in keyof S]: I extends keyof Wanted ? Agree<S[I], Wanted[I]> : true }[number]
      ? false
      : true
    : false;

/** The rule of `nn.Linear<128, 10>`: from [128] to [10], from [20, 128] to [20, 10]. */
export interface LinearRule<In extends number, Out extends number> extends ShapeRule {
  readonly built: BuiltWith<[In, Out]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? S extends readonly [...infer Before extends Sizes, infer Last extends number]
      ? Agree<Last, In> extends true
        ? [...Before, Out]
        : Misfit<"Linear", Count<In, "feature">, Show<Last>>
      : number extends S["length"]
        ? [...number[], Out]
        : number[]
    : unknown;
}

/** The rule of `nn.Embedding<1000, 16>`: from [20] words to [20, 16]. */
export interface EmbeddingRule<Dim extends number> extends ShapeRule {
  readonly built: BuiltWith<[Dim]>;
  readonly output: this["input"] extends infer S extends Sizes ? [...S, Dim] : unknown;
}

/** The rule of `nn.Flatten`: from [16, 7, 7] to [784]. The dimensions count the batch, as at run time. */
export interface FlattenRule<Start extends number, End extends number> extends ShapeRule {
  readonly built: BuiltWith<[Start, End]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? End extends -1
      ? Start extends 1
        ? number extends S["length"]
          ? [number]
          : [Joined<S>]
        : JoinedFrom<S, Start>
      : number[]
    : unknown;
}

/** `Joined<[16, 7, 7]>` is 784. */
type Joined<S extends Sizes, Done extends number = 1> = S extends readonly [
  infer First extends number,
  ...infer Rest extends Sizes,
]
  ? Joined<Rest, Done extends 1 ? First : Mul<Done, First>>
  : Done;

/** `JoinedFrom<[16, 7, 7], 2>` is [16, 49]; not known where the first dimension to join is no literal, or missing. */
type JoinedFrom<
  S extends Sizes,
  Start extends number,
  Kept extends number[] = [0],
> = Kept["length"] extends Start
  ? number extends S["length"]
    ? number[]
    : S extends readonly []
      ? number[]
      : Kept extends [0, ...infer Before extends number[]]
        ? [...Before, Joined<S>]
        : never
  : S extends readonly [infer First extends number, ...infer Rest extends Sizes]
    ? JoinedFrom<Rest, Start, [...Kept, First]>
    : number[];

/** The rule of `nn.BatchNorm2d<16>`: [16, 14, 14] stays as it is. */
export interface BatchNorm2dRule<C extends number> extends ShapeRule {
  readonly built: BuiltWith<[C]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? [C, number, number]
      : S extends readonly [infer Got, number, number]
        ? Agree<Got, C> extends true
          ? S
          : Misfit<"BatchNorm2d", Count<C, "channel">, Show<Got>>
        : Misfit<"BatchNorm2d", "x as (N, C, H, W)", Batch<S>>
    : unknown;
}

/** The rule of `nn.BatchNorm1d<16>`: [16] and [16, 100] stay as they are. */
export interface BatchNorm1dRule<C extends number> extends ShapeRule {
  readonly built: BuiltWith<[C]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? S
      : S extends readonly [infer Got] | readonly [infer Got, number]
        ? Agree<Got, C> extends true
          ? S
          : Misfit<"BatchNorm1d", Count<C, "channel">, Show<Got>>
        : Misfit<"BatchNorm1d", "x as (N, C) or (N, C, L)", Batch<S>>
    : unknown;
}

/** The rule of `nn.LayerNorm<16>` and `nn.LayerNorm<[4, 3]>`: what ends in these sizes stays as it is. */
export interface LayerNormRule<Ending extends number | Sizes> extends ShapeRule {
  readonly built: BuiltWith<[Ending]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? [Ending] extends [number]
      ? EndsIn<S, readonly [Ending]>
      : [Ending] extends [Sizes]
        ? EndsIn<S, Ending>
        : number[]
    : unknown;
}

type EndsIn<S extends Sizes, Ending extends Sizes> =
  Matches<S, Ending> extends true ? S : Misfit<"LayerNorm", `x that ends in ${Listed<Ending>}`, Batch<S>>;

/** `Matches<[8, 4, 3], [4, 3]>` is true: compared from the last size on. */
type Matches<S extends Sizes, Ending extends Sizes> = number extends Ending["length"]
  ? true
  : Ending extends readonly [...infer More extends Sizes, infer Wanted]
    ? S extends readonly [...infer Before extends Sizes, infer Last]
      ? Agree<Last, Wanted> extends true
        ? Matches<Before, More>
        : false
      : number extends S["length"]
        ? true
        : More extends readonly []
          ? true // what it meets is the batch, of any size
          : false
    : true;

/** The rule of `nn.Bias2d<19>`: maps of [channels, 19, 19] stay as they are. */
export interface Bias2dRule<Size extends Pair> extends ShapeRule {
  readonly built: BuiltWith<[Size]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? (
        Size extends readonly [infer H, infer W] ? [number, H, W] : [number, Size, Size]
      ) extends infer Map extends [number, number, number]
      ? Fits<S, Map> extends true
        ? number extends S["length"]
          ? Map
          : S
        : Misfit<"Bias2d", `maps (N, C, ${Show<Map[1]>}, ${Show<Map[2]>})`, Batch<S>>
      : number[]
    : unknown;
}

/** The rule of `nn.AdaptiveAvgPool2d<1>`: from [8, 7, 7] to [8, 1, 1]. `null` keeps a size. */
export interface AdaptivePoolRule<Size> extends ShapeRule {
  readonly built: BuiltWith<[Size]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? [number, Chosen<Size, 0, number>, Chosen<Size, 1, number>]
      : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
        ? [C, Chosen<Size, 0, H>, Chosen<Size, 1, W>]
        : Misfit<"AdaptiveAvgPool2d", "x as (N, C, H, W)", Batch<S>>
    : unknown;
}

/** `Chosen<[7, null], 1, 28>` is 28, the size that there is. */
type Chosen<Size, Direction extends 0 | 1, There extends number> = Size extends readonly [unknown, unknown]
  ? [Size[Direction]] extends [null]
    ? There
    : [Size[Direction]] extends [number]
      ? Size[Direction]
      : number
  : [Size] extends [number]
    ? Size
    : number;

/** The rule of `nn.Upsample<undefined, 2>`: from [8, 7, 7] to [8, 14, 14]. A scale of 1.5 makes sizes unknown. */
export interface UpsampleRule<Size, Scale> extends ShapeRule {
  readonly built: BuiltWith<[Size, Scale]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? [number, Scaled<Size, Scale, 0, number>, Scaled<Size, Scale, 1, number>]
      : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
        ? [C, Scaled<Size, Scale, 0, H>, Scaled<Size, Scale, 1, W>]
        : Misfit<"Upsample", "x as (N, C, H, W)", Batch<S>>
    : unknown;
}

type Scaled<Size, Scale, Direction extends 0 | 1, There extends number> = [Size] extends [undefined]
  ? Chosen<Scale, Direction, number> extends infer Times extends number
    ? Mul<There, Times>
    : number
  : Chosen<Size, Direction, number>;

/** The rule of a module that refuses, where it is made, parts that never fit together. */
export interface SpeaksUp {
  readonly speaksUp: true;
}

/** The rule of `nn.Residual<nn.Conv2d<8, 8, 1>>`: what the block gives must have the shape of what goes round it. */
export interface ResidualRule<Block, Shortcut> extends ShapeRule, SpeaksUp {
  readonly built: BuiltWith<[Built<Block>, Built<Shortcut>]>;
  readonly output: this["input"] extends infer S extends Sizes ? Added<Block, Shortcut, S> : unknown;
}

/** `Added<nn.Linear<8, 8>, "input", [8]>` is [8]: the block's shape, which is the shortcut's. */
export type Added<Block, Shortcut, S> =
  After<Block, S> extends infer Difference
    ? Difference extends Sizes
      ? ([Shortcut] extends ["input"] ? S : After<Shortcut, S>) extends infer Around
        ? Around extends Sizes
          ? Fits<Difference, Around> extends true
            ? Sharper<Difference, Around>
            : Misfit<
                "Residual",
                `block and shortcut to give one shape, ${Batch<Around>} from the shortcut`,
                Batch<Difference>
              >
          : Around
        : never
      : Difference
    : never;

/** Asks of a shortcut the sentence that it cannot be, where it never agrees with the block. */
export type Agreeing<Block, Shortcut> =
  Added<Block, Shortcut, number[]> extends string ? Added<Block, Shortcut, number[]> : unknown;

/** Of two shapes that agree, the one of which more is known; unknown where the block is. */
type Sharper<Difference extends Sizes, Around extends Sizes> = number extends
  Difference["length"] | Around["length"]
  ? Difference
  : Around extends Difference
    ? Around
    : Difference;

/** The rule of `nn.SpatialTransformer`: images stay as they are, if the small network gives six numbers. */
export interface SpatialTransformerRule<Localisation> extends ShapeRule {
  readonly built: BuiltWith<[Built<Localisation>]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? After<Localisation, S> extends infer Theta
      ? Theta extends Sizes
        ? number extends Theta["length"]
          ? S
          : Agree<Joined<Theta>, 6> extends true
            ? S
            : Misfit<
                "SpatialTransformer",
                "localisation to give (N, 6), an affine map for each image",
                Batch<Theta>
              >
        : Theta
      : never
    : unknown;
}
