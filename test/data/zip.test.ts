import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import JSZip from "jszip";
import { data, tensor } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { patched, zip } from "./damage";

const folder = mkdtempSync(join(tmpdir(), "zip-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FILES = { "a.txt": "hello", "folder/b.txt": "x".repeat(5000), "empty.txt": "", "目录/c.txt": "面" };

async function archive(compression: "STORE" | "DEFLATE", comment = ""): Promise<Uint8Array> {
  const zip = new JSZip();
  for (const [name, text] of Object.entries(FILES)) zip.file(name, text);
  return zip.generateAsync({ type: "uint8array", compression, comment });
}

const texts = (files: Map<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));

describe("readZip()", () => {
  test.each(["STORE", "DEFLATE"] as const)("unpacks what JSZip packed: %s", async (compression) => {
    const path = join(folder, `${compression}.zip`);
    writeFileSync(path, await archive(compression));
    expect(texts(data.readZip(path))).toEqual(FILES);
  });

  test("finds the directory in front of a comment, even one that looks like an end record", async () => {
    const comment = "PK\x05\x06 begins an end record, but this is none";
    expect(texts(data.readZip(await archive("DEFLATE", comment)))).toEqual(FILES);
  });

  test("unpacks the form for more than 65,535 files or 4 GB, whether the short end record says so or not", () => {
    const bytes = new Uint8Array(readFileSync(new URL("made/wide.zip", import.meta.url)));
    const files = { "a.txt": "this is a.txt\n".repeat(9), "b/c.txt": "this is b/c.txt\n".repeat(9) };
    expect(texts(data.readZip(bytes))).toEqual(files);
    const endless = new Array<number>(12).fill(0xff); // count, count, length and place of the directory
    expect(texts(data.readZip(patched(bytes, bytes.length - 14, ...endless)))).toEqual(files);
  });

  test("takes the short end record where the long one is not in its place", () => {
    const bytes = new Uint8Array(readFileSync(new URL("made/wide.zip", import.meta.url)));
    const locator = bytes.length - 42;
    expect(data.readZip(patched(bytes, locator + 8, 0)).size).toBe(2);
    expect(data.readZip(patched(bytes, locator + 8, 255, 255)).size).toBe(2);
  });

  test("reads names in GBK, as Windows packs them in Chinese, also those with a backslash as their second byte", () => {
    expect([...data.readZip(zip("\xc3\xe6\xb0\xfc/1.txt")).keys()]).toEqual(["面包/1.txt"]);
    expect([...data.readZip(zip("\x9d\x5c/1.txt")).keys()]).toEqual(["漒/1.txt"]);
    expect([...data.readZip(zip("caf\xe9")).keys()]).toEqual(["café"]); // neither UTF-8 nor GBK
  });

  test("gives bytes of its own", async () => {
    const bytes = await archive("STORE");
    const files = data.readZip(bytes);
    bytes.fill(0);
    expect(texts(files)).toEqual(FILES);
  });

  test("unpacks an archive of nothing", async () => {
    expect(data.readZip(await new JSZip().generateAsync({ type: "uint8array" })).size).toBe(0);
  });
});

describe("writeNpz()", () => {
  test("writes an archive that JSZip unpacks", async () => {
    const zip = await JSZip.loadAsync(data.writeNpz({ a: tensor([1, 2]), "層/b": tensor([3]) }), { checkCRC32: true }); // prettier-ignore
    expect(Object.keys(zip.files)).toEqual(["a.npy", "層/b.npy"]);
    expect(data.readNpy(await zip.files["a.npy"].async("uint8array")).toArray()).toEqual([1, 2]);
  });
});
