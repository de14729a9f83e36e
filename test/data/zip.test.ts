import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import JSZip from "jszip";
import { data, tensor } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";

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
