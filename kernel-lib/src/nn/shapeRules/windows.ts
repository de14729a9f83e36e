import type { Add, Div, Mul, Sub } from "./natural.js";
import type { BuiltWith, ShapeRule, Sizes } from "./rule.js";
import type { Batch, Count, Misfit, Show } from "./sentences.js";

/*
 * Layers with a window: it moves over an image [channels, height, width] or along a sequence [channels, length].
 */

/** A size in both directions: one number for both, or height and width. */
export type Pair = number | readonly [number, number];
/** How much is put around an image: sizes, or a word. */
export type Padding = Pair | "same" | "valid";

/** `Part<[3, 5], 1>` is 5, `Part<3, 1>` is 3. */
type Part<P, Direction extends 0 | 1> = P extends readonly [unknown, unknown] ? P[Direction] : P;
/** What is no number, such as a union with a pair, is not known. */
type Known<P> = [P] extends [number] ? P : number;

/** `Span<3, 2>` is 5: how far a window of 3 reaches with dilation 2. */
type Span<Kernel extends number, Dilation extends number> = Dilation extends 1
  ? Kernel
  : Sub<Kernel, 1> extends infer Steps extends number
    ? Add<Mul<Dilation, Steps>, 1>
    : number;

/**
 * `Stops<28, 5, 2, 2, 1>` is 14: ⌊(28 + 2·2 − 5) / 2⌋ + 1. "negative" where the window does not fit.
 * Most windows are of two simple kinds, which save the compiler the sum: a border that just keeps the size, and a pool
 * that moves by its own size.
 */
type Stops<
  Size extends number,
  Kernel extends number,
  Stride extends number,
  Pad extends number,
  Dilation extends number,
> = [Add<Add<Pad, Pad>, 1>, Stride] extends [Span<Kernel, Dilation>, 1]
  ? number extends Kernel
    ? number
    : Size
  : [Pad, Dilation, Kernel] extends [0, 1, Stride]
    ? number extends Stride
      ? number
      : AtLeastOne<Div<Size, Stride>>
    : AllStops<Size, Kernel, Stride, Pad, Dilation>;

type AtLeastOne<N extends number> = N extends 0 ? "negative" : N;

type AllStops<
  Size extends number,
  Kernel extends number,
  Stride extends number,
  Pad extends number,
  Dilation extends number,
> =
  Sub<Pad extends 0 ? Size : Add<Size, Add<Pad, Pad>>, Span<Kernel, Dilation>> extends infer Room
    ? Room extends number
      ? Add<Stride extends 1 ? Room : Div<Room, Stride>, 1>
      : "negative"
    : never;

/** The stops in one direction, with the words that padding may be. Padding "same" wants stride 1. */
type ConvStops<Size extends number, Kernel, Stride, Pad, Dilation> = number extends Size
  ? number
  : [Pad] extends ["same"]
    ? [Stride] extends [1]
      ? Size
      : number
    : Stops<Size, Known<Kernel>, Known<Stride>, [Pad] extends ["valid"] ? 0 : Known<Pad>, Known<Dilation>>;

/** An image after a window has moved over it, or what is said of one that is too small for it. */
type Images<Name extends string, S extends Sizes, Out, H, W, Kernel, Dilation> = [H, W] extends [
  number,
  number,
]
  ? [Out, H, W]
  : TooSmall<
      Name,
      S,
      Span<Known<Part<Kernel, 0>>, Known<Part<Dilation, 0>>>,
      Span<Known<Part<Kernel, 1>>, Known<Part<Dilation, 1>>>
    >;

/** `TooSmall<"Conv2d", [3, 2, 2], 5, 5>` says that images must have 5 × 5 pixels. */
type TooSmall<Name extends string, S extends Sizes, SpanH extends number, SpanW extends number> = Misfit<
  Name,
  `images of at least ${Show<SpanH>} × ${Show<SpanW>} pixels, padding included`,
  Batch<S>
>;

/** Whether two sizes can be the same: equal, or one of them not known, as a number and a member of an enum are. */
export type Agree<A, B> = [A & B] extends [never] ? ([number] extends [A | B] ? true : false) : true;

/** `Conv2dOutput<[1, 28, 28], 1, 8, 5, 1, 2, 1>` is [8, 28, 28]. */
type Conv2dOutput<
  S extends Sizes,
  In extends number,
  Out,
  Kernel,
  Stride,
  Pad,
  Dilation,
> = number extends S["length"]
  ? [Out, number, number]
  : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
    ? Agree<C, In> extends true
      ? Images<
          "Conv2d",
          S,
          Out,
          ConvStops<H, Part<Kernel, 0>, Part<Stride, 0>, Part<Pad, 0>, Part<Dilation, 0>>,
          ConvStops<W, Part<Kernel, 1>, Part<Stride, 1>, Part<Pad, 1>, Part<Dilation, 1>>,
          Kernel,
          Dilation
        >
      : Misfit<"Conv2d", Count<In, "channel">, Show<C>>
    : Misfit<"Conv2d", "x as (N, C, H, W)", Batch<S>>;

/** The rule of `nn.Conv2d<1, 8, 5>`: from [1, 28, 28] to [8, 24, 24]. */
export interface Conv2dRule<In extends number, Out, Kernel, Stride, Pad, Dilation> extends ShapeRule {
  readonly built: BuiltWith<[In, Out, Kernel, Stride, Pad, Dilation]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? Conv2dOutput<S, In, Out, Kernel, Stride, Pad, Dilation>
    : unknown;
}

/** A sequence after a window has moved along it, or what is said of one that is too short. */
type Sequence<Name extends string, S extends Sizes, Out, L, Kernel, Dilation> = [L] extends [number]
  ? [Out, L]
  : TooShort<Name, S, Span<Known<Kernel>, Known<Dilation>>>;

type TooShort<Name extends string, S extends Sizes, SpanL extends number> = Misfit<
  Name,
  `sequences of at least ${Show<SpanL>} positions, padding included`,
  Batch<S>
>;

/** The rule of `nn.Conv1d<40, 16, 5>`: from [40, 100] to [16, 96]. */
export interface Conv1dRule<In extends number, Out, Kernel, Stride, Pad, Dilation> extends ShapeRule {
  readonly built: BuiltWith<[In, Out, Kernel, Stride, Pad, Dilation]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? [Out, number]
      : S extends readonly [infer C extends number, infer L extends number]
        ? Agree<C, In> extends true
          ? Sequence<"Conv1d", S, Out, ConvStops<L, Kernel, Stride, Pad, Dilation>, Kernel, Dilation>
          : Misfit<"Conv1d", Count<In, "channel">, Show<C>>
        : Misfit<"Conv1d", "x as (N, C, L)", Batch<S>>
    : unknown;
}

/** `Steps<2, true>` is `number`: how many stops ceilMode adds is left for run time. */
export type Steps<Stride, Ceil extends boolean> = [Ceil] extends [false] ? Stride : number;

/** The rule of `nn.MaxPool2d<2>` and `nn.AvgPool2d<2>`: from [8, 28, 28] to [8, 14, 14]. */
export interface Pool2dRule<Name extends string, Kernel, Stride, Pad, Dilation> extends ShapeRule {
  readonly built: BuiltWith<[Name, Kernel, Stride, Pad, Dilation]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? [number, number, number]
      : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
        ? Images<
            Name,
            S,
            C,
            ConvStops<H, Part<Kernel, 0>, Part<Stride, 0>, Part<Pad, 0>, Part<Dilation, 0>>,
            ConvStops<W, Part<Kernel, 1>, Part<Stride, 1>, Part<Pad, 1>, Part<Dilation, 1>>,
            Kernel,
            Dilation
          >
        : Misfit<Name, "x as (N, C, H, W)", Batch<S>>
    : unknown;
}

/** The rule of `nn.MaxPool1d<2>`: from [16, 100] to [16, 50]. */
export interface Pool1dRule<Kernel, Stride, Pad, Dilation> extends ShapeRule {
  readonly built: BuiltWith<[Kernel, Stride, Pad, Dilation]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? [number, number]
      : S extends readonly [infer C extends number, infer L extends number]
        ? Sequence<"MaxPool1d", S, C, ConvStops<L, Kernel, Stride, Pad, Dilation>, Kernel, Dilation>
        : Misfit<"MaxPool1d", "x as (N, C, L)", Batch<S>>
    : unknown;
}

/** `Grown<7, 2, 2, 0, 0, 1>` is 14: (7 − 1)·2 + 2. "negative" where the padding cuts everything off. */
type Grown<Size extends number, Kernel, Stride, Pad, Extra, Dilation> =
  Sub<Size, 1> extends infer Steps extends number
    ? Cut<
        Add<Add<Mul<Steps, Known<Stride>>, Span<Known<Kernel>, Known<Dilation>>>, Known<Extra>>,
        Add<Known<Pad>, Known<Pad>>
      >
    : number;

type Cut<Whole extends number, Border extends number> = Border extends Whole
  ? NothingLeft<Whole>
  : Sub<Whole, Border>;
type NothingLeft<Whole extends number> = number extends Whole ? number : "negative";

/** A map that has grown, or what is said of one of which nothing is left. */
type Enlarged<S extends Sizes, Out, H, W> = [H, W] extends [number, number]
  ? [Out, H, W]
  : Misfit<"ConvTranspose2d", "at least one pixel left of what the padding cuts off", Batch<S>>;

/** The rule of `nn.ConvTranspose2d<16, 8, 2, 2>`: from [16, 7, 7] to [8, 14, 14]. */
export interface ConvTranspose2dRule<
  In extends number,
  Out,
  Kernel,
  Stride,
  Pad,
  Extra,
  Dilation,
> extends ShapeRule {
  readonly built: BuiltWith<[In, Out, Kernel, Stride, Pad, Extra, Dilation]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? number extends S["length"]
      ? [Out, number, number]
      : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
        ? Agree<C, In> extends true
          ? Enlarged<
              S,
              Out,
              Grown<H, Part<Kernel, 0>, Part<Stride, 0>, Part<Pad, 0>, Part<Extra, 0>, Part<Dilation, 0>>,
              Grown<W, Part<Kernel, 1>, Part<Stride, 1>, Part<Pad, 1>, Part<Extra, 1>, Part<Dilation, 1>>
            >
          : Misfit<"ConvTranspose2d", Count<In, "channel">, Show<C>>
        : Misfit<"ConvTranspose2d", "x as (N, C, H, W)", Batch<S>>
    : unknown;
}

/** The rule of `nn.LocallyConnected2d<3, 64, 100, 3>`: from [3, 100, 100] to [64, 98, 98], and of no other size. */
export interface LocallyConnected2dRule<
  In extends number,
  Out,
  Size,
  Kernel,
  Stride,
  Pad,
  Dilation,
> extends ShapeRule {
  readonly built: BuiltWith<[In, Out, Size, Kernel, Stride, Pad, Dilation]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? [
        ConvStops<Known<Part<Size, 0>>, Part<Kernel, 0>, Part<Stride, 0>, Part<Pad, 0>, Part<Dilation, 0>>,
        ConvStops<Known<Part<Size, 1>>, Part<Kernel, 1>, Part<Stride, 1>, Part<Pad, 1>, Part<Dilation, 1>>,
      ] extends infer Own extends [number, number]
      ? number extends S["length"]
        ? [Out, ...Own]
        : S extends readonly [infer C extends number, infer H extends number, infer W extends number]
          ? Agree<C, In> extends true
            ? Local<
                S,
                In,
                Out,
                Own,
                ConvStops<H, Part<Kernel, 0>, Part<Stride, 0>, Part<Pad, 0>, Part<Dilation, 0>>,
                ConvStops<W, Part<Kernel, 1>, Part<Stride, 1>, Part<Pad, 1>, Part<Dilation, 1>>,
                Kernel,
                Dilation
              >
            : Misfit<"LocallyConnected2d", Count<In, "channel">, Show<C>>
          : Misfit<"LocallyConnected2d", "x as (N, C, H, W)", Batch<S>>
      : [Out, number, number]
    : unknown;
}

/** Weights belong to places: as many stops as the layer was built for, or none of it fits. */
type Local<S extends Sizes, In extends number, Out, Own extends [number, number], H, W, Kernel, Dilation> =
  Images<"LocallyConnected2d", S, Out, H, W, Kernel, Dilation> extends infer Image
    ? Image extends [Out, infer H extends number, infer W extends number]
      ? Agree<Mul<Own[0], Own[1]>, Mul<H, W>> extends true
        ? [Out, ...Own]
        : Misfit<
            "LocallyConnected2d",
            `x with ${Count<In, "channel">} and ${Show<Own[0]>} × ${Show<Own[1]>} stops`,
            Batch<S>
          >
      : Image
    : never;
