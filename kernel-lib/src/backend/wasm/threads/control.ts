/*
 * What threads tell each other, as whole numbers in a small memory of its own. A job is a routine on a block, in parts.
 *
 * The ticket says which job it is, and in its last bits how many parts nobody has taken yet. Taking one is a
 * compare-and-exchange of the ticket, so it succeeds only while the numbers of the job are still those that were read.
 * Whoever calls the others takes parts as well, until none is left: a thread that is late, or not there at all, is done
 * without, and the results do not tell, since a part computes the same whoever takes it.
 */

/** Where each number stands. What is written often by different threads has a cache line to itself. */
export const CELL = {
  ticket: 0,
  /** Parts of the job that are finished, and whether one of them ended with an exception. */
  done: 16,
  failed: 17,
  /** Threads that are ready for jobs, and those that sleep until the ticket changes. */
  ready: 32,
  asleep: 33,
  /** The job: which module, where its bytes lie, which of its routines, on which block. */
  code: 48,
  bytes: 49,
  length: 50,
  routine: 51,
  base: 52,
  units: 53,
  parts: 54,
} as const;

export const CELLS = 64;

/** Parts that the ticket has room for. */
export const MOST_THREADS = 64;
/** The bits of the ticket that count parts. */
export const PARTS_MASK = 127;
/** What one job's ticket is apart from the next one's. */
export const NEXT_JOB = 128;
/** The ticket that sends the threads home. */
export const STOP = -1;

/** How long a thread that has nothing to do looks out before it falls asleep, so that a busy neighbour gets the core. */
export const AWAKE_MS = 0.05;
