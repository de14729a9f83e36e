import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { io, nn, randn, tensor } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { sameTensor, someTensor } from "../data/anyTensor";

const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file by hand. */
function byHand(header: string, ...values: number[]): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([text.length, 0, 0, 0, 0, 0, 0, 0, ...text, ...values]);
}

describe("saveSafetensors()", () => {
  test("writes a length, a header in JSON, and the values", () => {
    const bytes = io.saveSafetensors({ b: tensor([1, 2], { dtype: "uint8" }), a: tensor([[1]]) });
    const header = '{"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}'; // prettier-ignore
    expect(bytes).toEqual(byHand(header.padEnd(112), 0, 0, 128, 63, 1, 2)); // 1 is 0x3f800000
    expect(header.length).toBe(108);
  });

  test("keeps notes, which loading passes over", () => {
    const bytes = io.saveSafetensors({ a: tensor([1]) }, undefined, { metadata: { format: "pt" } });
    expect(new TextDecoder().decode(bytes)).toContain('"__metadata__":{"format":"pt"}');
    expect(Object.keys(io.loadSafetensors(bytes))).toEqual(["a"]);
  });

  test("and loadSafetensors() give back tensors by any name", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 6, unit: "binary" }), someTensor(), { maxKeys: 5 }), (tensors) => {
        const back = io.loadSafetensors(io.saveSafetensors(tensors));
        expect(Object.keys(back).sort()).toEqual(Object.keys(tensors).map(wellFormed).sort());
        for (const [key, x] of Object.entries(tensors)) sameTensor(back[wellFormed(key)], x);
      }),
      { seed: 8, numRuns: 60 },
    ); // prettier-ignore
  });

  test("carries the weights of one model into another", () => {
    const make = (): nn.Sequential => new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2));
    const [from, to] = [make(), make()];
    const x = randn(2, 1, 5, 5);
    from.forward(x); // moves the running statistics
    const path = join(folder, "model.safetensors");
    io.saveSafetensors(from.stateDict(), path);
    to.loadStateDict(io.loadSafetensors(path));
    expect(to.eval().forward(x).toArray()).toEqual(from.eval().forward(x).toArray());
  });
});

describe("loadSafetensors()", () => {
  test("reads the kinds of number that it never writes", () => {
    const of = (dtype: string, size: number, ...values: number[]): unknown => {
      const header = `{"x":{"dtype":"${dtype}","shape":[${values.length / size}],"data_offsets":[0,${values.length}]}}`;
      const { x } = io.loadSafetensors(byHand(header, ...values));
      return [x.dtype, ...x.toArray()];
    };
    expect(of("F16", 2, 0, 0x3c, 0, 0xc1)).toEqual(["float32", 1, -2.5]);
    expect(of("BF16", 2, 0x80, 0x3f, 0x20, 0xc0)).toEqual(["float32", 1, -2.5]);
    expect(of("I64", 8, 255, 255, 255, 255, 255, 255, 255, 255)).toEqual(["int32", -1]);
    expect(of("U64", 8, 7, 0, 0, 0, 0, 0, 0, 0)).toEqual(["int32", 7]);
    expect(of("U32", 4, 1, 0, 0, 0)).toEqual(["int32", 1]);
    expect(of("I16", 2, 254, 255)).toEqual(["int32", -2]);
    expect(of("U16", 2, 254, 255)).toEqual(["int32", 65534]);
    expect(of("I8", 1, 255)).toEqual(["int32", -1]);
    expect(of("BOOL", 1, 1, 0)).toEqual(["bool", true, false]);
  });

  test("reads a file of no tensors", () => expect(io.loadSafetensors(byHand("{}"))).toEqual({}));
});

/** JSON in UTF-8 cannot hold half of a surrogate pair. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}
