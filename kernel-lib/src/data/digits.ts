import { needNode } from "../system/node.js";
import { Tensor } from "../tensor/tensor.js";
import { TensorDataset } from "./dataset.js";
import { readIdx } from "./idx.js";

/** Where each form starts in the file; data/digits/README.md tells how the starts were found. */
const FORM_STARTS = [0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667];
/** The first form that is kept for testing: the last four forms are. */
const FIRST_TEST_FORM = 10;
/** Grey levels are counts of ink in 4 × 4 pixels of the scan, 0 to 16. */
const LEVELS = 16;

/** The handwritten digits, with the split that keeps every form on one side. */
export interface Digits {
  /** (1797, 1, 8, 8), 0 (paper) … 1 (ink). */
  images: Tensor;
  /** (1797), int32: the digit. */
  labels: Tensor;
  /** (1797), int32: which of the 14 forms it was cut from. */
  forms: Tensor;
  /** Forms 0 – 9: 1,287 digits. */
  train: TensorDataset;
  /** Forms 10 – 13: 510 digits, from forms that training never saw. */
  test: TensorDataset;
}

/**
 * 1,797 handwritten digits of 8 × 8 pixels: the test part of the UCI set "Optical Recognition of Handwritten Digits"
 * by E. Alpaydin and C. Kaynak (1998), CC BY 4.0. The card in data/digits says more.
 */
export function digits(): Digits {
  const [images, labels] = DIGITS_FILES.map((file) => readIdx(inCourse(`data/digits/${file}`)));
  return digitsOf(images, labels);
}

/** The two files in data/digits: images and labels. */
export const DIGITS_FILES = ["digits-images-idx3-ubyte.gz", "digits-labels-idx1-ubyte.gz"] as const;

/** A file that comes with the course, which begins three folders above: seen from src/data, and from dist/node alike. */
function inCourse(path: string): string {
  return needNode("digits", "node:url").fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

/** The set made of its two files, as they are read. */
export function digitsOf(ink: Tensor, digit: Tensor): Digits {
  const images = ink.to("float32").div(LEVELS).unsqueeze(1);
  const labels = digit.to("int32");
  const count = labels.shape[0];
  const form = (i: number): number => FORM_STARTS.filter((start) => start <= i).length - 1;
  const forms = new Tensor(
    Int32Array.from({ length: count }, (_, i) => form(i)),
    [count],
    "int32",
  );
  const cut = FORM_STARTS[FIRST_TEST_FORM];
  const part = (start: number, length: number): TensorDataset =>
    new TensorDataset(images.narrow(0, start, length), labels.narrow(0, start, length));
  return { images, labels, forms, train: part(0, cut), test: part(cut, count - cut) };
}
