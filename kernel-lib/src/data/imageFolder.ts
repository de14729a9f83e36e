import { needNode } from "../system/node.js";
import { describe, rangeError, ShapeError, typeError } from "../tensor/errors.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { Dataset } from "./dataset.js";
import { decodeImage, type ImageMode } from "./image.js";
import { onDisk, readWhole, type Source } from "./source.js";
import type { Transform } from "./transforms/planes.js";
import { openZip } from "./zip.js";

const ENDINGS = /\.(png|jpe?g)$/i;
/** Beside each file, macOS packs notes of its own into an archive, under the same name in `__MACOSX` or with `._` in front. */
const HIDDEN = /(^|\/)(\.|__MACOSX\/)/;
/** The label in a name such as `3_0127.jpg`. */
const LABEL = /^(\d{1,9})_/;

export interface ImageFolderOptions {
  /** What is done with each picture before it goes into a batch; all must come out in one size. */
  transform?: Transform;
  /** The folder within the folder or archive: `"food-11/training"`. */
  folder?: string;
  /** Channels to read pictures into, "rgb" unless given. */
  mode?: ImageMode;
}

interface Sample {
  path: string;
  label: number;
  read(): Uint8Array;
}

/**
 * Pictures (PNG, JPEG) in a folder or a ZIP archive, with labels from their names. Each is read when it is asked for.
 *
 * Two layouts are known, both of Food-11: a folder for each class (`bread/1.jpg`; labels count the folders in
 * alphabetical order, as torchvision's `ImageFolder` does), and all in one folder with the label in front
 * (`0_1.jpg`). Pictures in one folder without a label in front are unlabelled: −1. Hidden files are passed over.
 *
 * @example
 * const set = new data.ImageFolder("food-11.zip", { folder: "food-11/training", transform });
 * const [images, labels] = set.batch([0, 1]); // images (2, 3, H, W), labels (2)
 */
export class ImageFolder implements Dataset {
  /** Pictures in all. */
  readonly length: number;
  /** What each label stands for: the folders' names, or the labels as text. Empty if there are none. */
  readonly classes: readonly string[];
  /** The label of each picture; −1 where there is none. */
  readonly labels: readonly number[];
  /** Where each picture lies within the folder. */
  readonly paths: readonly string[];
  readonly #samples: readonly Sample[];

  /**
   * @param source a folder's path, a ZIP archive's path, or an archive's bytes
   * @throws {RangeError} if no picture is there, or pictures lie both in the folder and in folders below, or only some
   *         names have a label in front
   * @throws {SyntaxError} if the archive is damaged
   */
  constructor(
    source: Source,
    readonly options: ImageFolderOptions = {},
  ) {
    const { join } = needNode("ImageFolder", "node:path");
    const files = isFolder(source)
      ? filesOf(join(source, options.folder ?? ""))
      : entriesOf(source, options.folder);
    const pictures = files
      .filter(({ path }) => ENDINGS.test(path) && !HIDDEN.test(path))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    if (pictures.length === 0) {
      const place = options.folder === undefined ? "" : ` in ${describe(options.folder)}`;
      const folders = [...new Set(files.map(({ path }) => path.split("/").slice(0, -1).join("/")))];
      const found = folders.slice(0, 5).join(", ") || "nothing";
      throw rangeError("ImageFolder", `.png or .jpg files${place}`, `files in ${found}`);
    }
    const { classes, labels } = labelsOf(pictures.map(({ path }) => path));
    this.#samples = pictures.map((picture, i) => ({ ...picture, label: labels[i] }));
    this.paths = pictures.map(({ path }) => path);
    this.labels = labels;
    this.classes = classes;
    this.length = pictures.length;
  }

  /**
   * One picture after its transform, (C, H, W).
   *
   * @throws {RangeError} for a position that is not there
   * @throws {SyntaxError} with file and byte offset, if it is damaged
   */
  image(position: number): Tensor {
    const sample = this.#samples[position];
    if (!sample) {
      throw rangeError("ImageFolder", `a position from 0 to ${this.length - 1}`, describe(position));
    }
    const { transform, mode = "rgb" } = this.options;
    const image = decodeImage("ImageFolder", { bytes: sample.read(), name: sample.path }, { mode });
    const out = transform ? transform(image) : image;
    if (!(out instanceof Tensor))
      throw typeError("ImageFolder", "a transform that returns a Tensor", describe(out));
    return out;
  }

  /** Images (N, C, H, W) and labels (N). */
  batch(positions: readonly number[] | Int32Array): Tensor[] {
    const images = Array.from(positions, (position) => this.image(position));
    const labels = Int32Array.from(positions, (position) => this.labels[position]);
    const [first] = images;
    if (!first) throw rangeError("ImageFolder", "at least one position", "none");
    const odd = images.findIndex((image) => !sameShape(image.shape, first.shape));
    if (odd >= 0) {
      const expected = `images of one size, ${formatShape(first.shape)} as the first`;
      const got = `${formatShape(images[odd].shape)} in ${this.paths[positions[odd]]}`;
      throw new ShapeError("ImageFolder", expected, got, "give a transform with resize([height, width])");
    }
    const batch = new Tensor(concatenate(images), [images.length, ...first.shape], first.dtype);
    return [batch, new Tensor(labels, [labels.length], "int32")];
  }
}

function concatenate(images: readonly Tensor[]): Tensor["storage"] {
  const size = images[0].numel;
  const Kind = images[0].storage.constructor as new (length: number) => Tensor["storage"];
  const out = new Kind(images.length * size);
  images.forEach((image, i) => out.set(image.storage, i * size));
  return out;
}

type File = Omit<Sample, "label">;

function isFolder(source: Source): source is string {
  if (typeof source !== "string") return false;
  const { statSync } = needNode("ImageFolder", "node:fs");
  return onDisk("ImageFolder", source, () => statSync(source)).isDirectory();
}

/** Every file below a folder; links to folders are not followed, so no walk goes in circles. */
function filesOf(folder: string): File[] {
  const { readdirSync } = needNode("ImageFolder", "node:fs");
  const { join } = needNode("ImageFolder", "node:path");
  const entries = onDisk("ImageFolder", folder, () => readdirSync(folder, { withFileTypes: true }));
  return entries.flatMap((entry): File[] => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) {
      return filesOf(full).map((file) => ({ ...file, path: `${entry.name}/${file.path}` }));
    }
    return [{ path: entry.name, read: () => readWhole("ImageFolder", full) }];
  });
}

function entriesOf(source: Source, folder = ""): File[] {
  const within = folder === "" ? "" : `${folder.replace(/\/+$/, "")}/`;
  return openZip("ImageFolder", source, Infinity)
    .filter(({ name }) => name.startsWith(within))
    .map((entry) => ({ path: entry.name.slice(within.length), read: () => entry.read() }));
}

function labelsOf(paths: readonly string[]): { classes: string[]; labels: number[] } {
  const folders = paths.map((path) => (path.includes("/") ? path.split("/")[0] : undefined));
  const loose = folders.indexOf(undefined);
  if (loose < 0) {
    const classes = [...new Set(folders as string[])].sort();
    return { classes, labels: folders.map((folder) => classes.indexOf(folder!)) };
  }
  const inFolder = paths.find((path) => path.includes("/"));
  if (inFolder) {
    const expected = "pictures in one folder, or in a folder for each class";
    throw rangeError("ImageFolder", expected, `both ${paths[loose]} and ${inFolder}`);
  }
  const found = paths.map((path) => LABEL.exec(path)?.[1]);
  const bare = found.indexOf(undefined);
  if (bare < 0) {
    const labels = found.map(Number);
    return { classes: [...new Set(labels)].sort((a, b) => a - b).map(String), labels };
  }
  const labelled = paths.find((path) => LABEL.test(path));
  if (labelled) {
    const expected = "a label in front of every name or of none";
    throw rangeError("ImageFolder", expected, `both ${labelled} and ${paths[bare]}`);
  }
  return { classes: [], labels: paths.map(() => -1) };
}
