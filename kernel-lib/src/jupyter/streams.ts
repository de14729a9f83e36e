/** Printed text on its way to everybody: lines that come close together travel as one message. */

import type { Broadcasts } from "./messages.js";
import type { Origin } from "./orders.js";

/** A reader notices no delay below this. */
const WAIT_MS = 25;
/** A message of this many characters is sent at once. */
const FULL = 1 << 18;

export class Streams {
  #origin: Origin = -1;
  #name: "stdout" | "stderr" = "stdout";
  #texts: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #publish: (origin: Origin, content: Broadcasts["stream"]) => void;

  constructor(publish: (origin: Origin, content: Broadcasts["stream"]) => void) {
    this.#publish = publish;
  }

  add(origin: Origin, { name, text }: Broadcasts["stream"]): void {
    if (origin !== this.#origin || name !== this.#name) this.flush();
    this.#origin = origin;
    this.#name = name;
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length >= FULL) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  /** Send what waits: before anything else is sent, so that nothing overtakes. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#length === 0) return;
    const text = this.#texts.join("");
    this.#texts = [];
    this.#length = 0;
    this.#publish(this.#origin, { name: this.#name, text });
  }
}
