import { describe, typeError } from "../tensor/errors.js";

let recording = true;

/** Whether ops keep what `backward` needs. */
export function isRecording(): boolean {
  return recording;
}

/**
 * Run `body` without recording, and return what it returns: for evaluation, where no gradient is wanted.
 *
 * @param body synchronous; an async one would go on after recording is switched on again
 * @throws {TypeError} if `body` returns a promise
 */
export function noGrad<T>(body: () => T): T {
  if (typeof body !== "function") {
    throw typeError("noGrad", "a function to run", describe(body), "write noGrad(() => …)");
  }
  const before = recording;
  recording = false;
  try {
    const result = body();
    if (result instanceof Promise) {
      throw typeError(
        "noGrad",
        "a synchronous function",
        "one that returns a promise",
        "await first, then call noGrad around the ops",
      );
    }
    return result;
  } finally {
    recording = before;
  }
}
