/*
 * Sums of natural numbers in types, digit by digit as on paper. A number is its decimal text; sums, differences and
 * products begin at its last digit, so there it is written backwards: 28 is "82". (Tuples whose length is the number
 * would be shorter to write, but a product of 10⁷ would be a tuple of 10⁷ entries.)
 *
 * What is no natural number known to the type, such as `number`, 1.5 or 2 | 3, gives `number`: unknown.
 */

/** `Add<28, 4>` is 32. */
export type Add<A extends number, B extends number> =
  BothNatural<A, B> extends true ? Parse<Reverse<Sum<Reverse<`${A}`>, Reverse<`${B}`>>>> : number;

/** `Sub<28, 4>` is 24, `Sub<4, 28>` is "negative". */
export type Sub<A extends number, B extends number> =
  BothNatural<A, B> extends true
    ? Difference<Reverse<`${A}`>, Reverse<`${B}`>> extends infer Left extends string
      ? Left extends "negative"
        ? "negative"
        : Parse<Reverse<Left>>
      : never
    : number;

/** `Mul<8, 49>` is 392. */
export type Mul<A extends number, B extends number> =
  BothNatural<A, B> extends true ? Parse<Reverse<Product<Reverse<`${A}`>, Reverse<`${B}`>>>> : number;

/** `Div<29, 2>` is 14: rounded down, as a window's last, incomplete stop is dropped. */
export type Div<A extends number, B extends number> =
  BothNatural<A, B> extends true
    ? B extends 0
      ? number
      : Parse<B extends 2 ? Half<`${A}`> : Quotient<`${A}`, Reverse<`${B}`>>>
    : number;

type BothNatural<A, B> = IsNatural<A> extends true ? IsNatural<B> : false;

/** `IsNatural<28>` is true; false for `number`, -1, 1.5, 1e21 and 2 | 3. */
type IsNatural<N> = [N] extends [number]
  ? `${N}` extends `-${string}`
    ? false
    : `${N}` extends `${bigint}`
      ? IsUnion<N> extends true
        ? false
        : true
      : false
  : false;

/** `IsUnion<2 | 3>` is true, `IsUnion<2>` is false. */
export type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;

/** `Parse<"007">` is 7. */
type Parse<Text extends string> = Text extends `0${infer Rest extends `${number}`}`
  ? Parse<Rest>
  : Text extends `${infer N extends number}`
    ? N
    : number;

/** `Reverse<"28">` is "82". */
type Reverse<Text extends string, Done extends string = ""> = Text extends `${infer First}${infer Rest}`
  ? Reverse<Rest, `${First}${Done}`>
  : Done;

type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Carry = "0" | "1";

/** `Tally["3"]` is [0, 0, 0]: a digit as a tuple of that length. */
interface Tally {
  "0": [];
  "1": [0];
  "2": [0, 0];
  "3": [0, 0, 0];
  "4": [0, 0, 0, 0];
  "5": [0, 0, 0, 0, 0];
  "6": [0, 0, 0, 0, 0, 0];
  "7": [0, 0, 0, 0, 0, 0, 0];
  "8": [0, 0, 0, 0, 0, 0, 0, 0];
  "9": [0, 0, 0, 0, 0, 0, 0, 0, 0];
  ten: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}

/** `Written[13]` is ["3", "1"]: write 3, carry 1. */
// prettier-ignore
type Written = [
  ["0", "0"], ["1", "0"], ["2", "0"], ["3", "0"], ["4", "0"], ["5", "0"], ["6", "0"], ["7", "0"], ["8", "0"], ["9", "0"],
  ["0", "1"], ["1", "1"], ["2", "1"], ["3", "1"], ["4", "1"], ["5", "1"], ["6", "1"], ["7", "1"], ["8", "1"], ["9", "1"],
];

/** `AddDigits<"6", "7", "0">` is ["3", "1"]: one column of a sum. */
type AddDigits<A extends Digit, B extends Digit, C extends Carry> = Written[[
  ...Tally[A],
  ...Tally[B],
  ...Tally[C],
]["length"] &
  keyof Written];

/** `SubDigits<"6", "7", "0">` is ["9", "1"]: one column of a difference, with what it borrows. */
type SubDigits<A extends Digit, B extends Digit, C extends Carry> = Tally[A] extends [
  ...Tally[B],
  ...Tally[C],
  ...infer Left extends 0[],
]
  ? [Written[Left["length"] & keyof Written][0], "0"]
  : [...Tally["ten"], ...Tally[A]] extends [...Tally[B], ...Tally[C], ...infer Left extends 0[]]
    ? [Written[Left["length"] & keyof Written][0], "1"]
    : never;

/** `Sum<"82", "4">` is "23": 28 + 4 = 32, last digits first. */
type Sum<
  A extends string,
  B extends string,
  C extends Carry = "0",
> = A extends `${infer A0 extends Digit}${infer ARest}`
  ? B extends `${infer B0 extends Digit}${infer BRest}`
    ? AddDigits<A0, B0, C> extends [infer D extends Digit, infer Next extends Carry]
      ? `${D}${Sum<ARest, BRest, Next>}`
      : never
    : C extends "0"
      ? A
      : Sum<A, "0", C>
  : B extends ""
    ? C extends "0"
      ? ""
      : "1"
    : C extends "0"
      ? B
      : Sum<"0", B, C>;

/** `Difference<"23", "4">` is "82": 32 − 4 = 28, last digits first; or "negative". */
type Difference<
  A extends string,
  B extends string,
  C extends Carry = "0",
  Done extends string = "",
> = A extends `${infer A0 extends Digit}${infer ARest}`
  ? B extends `${infer B0 extends Digit}${infer BRest}`
    ? SubDigits<A0, B0, C> extends [infer D extends Digit, infer Next extends Carry]
      ? Difference<ARest, BRest, Next, `${Done}${D}`>
      : never
    : C extends "0"
      ? `${Done}${A}`
      : Difference<A, "0", C, Done>
  : [B, C] extends ["", "0"]
    ? Done
    : "negative";

type Twice<A extends string> = Sum<A, A>;

/** `TimesDigit<"82", "3">` is "48": 28 · 3 = 84, last digits first. */
type TimesDigit<A extends string, D extends Digit> = {
  "0": "0";
  "1": A;
  "2": Twice<A>;
  "3": Sum<Twice<A>, A>;
  "4": Twice<Twice<A>>;
  "5": Sum<Twice<Twice<A>>, A>;
  "6": Twice<Sum<Twice<A>, A>>;
  "7": Sum<Twice<Sum<Twice<A>, A>>, A>;
  "8": Twice<Twice<Twice<A>>>;
  "9": Sum<Twice<Twice<Twice<A>>>, A>;
}[D];

/** `Product<"8", "94">` is "293": 8 · 49 = 392, last digits first. */
type Product<A extends string, B extends string> = B extends `${infer B0 extends Digit}${infer BRest}`
  ? BRest extends ""
    ? TimesDigit<A, B0>
    : Sum<TimesDigit<A, B0>, `0${Product<A, BRest>}`>
  : "0";

/** `Goes<"92", "8">` is ["3", "5"]: 8 goes into 29 three times and leaves 5. All last digits first. */
type Goes<A extends string, B extends string, Times extends 0[] = []> =
  Difference<A, B> extends infer Left extends string
    ? Left extends "negative"
      ? [`${Times["length"]}`, A]
      : Goes<Left, B, [...Times, 0]>
    : never;

/** `Quotient<"29", "2">` is "14": long division. The divisor comes last digit first, the rest as it is read. */
type Quotient<
  A extends string,
  B extends string,
  Left extends string = "",
  Done extends string = "",
> = A extends `${infer A0}${infer ARest}`
  ? Goes<`${A0}${Left}`, B> extends [infer Q extends string, infer Next extends string]
    ? Quotient<ARest, B, Next, `${Done}${Q}`>
    : never
  : Done;

/** `Half<"29">` is "14", as Quotient<"29", "2"> is; most windows move by 2, and this way costs a tenth. */
type Half<A extends string, Left extends 0 | 1 = 0> = A extends `${infer A0 extends Digit}${infer ARest}`
  ? `${Halves[Left][A0][0]}${Half<ARest, Halves[Left][A0][1]>}`
  : "";

/** `Halves[1]["9"]` is ["9", 1]: half of 19 is 9, and 1 is left. */
// prettier-ignore
type Halves = [
  { "0": ["0", 0]; "1": ["0", 1]; "2": ["1", 0]; "3": ["1", 1]; "4": ["2", 0]; "5": ["2", 1]; "6": ["3", 0]; "7": ["3", 1]; "8": ["4", 0]; "9": ["4", 1] },
  { "0": ["5", 0]; "1": ["5", 1]; "2": ["6", 0]; "3": ["6", 1]; "4": ["7", 0]; "5": ["7", 1]; "6": ["8", 0]; "7": ["8", 1]; "8": ["9", 0]; "9": ["9", 1] },
];
