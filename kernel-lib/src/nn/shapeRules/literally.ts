/**
 * A layer's options, some of which are kept as literals: `Literally<Conv2dOptions, { stride: Stride }>` infers `Stride`
 * as 2 from `{ stride: 2 }`, and is otherwise Conv2dOptions, refusals of unknown options included.
 */
export type Literally<Options, Literals> = {
  [Name in keyof Options]: Name extends keyof Literals ? Kept<Literals[Name], Options[Name]> : Options[Name];
};

/**
 * `T` is inferred from what is given. `All` beside it lets a class that extends a layer hand on what it likes; while
 * `T` is still to be inferred, the condition keeps it out of the way.
 */
type Kept<T, All> = T | ([T] extends [never] ? never : All);
