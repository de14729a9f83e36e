import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { data, tensor, zeros, type Tensor } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { sameTensor, someTensor } from "./anyTensor";

const folder = mkdtempSync(join(tmpdir(), "idx-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("IDX", () => {
  test.each<[string, Tensor]>([
    ["uint8", tensor([[0, 255], [7, 8]], { dtype: "uint8" })], // prettier-ignore
    ["int32", tensor([1, -1, 2147483647, -2147483648], { dtype: "int32" })],
    ["float32", tensor([[[1.5, -0.1, NaN, Infinity]]])],
    ["float64", tensor([Math.PI, -1e300], { dtype: "float64" })],
    ["a single number", tensor(3, { dtype: "uint8" })],
    ["nothing", zeros(0, 4, { dtype: "int32" })],
  ])("%s survives writing and reading, plain, gzipped and as a file", (_, x) => {
    const bytes = data.writeIdx(x);
    const path = join(folder, "x.idx");
    expect(data.writeIdx(x, path)).toEqual(bytes);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    for (const source of [bytes, new Uint8Array(gzipSync(bytes)), path]) {
      const back = data.readIdx(source);
      expect([back.dtype, back.shape, back.data]).toEqual([x.dtype, x.shape, x.data]);
    }
  });

  test("gives back every tensor, truths as bytes", () => {
    fc.assert(
      fc.property(someTensor(), (x) =>
        sameTensor(data.readIdx(data.writeIdx(x)), x.dtype === "bool" ? x.to("uint8") : x),
      ),
      { seed: 9, numRuns: 100 },
    );
  });

  test("lies in the file as MNIST has it: big-endian, sizes first", () => {
    const images = data.writeIdx(tensor([[[1, 2]], [[3, 4]]], { dtype: "uint8" })); // prettier-ignore
    expect([...images]).toEqual([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4]);
    expect([...data.writeIdx(tensor([258], { dtype: "int32" }))].slice(4)).toEqual([0, 0, 0, 1, 0, 0, 1, 2]);
    expect([...data.writeIdx(tensor([true, false]))]).toEqual([0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
  });

  test("reads the short integers that it never writes", () => {
    const of = (kind: number, ...values: number[]): Tensor => data.readIdx(Uint8Array.from([0, 0, kind, 1, 0, 0, 0, 2, ...values])); // prettier-ignore
    expect([of(0x09, 255, 1).toArray(), of(0x09, 255, 1).dtype]).toEqual([[-1, 1], "int32"]);
    expect([of(0x0b, 255, 254, 1, 0).toArray(), of(0x0b, 255, 254, 1, 0).dtype]).toEqual([[-2, 256], "int32"]); // prettier-ignore
  });

  test("reads bytes that begin somewhere in a larger buffer", () => {
    const bytes = data.writeIdx(tensor([5, 6], { dtype: "float64" }));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(data.readIdx(shifted.subarray(3)).toArray()).toEqual([5, 6]);
  });

  test("names the file and the byte where it is damaged", () => {
    const path = join(folder, "cut.idx");
    writeFileSync(path, data.writeIdx(tensor([1, 2, 3])).subarray(0, 15));
    expect(() => data.readIdx(path)).toThrow(new SyntaxError(`readIdx: expected 20 bytes for sizes 3, got 15 (${path}, byte 15)`)); // prettier-ignore
    expect(() => data.readIdx(join(folder, "none.idx"))).toThrow("ENOENT");
  });
});
