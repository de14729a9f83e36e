/** `"wasm"` in a page whose networks.js could not be loaded. */
import { expect, test, vi } from "vitest";
import { backend, offer } from "../../kernel-lib/src/backend/index";
import { makeWasm } from "../../kernel-lib/src/backend/wasm/index";

vi.mock("../../kernel-lib/src/backend/wasm/networks", () => {
  throw new Error("404");
});

test("says what is missing, and the reference computes it, on one thread", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { networks } = await import("../../kernel-lib/src/backend/wasm/page");
  const reference = backend.current;
  offer(makeWasm(await networks));
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(
      /^backend: expected the file browser\/networks\.js, got ".*"; until it is served beside browser\/library\.js, the reference computes matrix products and convolutions, many times slower$/s,
    ),
  );

  const wasm = backend.current;
  expect([reference.name, wasm.name]).toEqual(["reference", "wasm"]);
  const { matmul, conv2d, conv2dGradInput, conv2dGradWeight, chain } = reference;
  expect(wasm).toMatchObject({ matmul, conv2d, conv2dGradInput, conv2dGradWeight });
  expect([chain, wasm.chain]).toEqual([undefined, undefined]);
  expect(wasm.unary).not.toBe(reference.unary);
  expect(backend.features.threadsInUse).toBe(1);
  backend.setThreads(2);
  expect(backend.features.threadsInUse).toBe(1);
});
