import type { WasmBackend } from "../backend.js";
import { features } from "./features.js";

/**
 * The fast backend of a page, a file of its own: on its way from here on, and asked for only where it can be used.
 * `undefined` without SIMD, and where the file could not be loaded: the page works without it.
 */
export const wasm: Promise<WasmBackend | undefined> | undefined = features().simd
  ? import("./wasm.js").then(({ makeWasm }) => makeWasm(), goOnWithout)
  : undefined;

function goOnWithout(error: unknown): undefined {
  console.warn(
    `backend: expected the file browser/wasm.js, got "${String(error)}"; until it is served beside browser/library.js, the reference computes, many times slower`,
  );
}
