import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

// Read with Node alone, so that a fault in the library's own IDX reader cannot hide a fault in the files.
const folder = new URL("../../data/digits/", import.meta.url);
const card = readFileSync(new URL("README.md", folder), "utf8");
const packed = {
  images: readFileSync(new URL("digits-images-idx3-ubyte.gz", folder)),
  labels: readFileSync(new URL("digits-labels-idx1-ubyte.gz", folder)),
};
const images = gunzipSync(packed.images);
const labels = gunzipSync(packed.labels);
const digits = [...labels.subarray(8)];

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The numbers of the card's table row that begins with `name`. */
function cardRow(name: string): number[] {
  const row = card.split("\n").find((line) => line.startsWith(`| ${name} `));
  if (row === undefined) throw new Error(`the card has no row "${name}"`);
  return row
    .split("|")
    .slice(2, -1)
    .map((cell) => Number(cell));
}

function countPerDigit(values: number[]): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const value of values) counts[value]++;
  return [...counts, values.length];
}

describe("data/digits", () => {
  test("holds 1797 images of 8×8 in MNIST's own format", () => {
    expect(images.readUInt32BE(0)).toBe(0x00000803);
    expect([4, 8, 12].map((at) => images.readUInt32BE(at))).toEqual([1797, 8, 8]);
    expect(images.length).toBe(16 + 1797 * 64);
    expect(labels.readUInt32BE(0)).toBe(0x00000801);
    expect(labels.readUInt32BE(4)).toBe(1797);
    expect(labels.length).toBe(8 + 1797);
  });

  test("uses the values 0 to 16, and each digit fills the height", () => {
    const pixels = images.subarray(16);
    expect([Math.min(...pixels), Math.max(...pixels)]).toEqual([0, 16]);
    for (let start = 0; start < pixels.length; start += 64) {
      expect(
        Math.max(...pixels.subarray(start, start + 8)),
        `top row of image ${start / 64}`,
      ).toBeGreaterThan(0);
      expect(
        Math.max(...pixels.subarray(start + 56, start + 64)),
        `last row of image ${start / 64}`,
      ).toBeGreaterThan(0);
    }
  });

  test("carries neither a name nor a date in its gzip headers", () => {
    for (const bytes of Object.values(packed)) {
      expect([...bytes.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]); // flags 0, time 0
    }
  });

  test("has the checksums that the card names", () => {
    expect(card).toContain(`${sha256(packed.images)}  digits-images-idx3-ubyte.gz\n`);
    expect(card).toContain(`${sha256(packed.labels)}  digits-labels-idx1-ubyte.gz\n`);
    expect(card).toContain(`${sha256(images)}  digits-images-idx3-ubyte, unpacked`);
    expect(card).toContain(`${sha256(labels)}  digits-labels-idx1-ubyte, unpacked`);
  });

  test("has the counts that the card names, in all and on each side of the split", () => {
    expect(cardRow("digit").slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(cardRow("all")).toEqual(countPerDigit(digits));
    expect(cardRow("train")).toEqual(countPerDigit(digits.slice(0, 1287)));
    expect(cardRow("test")).toEqual(countPerDigit(digits.slice(1287)));
  });

  test("starts a form where the card says", () => {
    const starts = cardRow("starts at");
    const lengths = starts.map((start, form) => (starts[form + 1] ?? digits.length) - start);
    expect(starts).toHaveLength(14);
    expect(cardRow("images")).toEqual(lengths);

    const sequence = digits.slice(0, 130).join("");
    expect(card).toContain(`${sequence.slice(0, 30)} ${sequence.slice(30)}`);
    // One digit of form 3 differs. Elsewhere digits are only missing: what is left is in the form's order.
    const forms = starts.map((start, form) => digits.slice(start, start + lengths[form]).join(""));
    expect(forms[2]).toBe(`${sequence.slice(0, 129)}3`);
    for (const form of forms.filter((_, number) => number !== 2)) {
      expect(isSubsequence(form, sequence), form).toBe(true);
    }
    // Moving a start by one image would break that order, so the starts are the only ones that fit.
    for (const form of [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]) {
      const earlier = digits.slice(starts[form] - 1, starts[form] + lengths[form]).join("");
      expect(isSubsequence(earlier, sequence), `form ${form + 1} one image early`).toBe(false);
    }
  });
});

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (character === part[at]) at++;
  return at === part.length;
}
