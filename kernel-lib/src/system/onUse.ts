/** A function whose answer comes as a promise. */
export type Later<F> = F extends (...args: infer Args) => infer Out
  ? (...args: Args) => Promise<Awaited<Out>>
  : never;

/** A function of a module that is loaded when the function is first called, so that a page begins without it. */
export function onUse<M, Name extends keyof M>(load: () => Promise<M>, name: Name): Later<M[Name]> {
  const call = async (...args: unknown[]): Promise<unknown> => {
    const found = (await load())[name] as (...args: unknown[]) => unknown;
    return found(...args);
  };
  return call as Later<M[Name]>;
}
