import { rangeError, ShapeError } from "../tensor/errors.js";
import { formatShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { damaged, open, save, type Source } from "./source.js";

/*
 * CIFAR, binary version: one record after another, each its label (CIFAR-10) or its coarse and fine label (CIFAR-100)
 * in a byte, then 3 × 32 × 32 bytes: all of red, all of green, all of blue, each row by row. There is no header.
 * Source: the CIFAR page by Krizhevsky, Nair and Hinton.
 */

const PIXELS = 3 * 32 * 32;

/** Pictures with one label each. */
export interface Cifar10 {
  /** (N, 3, 32, 32), uint8: red, green, blue. */
  images: Tensor;
  /** (N), int32: 0 airplane … 9 truck. */
  labels: Tensor;
}

/** Pictures with a fine and a coarse label each. */
export interface Cifar100 {
  /** (N, 3, 32, 32), uint8: red, green, blue. */
  images: Tensor;
  /** (N), int32: the fine label, 0 … 99. */
  labels: Tensor;
  /** (N), int32: the coarse label, 0 … 19. */
  coarseLabels: Tensor;
}

/**
 * Read a file of CIFAR-10's binary version, such as `data_batch_1.bin`: colour pictures of 32 × 32 in ten classes.
 *
 * @param source path or bytes
 * @returns images (N, 3, 32, 32) as uint8, labels (N) as int32
 * @throws {SyntaxError} with the byte offset, if the file is cut or a label is above 9
 */
export function readCifar10(source: Source): Cifar10 {
  const { images, labels } = readRecords("readCifar10", source, [10]);
  return { images, labels: labels[0] };
}

/**
 * Read a file of CIFAR-100's binary version, `train.bin` or `test.bin`: 100 classes in 20 groups.
 *
 * @param source path or bytes
 * @returns images (N, 3, 32, 32) as uint8, fine labels and coarse labels (N) as int32
 * @throws {SyntaxError} with the byte offset, if the file is cut or a label is out of range
 */
export function readCifar100(source: Source): Cifar100 {
  const { images, labels } = readRecords("readCifar100", source, [20, 100]); // the coarse label comes first
  return { images, labels: labels[1], coarseLabels: labels[0] };
}

/**
 * Write pictures and labels as CIFAR-10's binary version has them.
 *
 * @param set  images (N, 3, 32, 32) of whole numbers from 0 to 255, labels (N) from 0 to 9
 * @param path where to write, or nothing to get the bytes only
 * @returns the bytes
 * @throws {ShapeError} for images of another size, or another number of labels
 * @throws {RangeError} for a label or a pixel out of range
 */
export function writeCifar10(set: Cifar10, path?: string): Uint8Array {
  const { images, labels } = set;
  const count = images.shape[0];
  if (formatShape(images.shape) !== `(${count}, 3, 32, 32)`) {
    throw new ShapeError("writeCifar10", "images (N, 3, 32, 32)", formatShape(images.shape));
  }
  if (formatShape(labels.shape) !== formatShape([count])) {
    throw new ShapeError("writeCifar10", `${count} labels`, formatShape(labels.shape));
  }
  const bytes = new Uint8Array(count * (1 + PIXELS));
  for (let i = 0; i < count; i++) {
    const label = labels.storage[i];
    if (!(Number.isInteger(label) && label >= 0 && label < 10)) {
      throw rangeError("writeCifar10", "labels as whole numbers from 0 to 9", String(label));
    }
    const start = i * (1 + PIXELS);
    bytes[start] = label;
    const pixels = images.storage.subarray(i * PIXELS, (i + 1) * PIXELS);
    bytes.set(pixels, start + 1);
    const bad = pixels.findIndex((pixel: number, at: number) => bytes[start + 1 + at] !== pixel);
    if (bad >= 0) {
      throw rangeError("writeCifar10", "pixels as whole numbers from 0 to 255", String(pixels[bad]));
    }
  }
  return save(bytes, path);
}

/** Records whose labels lie below the given limits, one limit for each label byte. */
function readRecords(
  op: string,
  source: Source,
  limits: readonly number[],
): { images: Tensor; labels: Tensor[] } {
  const { bytes, name } = open(op, source);
  const fail = (offset: number, expected: string, got: string): SyntaxError =>
    damaged(op, name, offset, expected, got);
  const length = limits.length + PIXELS;
  const count = Math.floor(bytes.length / length);
  if (bytes.length === 0 || bytes.length % length !== 0) {
    throw fail(count * length, `records of ${length} bytes`, `${bytes.length % length} bytes`);
  }
  const pixels = new Uint8Array(count * PIXELS);
  const labels = limits.map(() => new Int32Array(count));
  for (let i = 0; i < count; i++) {
    const start = i * length;
    limits.forEach((limit, which) => {
      const label = bytes[start + which];
      if (label >= limit) throw fail(start + which, `a label from 0 to ${limit - 1}`, String(label));
      labels[which][i] = label;
    });
    pixels.set(bytes.subarray(start + limits.length, start + length), i * PIXELS);
  }
  return {
    images: new Tensor(pixels, [count, 3, 32, 32], "uint8"),
    labels: labels.map((values) => new Tensor(values, [count], "int32")),
  };
}
