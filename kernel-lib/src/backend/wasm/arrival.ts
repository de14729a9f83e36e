import * as networks from "./networks.js";

/** Hand over what networks are computed with: at once, for it lies in the same file. A page has `arrival.page.ts` for it. */
export function whenThere(use: (loaded: typeof networks) => void): Promise<void> {
  use(networks);
  return Promise.resolve();
}
