import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { data, tensor } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "cifar-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A record by hand: labels, then 1024 bytes each of red, green and blue. */
function record(labels: number[], red: number, green: number, blue: number): number[] {
  return [...labels, ...[red, green, blue].flatMap((value) => new Array<number>(1024).fill(value))];
}

describe("readCifar10()", () => {
  test("takes the label first, then red, green and blue, each row by row", () => {
    const bytes = Uint8Array.from([...record([9], 1, 2, 3), ...record([0], 4, 5, 6)]);
    bytes[1 + 33] = 77; // red, second row, second column of the first picture
    const { images, labels } = data.readCifar10(bytes);
    expect([images.shape, images.dtype, labels.dtype, labels.toArray()]).toEqual([[2, 3, 32, 32], "uint8", "int32", [9, 0]]); // prettier-ignore
    expect(images.at(0, 0, 1).toArray()).toEqual([1, 77, ...new Array<number>(30).fill(1)]);
    expect(images.at([], [], 31, 31).toArray()).toEqual([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
  });
});

describe("readCifar100()", () => {
  test("takes the coarse label first, then the fine one", () => {
    const bytes = Uint8Array.from([...record([19, 99], 1, 2, 3), ...record([4, 50], 4, 5, 6)]);
    const { images, labels, coarseLabels } = data.readCifar100(bytes);
    expect([labels.toArray(), coarseLabels.toArray()]).toEqual([[99, 50], [19, 4]]); // prettier-ignore
    expect(images.at([], [], 0, 0).toArray()).toEqual([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
  });
});

describe("writeCifar10()", () => {
  test("and readCifar10() give back pictures and labels", () => {
    const path = join(folder, "batch.bin");
    const set = fc
      .integer({ min: 1, max: 3 })
      .chain((count) =>
        fc.tuple(
          fc.uint8Array({ minLength: count * 3072, maxLength: count * 3072 }),
          fc.uint8Array({ minLength: count, maxLength: count, max: 9 }),
        ),
      );
    fc.assert(
      fc.property(set, ([pixels, marks]) => {
        const images = tensor(pixels).reshape(-1, 3, 32, 32);
        const labels = tensor(marks).to("int32");
        data.writeCifar10({ images, labels }, path);
        const back = data.readCifar10(path);
        expect([back.images.data, back.labels.data]).toEqual([images.data, labels.data]);
      }),
      { seed: 4, numRuns: 20 },
    );
  });
});
