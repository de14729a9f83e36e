import { describe, rangeError } from "../../../tensor/errors.js";
import { MOST_THREADS } from "./control.js";
import { node } from "../../../system/node.js";

/** Above this many the routines of a lecture's networks do not get faster. */
const ENOUGH = 8;

/**
 * Threads to compute with when nobody says how many: one for each core that the machine, and the container around this
 * process, lets it have. `KERNEL_LIB_THREADS` says otherwise, so that twenty learners on one host do not each take all.
 */
export function defaultThreads(): number {
  const wanted = globalThis.process?.env?.KERNEL_LIB_THREADS;
  if (wanted) return checkThreads("KERNEL_LIB_THREADS", /^\d+$/.test(wanted) ? Number(wanted) : wanted);
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  const os = node("node:os");
  const cores = os ? Math.min(os.availableParallelism(), quota()) : (navigator?.hardwareConcurrency ?? 1);
  return Math.max(1, Math.min(cores, ENOUGH));
}

/** A number of threads that somebody asked for. */
export function checkThreads(op: string, threads: unknown, canShare: boolean = true): number {
  if (typeof threads !== "number" || !Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    const wayOut = `without ${op} there is a thread for each core, at most ${ENOUGH}`;
    throw rangeError(op, `a whole number of threads from 1 to ${MOST_THREADS}`, describe(threads), wayOut);
  }
  if (threads > 1 && !canShare) {
    const wayOut = "serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp"; // prettier-ignore
    throw rangeError(op, "1 thread where threads cannot share memory", String(threads), wayOut);
  }
  return threads;
}

/** Cores' worth of time that Linux lets a container use: quota and period, in cgroup's second version or its first. */
function quota(): number {
  const read = (path: string): string => {
    try {
      return node("node:fs")?.readFileSync(`/sys/fs/cgroup/${path}`, "utf8").trim() ?? "";
    } catch {
      return ""; // no Linux, or no such limit
    }
  };
  const [time, period] = read("cpu.max").match(/\d+/g) ?? [
    read("cpu/cpu.cfs_quota_us"),
    read("cpu/cpu.cfs_period_us"),
  ];
  const cores = Math.floor(Number(time) / Number(period));
  return Number(time) > 0 && Number(period) > 0 ? cores : Infinity;
}
