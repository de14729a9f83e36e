import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import JSZip from "jszip";
import { data, full, Generator } from "kernel-lib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = mkdtempSync(join(tmpdir(), "image-folder-"));
afterAll(() => rmSync(root, { recursive: true }));
const photo = readFileSync(fileURLToPath(new URL("made/subsampled.jpg", import.meta.url)));
/** A grey picture of 2 × 2, by its level. */
const grey = (level: number): Uint8Array => data.writePng(full([1, 2, 2], level, { dtype: "uint8" }));

const LAYOUTS: Record<string, Record<string, Uint8Array>> = {
  folders: {
    "egg/1.png": grey(10),
    "bread/2.png": grey(20),
    "bread/deep/1.PNG": grey(30),
    "notes.txt": grey(0),
  },
  names: { "10_0.png": grey(10), "2_0.png": grey(20), "2_1.png": grey(30), "README.md": grey(0) },
  bare: { "0001.png": grey(10), "0002.png": grey(20) },
};

beforeAll(async () => {
  for (const [layout, files] of Object.entries(LAYOUTS)) {
    const zip = new JSZip();
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(root, layout, "training", name);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, bytes);
      zip.file(`${layout}/training/${name}`, bytes);
    }
    writeFileSync(join(root, `${layout}.zip`), await zip.generateAsync({ type: "uint8array", compression: "DEFLATE" }));
  }
}); // prettier-ignore

/** The same layout as a folder, as an archive on the disk, and as an archive in memory. */
const places = (layout: string): data.ImageFolder[] => [
  new data.ImageFolder(join(root, layout), { folder: "training" }),
  new data.ImageFolder(join(root, `${layout}.zip`), { folder: `${layout}/training/` }),
  new data.ImageFolder(new Uint8Array(readFileSync(join(root, `${layout}.zip`))), { folder: `${layout}/training` }), // prettier-ignore
];

describe("ImageFolder", () => {
  test("takes a folder for each class, and counts the classes in alphabetical order", () => {
    for (const set of places("folders")) {
      expect([set.length, set.classes, set.labels]).toEqual([3, ["bread", "egg"], [0, 0, 1]]); // prettier-ignore
      expect(set.paths).toEqual(["bread/2.png", "bread/deep/1.PNG", "egg/1.png"]);
      const [images, labels] = set.batch([2, 0]);
      expect([images.shape, images.dtype, labels.dtype]).toEqual([[2, 3, 2, 2], "uint8", "int32"]);
      expect([images.at([], 0, 0, 0).toArray(), labels.toArray()]).toEqual([[10, 20], [1, 0]]); // prettier-ignore
    }
  });

  test("takes labels from the names", () => {
    for (const set of places("names")) {
      expect([set.classes, set.labels]).toEqual([["2", "10"], [10, 2, 2]]); // prettier-ignore
      expect(set.paths).toEqual(["10_0.png", "2_0.png", "2_1.png"]);
    }
  });

  test("takes pictures without labels", () => {
    for (const set of places("bare")) {
      expect([set.classes, set.labels, set.batch([1])[1].toArray()]).toEqual([[], [-1, -1], [-1]]); // prettier-ignore
    }
  });

  test("reads photos and makes one size of them, batch by batch", () => {
    const folder = join(root, "photos");
    mkdirSync(folder);
    writeFileSync(join(folder, "0_a.jpg"), photo); // 19 × 13
    writeFileSync(join(folder, "1_b.png"), grey(255));
    const { compose, resize, randomHorizontalFlip, toTensor } = data.transforms;
    const transform = compose([resize([8, 8]), randomHorizontalFlip(0.5, { generator: new Generator(1) }), toTensor()]); // prettier-ignore
    const set = new data.ImageFolder(folder, { transform });
    const [[images, labels]] = new data.DataLoader(set, { batchSize: 2 });
    expect([images.shape, images.dtype, labels.toArray()]).toEqual([[2, 3, 8, 8], "float32", [0, 1]]); // prettier-ignore
    expect([images.at(1).min().item(), images.max().item()]).toEqual([1, 1]);
    expect(new data.ImageFolder(folder, { mode: "gray" }).image(0).shape).toEqual([1, 13, 19]);
  });

  test("reads a picture when it is asked for, and names the file that is damaged", () => {
    const folder = join(root, "damaged");
    mkdirSync(folder);
    writeFileSync(join(folder, "0_a.jpg"), photo.subarray(0, 300));
    const set = new data.ImageFolder(folder);
    expect(() => set.image(0)).toThrow(/^ImageFolder: expected .* \(0_a\.jpg, byte \d+\)$/);
  });

  test("passes over what macOS packs beside each file, and hidden ones", async () => {
    const zip = new JSZip();
    for (const name of ["egg/1.png", "egg/._1.png", "__MACOSX/egg/._1.png", ".trash/2.png"])
      zip.file(name, grey(1));
    const set = new data.ImageFolder(await zip.generateAsync({ type: "uint8array" }));
    expect([set.paths, set.classes]).toEqual([["egg/1.png"], ["egg"]]);
  });

  test("says which folder or picture is not there", () => {
    const folder = join(root, "gone");
    expect(() => new data.ImageFolder(folder)).toThrow(`ImageFolder: expected a file at ${JSON.stringify(folder)}, got nothing (ENOENT)`); // prettier-ignore
    expect(() => new data.ImageFolder(root, { folder: "gone" })).toThrow("got nothing (ENOENT)");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.png"), grey(1));
    const set = new data.ImageFolder(folder);
    rmSync(join(folder, "a.png"));
    expect(() => set.image(0)).toThrow(/^ImageFolder: expected a file at ".*a\.png", got nothing/);
  });

  test("does not walk in circles", () => {
    const folder = join(root, "circle");
    mkdirSync(join(folder, "a"), { recursive: true });
    writeFileSync(join(folder, "a", "x.png"), grey(1));
    symlinkSync(folder, join(folder, "a", "again"));
    expect(new data.ImageFolder(folder).paths).toEqual(["a/x.png"]);
  });
});
