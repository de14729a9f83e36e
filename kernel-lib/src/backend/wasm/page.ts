import { features } from "./features.js";

type Networks = typeof import("./networks.js");

/**
 * What a page computes networks with, a file of its own: on its way from here on, and asked for only where it can be used.
 * `undefined` without SIMD, and where the file could not be loaded: the page works without it.
 */
export const networks: Promise<Networks | undefined> | undefined = features().simd
  ? import("./networks.js").catch(goOnWithout)
  : undefined;

function goOnWithout(error: unknown): undefined {
  console.warn(
    `backend: expected the file browser/networks.js, got "${String(error)}"; until it is served beside browser/library.js, the reference computes matrix products and convolutions, many times slower`,
  );
}
