import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { data, tensor, zeros, type DType } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { sameTensor, someTensor } from "./anyTensor";
import { npy } from "./damage";

const made = (name: string): string => fileURLToPath(new URL(`made/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "npy-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("readNpy() reads what NumPy wrote:", () => {
  test.each<[string, DType, unknown]>([
    ["float32", "float32", [[0, 0.25, 0.5], [0.75, 1, 1.25]]], // prettier-ignore
    ["big-endian", "float64", [[0, 0.25, 0.5], [0.75, 1, 1.25]]], // prettier-ignore
    ["half", "float32", [0, 1, -2.5, 65504, 5.960464477539063e-8, Infinity, NaN]],
    ["int64", "int32", [-2147483648, 0, 2147483647]],
    ["number", "bool", true],
  ])("%s", (name, dtype, values) => {
    const x = data.readNpy(made(`${name}.npy`));
    expect([x.dtype, x.toArray()]).toEqual([dtype, values]);
  });

  test("an array in Fortran's order of axes", () => {
    const x = data.readNpy(made("fortran.npy"));
    expect([x.shape, x.dtype]).toEqual([[2, 3, 4], "int32"]);
    expect(x.reshape(-1).toArray()).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  test("a shape of long numbers, as Python 2 wrote them, and entries in another order", () => {
    const x = data.readNpy(npy("{'shape': (2L, 1L), 'fortran_order': False, 'descr': '<u2'}", [1, 0, 2, 1]));
    expect(x.toArray()).toEqual([[1], [258]]);
  });

  test.each(["stored.npz", "deflated.npz"])("several arrays: %s", (name) => {
    const { weight, bias, ...rest } = data.readNpz(made(name));
    expect([weight.shape, bias.toArray(), rest]).toEqual([[2, 3], [1, 2], {}]); // prettier-ignore
  });
});

describe("writeNpy()", () => {
  test("writes byte for byte what NumPy does", () => {
    const x = data.readNpy(made("float32.npy"));
    expect(data.writeNpy(x)).toEqual(new Uint8Array(readFileSync(made("float32.npy"))));
    expect(data.writeNpy(tensor(true))).toEqual(new Uint8Array(readFileSync(made("number.npy"))));
  });

  test("and readNpy() give back every tensor", () => {
    const path = join(folder, "x.npy");
    fc.assert(
      fc.property(someTensor(), (x) => {
        sameTensor(data.readNpy(data.writeNpy(x)), x);
      }),
      { seed: 2, numRuns: 100 },
    );
    data.writeNpy(zeros(3, 0), path);
    expect(data.readNpy(path).shape).toEqual([3, 0]);
  });
});

describe("writeNpz()", () => {
  test("and readNpz() give back tensors by any name that a file may have", () => {
    const name = fc.string({
      minLength: 1,
      maxLength: 8,
      unit: fc.constantFrom("a", "ü", "层", "0", "_", " ", ".x"),
    });
    fc.assert(
      fc.property(fc.dictionary(name, someTensor(), { maxKeys: 4 }), (tensors) => {
        const back = data.readNpz(data.writeNpz(tensors));
        expect(Object.keys(back).sort()).toEqual(Object.keys(tensors).sort());
        for (const [key, x] of Object.entries(tensors)) sameTensor(back[key], x);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  test("keeps a name that is special in JavaScript as a plain name", () => {
    const back = data.readNpz(data.writeNpz(Object.fromEntries([["__proto__", tensor([1])]])));
    expect(Object.getOwnPropertyNames(back)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });
});
