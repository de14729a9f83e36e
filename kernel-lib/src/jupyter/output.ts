/** What is printed in the child, on its way to the front: at once, so that nothing is lost when a cell spins or dies. */

import { writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { News } from "./orders.js";
import { NEWS_FD, frame } from "./pipe.js";

/** Give news to the front. It waits while the pipe is full: a cell that floods is slowed down, not buffered. */
export function tell(news: News): void {
  let bytes = frame(news);
  while (bytes.length > 0) {
    try {
      // A pipe that blocks takes all of it in one call, which an interrupt cannot cut in two.
      bytes = bytes.subarray(writeSync(NEWS_FD, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") process.kill(process.pid, "SIGKILL"); // nobody listens
    }
  }
}

/** Send what is written to standard output or standard error somewhere else. */
export function capture(name: "stdout" | "stderr", write: (text: string) => void): void {
  const decoder = new StringDecoder("utf8");
  process[name].write = ((chunk: string | Uint8Array, encoding?: unknown, callback?: unknown) => {
    const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
    if (text !== "") write(text);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(done as () => void);
    return true;
  }) as typeof process.stdout.write;
}
