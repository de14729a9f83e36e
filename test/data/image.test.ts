import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { data, tensor, zeros, type Tensor } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { ascii, chunk, idat, ihdr, joined, png } from "./damage";

const made = (name: string): string => fileURLToPath(new URL(`made/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "image-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Farthest that two pictures are apart, in any value. */
function apart(a: Tensor, b: Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return a.to("int32").sub(b.to("int32")).abs().max().item();
}

describe("readImage() reads a JPEG", () => {
  // The decoders round differently, and colours at half the size are smoothed by Pillow's only.
  test.each([
    ["baseline", 3, 3],
    ["progressive", 3, 3],
    ["restarts", 3, 3],
    ["stored-rgb", 3, 3],
    ["subsampled", 3, 18],
    ["quarter", 3, 18],
    ["print-colours", 3, 2],
    ["grey", 1, 2],
    ["grey-restarts", 1, 2],
    ["grey-progressive", 1, 2],
  ])("%s, with %i channels, as Pillow does to %i grey levels", (name, channels, tolerance) => {
    const image = data.readImage(made(`${name}.jpg`));
    expect([image.shape, image.dtype]).toEqual([[channels, 13, 19], "uint8"]);
    expect(apart(image, data.readImage(made(`${name}-as-read.png`)))).toBeLessThanOrEqual(tolerance);
  });
});

describe("readImage() reads a PNG", () => {
  test("channel by channel", () => {
    const image = data.readImage(made("rgb.png"));
    expect(image.shape).toEqual([3, 13, 19]);
    expect(image.at(0, 4).toArray()).toEqual(Array.from({ length: 19 }, (_, x) => x * 13));
    expect(image.at(1, [], 4).toArray()).toEqual(Array.from({ length: 13 }, (_, y) => y * 19));
    expect(image.at(2, 12, 18).item()).toBe(255 - 18 * 7 - 12 * 5);
  });

  test("of every kind, with the channels it has", () => {
    const kinds = { "one-bit": 1, palette: 3, "palette-transparent": 4, "grey-alpha": 2, "sixteen-bits": 1 };
    for (const [name, channels] of Object.entries(kinds)) {
      expect(data.readImage(made(`${name}.png`)).shape, name).toEqual([channels, 13, 19]);
    }
    expect([...new Set(data.readImage(made("one-bit.png")).data)].sort()).toEqual([0, 255]);
    const row = Array.from({ length: 19 }, (_, x) => Math.round((x * 3000 * 255) / 65535));
    expect(data.readImage(made("sixteen-bits.png")).at(0, 5).toArray()).toEqual(row);
  });

  test("interlaced, the same as not", () => {
    const [plain, interlaced] = ["rgb", "interlaced"].map((name) => data.readImage(made(`${name}.png`)));
    expect(interlaced.toArray()).toEqual(plain.toArray());
    const small = png(ihdr(1, 1, 8, 0, 0, 0, 1), idat(0, 7)); // six of the seven passes have no pixel
    expect(data.readImage(small).toArray()).toEqual([[[7]]]);
  });

  test("with a colour that stands for none: it keeps its colour and is clear", () => {
    const read = (...chunks: Uint8Array[]): number[][] => data.readImage(png(...(chunks as [Uint8Array]))).flatten(1).T.toArray() as number[][]; // prettier-ignore
    const colors = read(ihdr(2, 1, 8, 2), chunk("tRNS", [0, 9, 0, 8, 0, 7]), idat(0, 9, 8, 7, 9, 8, 6));
    expect(colors).toEqual([[9, 8, 7, 0], [9, 8, 6, 255]]); // prettier-ignore
    expect(read(ihdr(2, 1, 4, 0), chunk("tRNS", [0, 3]), idat(0, 0x3f))).toEqual([[51, 0], [255, 255]]); // prettier-ignore
    const deep = read(ihdr(2, 1, 16, 0), chunk("tRNS", [0x80, 1]), idat(0, 0x80, 1, 0x80, 2));
    expect(deep).toEqual([[128, 0], [128, 255]]); // prettier-ignore
  });

  test("with something behind its end", () => {
    const bytes = png(ihdr(1, 1), idat(0, 7));
    expect(data.readImage(joined(bytes, ascii("more"))).toArray()).toEqual([[[7]]]);
  });

  test("into the channels that are asked for", () => {
    const image = tensor([[[255]], [[0]], [[100]], [[7]]], { dtype: "uint8" });
    const read = (mode: data.ImageMode): number[] =>
      data.readImage(data.writePng(image), { mode }).reshape(-1).toArray();
    expect(read("unchanged")).toEqual([255, 0, 100, 7]);
    expect(read("rgba")).toEqual([255, 0, 100, 7]);
    expect(read("rgb")).toEqual([255, 0, 100]);
    expect(read("gray")).toEqual([88]); // (299 · 255 + 114 · 100) / 1000 = 87.6
    const grey = data.writePng(tensor([[9]], { dtype: "uint8" }));
    expect(data.readImage(grey, { mode: "rgba" }).reshape(-1).toArray()).toEqual([9, 9, 9, 255]);
    const opaque = data.readImage(made("grey.jpg"), { mode: "rgba" }); // a JPEG has no opacity
    expect([opaque.shape, opaque.at(3).min().item()]).toEqual([[4, 13, 19], 255]);
    expect(data.readImage(made("grey.jpg"), { mode: "rgb" }).shape).toEqual([3, 13, 19]);
  });
});

describe("readImage() puts a photo upright", () => {
  const upright = data.readImage(made("rgb.png"));
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("that was taken with orientation %i", (orientation) => {
    expect(data.readImage(made(`held-${orientation}.png`)).toArray()).toEqual(upright.toArray());
    expect(apart(data.readImage(made(`held-${orientation}.jpg`)), upright)).toBeLessThanOrEqual(6);
  });

  test("unless what the camera noted is damaged, or says nothing of it", () => {
    const [rows, little] = [idat(0, 1, 2), [0x49, 0x49, 42, 0, 8, 0, 0, 0]]; // prettier-ignore
    const read = (...exif: number[]): unknown => data.readImage(png(ihdr(2, 1), chunk("eXIf", exif), rows)).reshape(-1).toArray(); // prettier-ignore
    const entry = (value: number): number[] => [0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0];
    expect(read(...little, 1, 0, ...entry(3))).toEqual([2, 1]);
    const plain = [[], [0x49, 0x49], [...little.slice(0, 2), 43, ...little.slice(3)], [...little.slice(0, 4), 255, 0, 0, 0], [...little, 9, 0], [...little, 1, 0, ...entry(9)], [...little, 0, 0]]; // prettier-ignore
    for (const exif of plain) expect(read(...exif), exif.join(" ")).toEqual([1, 2]);
  });
});

describe("writePng()", () => {
  test("and readImage() give back every picture of 1 to 4 channels", () => {
    const pictures = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([channels, height, width]) =>
        fc
          .uint8Array({ minLength: channels * height * width, maxLength: channels * height * width })
          .map((values) => tensor(values).reshape(channels, height, width)),
      );
    fc.assert(
      fc.property(pictures, (image) => {
        const back = data.readImage(data.writePng(image));
        expect([back.shape, back.data]).toEqual([image.shape, image.data]);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test("rounds floats from 0 to 1, cuts off what lies beyond, and takes a picture without channels", () => {
    const path = join(folder, "x.png");
    const bytes = data.writePng(tensor([[0, 0.5, 1], [-3, 1 / 255, 9]]), path); // prettier-ignore
    expect(data.readImage(path).toArray()).toEqual([[[0, 128, 255], [0, 1, 255]]]); // prettier-ignore
    expect(data.readImage(bytes).shape).toEqual([1, 2, 3]);
  });

  test("leaves the picture as it was", () => {
    const image = zeros(1, 2, 2);
    data.writePng(image);
    expect(image.toArray()).toEqual([[[0, 0], [0, 0]]]); // prettier-ignore
  });
});
