import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import * as kernelLib from "kernel-lib";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as data from "../../kernel-lib/src/data/page/index";
import { unpacked } from "../../kernel-lib/src/data/page/source";
import * as io from "../../kernel-lib/src/io/page/index";
import { patched, zip } from "./damage";

// The readers of a page, with what Node and a page both have; test/browser/page.test.ts runs them where they belong.

const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`made/${name}`, import.meta.url)));
const { tensor } = kernelLib;
const labels = kernelLib.data.writeIdx(tensor([3, 1, 4], { dtype: "int32" }));

/** What a function gives where there is no Node, as in a page. */
function withoutNode<T>(run: () => T): T {
  vi.stubGlobal("process", undefined);
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
  }
}

afterEach(() => vi.unstubAllGlobals());

describe("a page's reader", () => {
  test("takes bytes in every form, packed or not", async () => {
    for (const source of [labels, labels.buffer as ArrayBuffer, new Blob([labels]), gzipSync(labels)]) {
      expect((await data.readIdx(source)).toArray()).toEqual([3, 1, 4]);
    }
  });

  test("takes an address, from where the page lies", async () => {
    vi.stubGlobal("location", { href: "http://here.test/course/page.html", origin: "http://here.test" });
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: URL) => {
      asked.push(url.href);
      return new Response(new Uint8Array(gzipSync(labels)));
    });
    expect((await data.readIdx("data/labels.gz")).toArray()).toEqual([3, 1, 4]);
    expect((await data.readIdx(new URL("http://here.test/labels"))).toArray()).toEqual([3, 1, 4]);
    expect(asked).toEqual(["http://here.test/course/data/labels.gz", "http://here.test/labels"]);
  });

  test("says why nothing can be fetched", async () => {
    vi.stubGlobal("location", { href: "http://here.test/", origin: "http://here.test" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(data.readCsv("a.csv")).rejects.toThrow(
      'readCsv: expected a file at "a.csv", got Failed to fetch;\nrelative addresses start at http://here.test/',
    );
    vi.stubGlobal("fetch", async () => new Response("", { status: 404, statusText: "Not Found" }));
    await expect(data.readCsv("a.csv")).rejects.toThrow('"a.csv", got 404 Not Found;');
  });

  test("names the file in what it refuses", async () => {
    await expect(data.readIdx(new File([Uint8Array.of(1, 2, 3, 4)], "x.idx"))).rejects.toThrow(
      new SyntaxError("readIdx: expected two zero bytes, got 0x0102 (x.idx, byte 0)"),
    );
    await expect(data.readIdx(new File([gzipSync(Uint8Array.of(1, 2, 3, 4))], "x.gz"))).rejects.toThrow(
      "got 0x0102 (x.gz unpacked, byte 0)",
    );
    await expect(data.readIdx(gzipSync(labels).subarray(0, 20))).rejects.toThrow(
      /^readIdx: expected sound gzip, got .+ \(20 bytes, byte 0\)$/,
    );
  });

  test("gives what Node's gives, for each format", async () => {
    const { writeCsv, readCsv, writeSgf, readSgf } = kernelLib.data;
    const table = writeCsv({ columns: ["a", "b"], rows: [["1", "x, y"]] });
    expect(await data.readCsv(table)).toEqual(readCsv(table));
    const game = new TextEncoder().encode("(;FF[4]SZ[9];B[ee];W[ce])");
    expect(await data.readSgf(game)).toEqual(readSgf(game));
    expect(await data.writeSgf(readSgf(game))).toEqual(writeSgf(readSgf(game)));
    expect((await data.readNpy(bytesOf("float32.npy"))).toArray()).toEqual(kernelLib.data.readNpy(bytesOf("float32.npy")).toArray()); // prettier-ignore
    const weights = await io.saveSafetensors({ w: tensor([1, 2]) });
    expect((await io.loadSafetensors(weights)).w.toArray()).toEqual([1, 2]);
  });
});

describe("an archive in a page", () => {
  test("is unpacked, stored or deflated", async () => {
    const arrays = await data.readNpz(bytesOf("deflated.npz"));
    const expected = kernelLib.data.readNpz(bytesOf("deflated.npz"));
    expect(Object.keys(arrays)).toEqual(Object.keys(expected));
    for (const [name, x] of Object.entries(expected)) expect(arrays[name].toArray()).toEqual(x.toArray());
    expect([...(await data.readZip(zip()))]).toEqual([...kernelLib.data.readZip(zip())]);
  });

  test("is written stored, and Node reads it", () => {
    const arrays = { a: tensor([1, 2, 3]), b: tensor([[4]], { dtype: "int32" }) };
    const stored = withoutNode(() => kernelLib.data.writeNpz(arrays));
    expect(stored.length).not.toBe(kernelLib.data.writeNpz(arrays).length);
    const back = kernelLib.data.readNpz(stored);
    expect([back.a.toArray(), back.b.toArray(), back.b.dtype]).toEqual([[1, 2, 3], [[4]], "int32"]);
  });

  test("stops at the size that an entry claims", async () => {
    const packed = kernelLib.data.writeNpz({ a: tensor(new Float32Array(1000)) });
    const directory = packed.length - 22 - 46 - "a.npy".length;
    await expect(data.readZip(patched(packed, directory + 24, 10, 0, 0, 0))).rejects.toThrow(
      /expected "a.npy" as 10 deflated bytes, got more than 10 bytes/,
    );
  });
});

test("unpacked() refuses what is cut short, or more than it may be", async () => {
  const bytes = new Uint8Array(1000);
  expect((await unpacked("deflate-raw", deflateRawSync(bytes), 1000)).length).toBe(1000);
  await expect(unpacked("deflate-raw", deflateRawSync(bytes), 999)).rejects.toThrow("more than 999 bytes");
  await expect(unpacked("deflate-raw", deflateRawSync(bytes).subarray(0, 5), 1000)).rejects.toThrow();
});

test("the digits come from a folder of the page's site", async () => {
  vi.stubGlobal("location", { href: "http://here.test/", origin: "http://here.test" });
  vi.stubGlobal("fetch", async ({ pathname }: URL) => {
    const file = fileURLToPath(new URL(`../..${pathname}`, import.meta.url));
    return new Response(new Uint8Array(readFileSync(file)));
  });
  const [own, nodes] = [await data.digits("/data/digits"), kernelLib.data.digits()];
  expect(own.images.shape).toEqual(nodes.images.shape);
  expect([own.labels.data, own.train.length, own.test.length]).toEqual([nodes.labels.data, 1287, 510]);
});
