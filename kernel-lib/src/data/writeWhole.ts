import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, writeSync } from "node:fs"; // prettier-ignore
import { dirname } from "node:path";

/**
 * Put bytes in a file whole or not at all: they are written beside it and then put in its place, so an interruption or a
 * full disk leaves what was there. Missing folders are made; a link keeps pointing where it did.
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const place = existsSync(path) ? realpathSync(path) : path;
  const beside = `${place}.${process.pid}.part`;
  try {
    const file = openSync(beside, "w");
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file); // on the disk before the old one is given up
    } finally {
      closeSync(file);
    }
    renameSync(beside, place);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
