/** Values through a pipe between two processes: the length, then the value as V8 writes it (bytes stay bytes). */

import { deserialize, serialize } from "node:v8";

/** File descriptors of the child's ends. */
export const NEWS_FD = 3;
export const ORDERS_FD = 4;

/** One value as bytes. */
export function frame(value: unknown): Buffer {
  const body = serialize(value);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  return Buffer.concat([head, body]);
}

/** Puts values together again from pieces of any size. */
export class FrameReader<T> {
  #pieces: Buffer[] = [];
  #length = 0;

  /** The values that this piece completes. */
  push(piece: Buffer): T[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    const values: T[] = [];
    while (this.#length >= 4) {
      if (this.#pieces[0].length < 4) this.#join();
      const end = 4 + this.#pieces[0].readUInt32LE(0);
      if (this.#length < end) break;
      if (this.#pieces[0].length < end) this.#join();
      const [first] = this.#pieces;
      values.push(deserialize(first.subarray(4, end)) as T);
      this.#pieces[0] = first.subarray(end);
      this.#length -= end;
    }
    return values;
  }

  #join(): void {
    this.#pieces = [Buffer.concat(this.#pieces)];
  }
}
