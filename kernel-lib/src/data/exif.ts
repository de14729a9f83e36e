import type { Tensor } from "../tensor/tensor.js";
import { latin1Text } from "../system/bytes.js";
import { viewOf } from "./source.js";

/*
 * Exif, what a camera notes in a picture: two letters for the byte order, the number 42, the place of a table, and the
 * table: a count, then twelve bytes each of tag, kind, count and value. Tag 0x0112 says how the camera was held.
 * Source: CIPA DC-008 (Exif 2.32), after TIFF 6.0.
 */

const ORIENTATION = 0x0112;
/** The way upright, by the value of the tag: whether rows and columns change places, and what then runs backwards. */
const WAYS: Readonly<Record<number, [transposed: boolean, backwards: number[]]>> = {
  2: [false, [2]], // as in a mirror
  3: [false, [1, 2]], // upside down
  4: [false, [1]],
  5: [true, []],
  6: [true, [2]], // the top is at the right
  7: [true, [1, 2]],
  8: [true, [1]], // the top is at the left
};

/** A picture (C, H, W) as the camera saw it; as it is, where nothing or nothing sound was noted. */
export function upright(image: Tensor, exif: Uint8Array | undefined): Tensor {
  const way = exif && WAYS[orientationOf(exif)];
  if (!way) return image;
  const [transposed, backwards] = way;
  return (transposed ? image.transpose(1, 2) : image).flip(...backwards);
}

/** 1, upright, to 8; 1 also where the notes are damaged, for the picture itself may be sound. */
function orientationOf(exif: Uint8Array): number {
  const view = viewOf(exif);
  const little = latin1Text(exif.subarray(0, 2)) === "II";
  if (view.byteLength < 8 || view.getUint16(2, little) !== 42) return 1;
  const table = view.getUint32(4, little);
  if (table + 2 > view.byteLength) return 1;
  const end = table + 2 + 12 * view.getUint16(table, little);
  for (let at = table + 2; at < end && at + 12 <= view.byteLength; at += 12) {
    if (view.getUint16(at, little) === ORIENTATION) return view.getUint16(at + 8, little);
  }
  return 1;
}
