/** Something that can be asked whether to stop: an AbortSignal, or any object with its `aborted`. */
export interface StopSignal {
  readonly aborted: boolean;
}

/**
 * Watch for Ctrl+C (a notebook's stop button) while training runs. The first one asks training to stop at the next
 * batch; after `release` the process handles it as before.
 */
export function watchInterrupt(): { readonly signal: StopSignal; release(): void } {
  const signal = { aborted: false };
  const stop = (): void => {
    signal.aborted = true;
  };
  globalThis.process?.once?.("SIGINT", stop); // a page has neither
  return {
    signal,
    release: () => globalThis.process?.off?.("SIGINT", stop),
  };
}
