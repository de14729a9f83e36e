// Writing so that an interruption leaves the old file or the new one, never half of one; and telling files apart.

import { createHash } from "node:crypto";
import { copyFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:fs";
import { dirname } from "node:path";

/**
 * Write a file whole or not at all, in place of what was there.
 * @param {string} path
 * @param {string | Uint8Array} content
 */
export function writeWhole(path, content) {
  const draft = writeDraft(path, content);
  try {
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Write a file whole, and only if nothing has that name.
 * @param {string} path
 * @param {string | Uint8Array} content
 * @throws an Error with code EEXIST if something has
 */
export function writeNew(path, content) {
  const draft = writeDraft(path, content);
  try {
    linkSync(draft, path); // unlike a rename, refuses to replace
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error;
    copyFileSync(draft, path, constants.COPYFILE_EXCL); // a file system without hard links
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * @param {string} path
 * @param {string | Uint8Array} content
 * @returns {string} a file beside `path`, which a rename can put in its place
 */
function writeDraft(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  writeFileSync(draft, content);
  return draft;
}

/**
 * The text of a file; undefined if there is none.
 * @param {string} path
 */
export function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * What a JSON file holds; undefined if there is none or it does not parse.
 * @param {string} path
 * @returns {unknown}
 */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {...(string | Uint8Array)} parts
 * @returns {string} SHA-256, in hex; where one part ends and the next begins counts too
 */
export function hashOf(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

/**
 * The system's word for what went wrong ("ENOENT").
 * @param {unknown} error
 */
export function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
