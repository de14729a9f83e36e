import type { InputRule, SpeaksUp } from "./layers.js";
import type { After, Built, BuiltWith, rule, ShapeRule, Sizes } from "./rule.js";
import type { Placed } from "./sentences.js";

/*
 * Layers one after the other: what nn.Sequential knows before it runs.
 */

/** All that nn.Sequential asks of a layer's type. Comparing layers with this costs less than comparing them with Module. */
export interface Layer {
  parameters(): unknown[];
}

/** A misfit on the way: at which place of the list, in which words. */
interface Stop {
  readonly at: string;
  readonly sentence: string;
}

/**
 * From layer to layer. `Walk<[nn.Flatten, nn.Linear<784, 10>], [1, 28, 28]>` is [10]; behind a [1, 8, 8] it is the stop
 * `{ at: "1", sentence: "Linear expects 784 features, got 64" }`. After a spread nothing is known.
 */
type Walk<L, S, Passed extends unknown[] = []> = L extends readonly [infer First, ...infer Rest]
  ? After<First, S> extends infer Out
    ? Out extends string
      ? { readonly at: `${Passed["length"]}`; readonly sentence: Placed<Out, Place<Passed, First, Rest>> }
      : Walk<Rest, Out, [...Passed, First]>
    : never
  : L extends readonly []
    ? S
    : number[];

/** `Place<[Input, ReLU], Linear, []>` is "layer 2 of 2": nn.input in front is no layer. */
type Place<Passed extends unknown[], First, Rest extends unknown[]> = Passed extends [
  infer Door,
  ...infer Layers,
]
  ? IsInput<Door> extends true
    ? Ordinal<[...Layers, First], Rest>
    : Ordinal<[...Passed, First], Rest>
  : IsInput<First> extends true
    ? ""
    : Ordinal<[First], Rest>;

type Ordinal<UpTo extends unknown[], Rest extends unknown[]> = number extends Rest["length"]
  ? `layer ${UpTo["length"]}`
  : `layer ${UpTo["length"]} of ${[...UpTo, ...Rest]["length"] & number}`;

type IsInput<L> = [L] extends [{ readonly [rule]: InputRule<Sizes> }] ? true : false;

/** The rule of `nn.Sequential<[nn.Flatten, nn.Linear<784, 10>]>`: from [1, 28, 28] to [10]. */
export interface SequentialRule<L extends readonly Layer[]> extends ShapeRule, SpeaksUp {
  readonly built: BuiltWith<[...{ [I in keyof L]: Built<L[I]> }, L["length"]]>;
  readonly output: this["input"] extends infer S extends Sizes
    ? Walk<L, S> extends infer End
      ? End extends Stop
        ? End["sentence"]
        : End
      : never
    : unknown;
}

/**
 * The layers as they are, but for the first that does not fit: a sentence is asked of it that it cannot be, and the
 * editor underlines it. (A type mapped over the list and not a condition on it: that would refuse spreads.)
 */
export type Fitting<L extends readonly Layer[]> = {
  [I in keyof L]: L[I] & (Walk<L, number[]> extends { readonly at: I } ? Told<L, I> : unknown);
};

/** What is asked of layer `I`, which does not fit. */
type Told<L extends readonly Layer[], I extends keyof L> =
  Walk<L, number[]> extends { readonly at: I; readonly sentence: infer Sentence }
    ? Unheard<L[I], Sentence>
    : unknown;

/** A network that is wrong whatever goes in has said so where it was made, and does not say it again in another. */
type Unheard<L, Sentence> = L extends { readonly [rule]: SpeaksUp }
  ? After<L, number[]> extends string
    ? unknown
    : Sentence
  : Sentence;

/**
 * The shape of one sample after a network or a layer, as a type: without the batch.
 *
 * `nn.OutputShape<typeof net>` is `[10]` where `net` begins with `nn.input`; otherwise give the shape of a sample that
 * goes in, `nn.OutputShape<typeof net, [1, 28, 28]>`. A size that is not known is `number`.
 */
export type OutputShape<Network, Sample extends readonly number[] = number[]> = After<Network, Sample>;
