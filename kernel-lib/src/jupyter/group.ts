/** A child and the programs that its cells have started: they are stopped together, so that none is left behind. */

/** Send a signal to a child, which leads a group of its own, and to that group; on Windows there are no groups. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return; // it could not be started
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It is gone.
  }
}
