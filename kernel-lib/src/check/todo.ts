/** Thrown by `todo()`: the exercise has not been started. */
export class NotAttempted extends Error {
  constructor() {
    super("todo(): this exercise is not solved yet; replace the line with your own code");
    this.name = "NotAttempted";
  }
}

/** Stands where a learner's code will stand. Calling it says so; `check` takes it for "not attempted yet". */
export function todo(): never {
  throw new NotAttempted();
}
