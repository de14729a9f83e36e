import { needNode } from "../system/node.js";

/**
 * Put bytes in a file whole or not at all: they are written beside it and then put in its place, so an interruption or a
 * full disk leaves what was there. Missing folders are made; a link keeps pointing where it did.
 */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const fs = needNode(`writing ${path}`, "node:fs");
  fs.mkdirSync(needNode(path, "node:path").dirname(path), { recursive: true });
  const place = fs.existsSync(path) ? fs.realpathSync(path) : path;
  const beside = `${place}.${process.pid}.part`;
  try {
    const file = fs.openSync(beside, "w");
    try {
      for (let written = 0; written < bytes.length;) written += fs.writeSync(file, bytes, written);
      fs.fsyncSync(file); // on the disk before the old one is given up
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(beside, place);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  }
}
