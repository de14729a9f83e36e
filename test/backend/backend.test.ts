import { backend, gradError } from "kernel-lib";
import { afterEach, describe, expect, test } from "vitest";
import { leaf } from "../support/tensors";

const atFirst = backend.current.name;
afterEach(() => backend.use("reference"));

describe("backend", () => {
  test("is the fast one at first, wherever there is SIMD", () => {
    expect(backend.features.simd).toBe(true); // every Node that the library supports has it
    expect(atFirst).toBe("wasm");
  });

  test("lists what works here, the reference among it", () => {
    expect(backend.list()).toContain("reference");
  });

  test.each(backend.list())("computes with %s once told to", (name) => {
    backend.use(name);
    expect(backend.current.name).toBe(name);
    const x = leaf([1, -2]);
    expect(gradError(() => x.mul(x).relu().sum(), [x])).toBeLessThan(1e-9);
  });

  test("stays with the one in use when another is unknown", () => {
    const before = backend.current;
    expect(() => backend.use("none")).toThrow(RangeError);
    expect(backend.current).toBe(before);
  });
});
