/** `"wasm"` in a page whose wasm.js could not be loaded. */
import { expect, test, vi } from "vitest";
import { backend, offer } from "../../kernel-lib/src/backend/index";

vi.mock("../../kernel-lib/src/backend/wasm/wasm", () => {
  throw new Error("404");
});

test("says what is missing, and the reference computes in its place, on one thread", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { wasm } = await import("../../kernel-lib/src/backend/wasm/page");
  offer(await wasm);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(
      /^backend: expected the file browser\/wasm\.js, got ".*"; until it is served beside browser\/library\.js, the reference computes, many times slower$/s,
    ),
  );
  expect([backend.current.name, backend.list()]).toEqual(["reference", ["reference"]]);
  expect(() => backend.use("wasm")).toThrow(
    'backend.use: expected one of reference, got "wasm";\nwasm needs the file browser/wasm.js, which is not here',
  );
  expect(backend.features.threadsInUse).toBe(1);
  backend.setThreads(2);
  expect(backend.features.threadsInUse).toBe(1);
});
