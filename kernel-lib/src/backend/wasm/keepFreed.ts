/** The largest block that glibc takes as a lesson: DEFAULT_MMAP_THRESHOLD_MAX of its malloc, less room for a header. */
const LARGEST = 32 * 2 ** 20 - 8192;

/**
 * Let results of single ops lie where earlier ones lay. glibc hands a large block that is freed back to the system, and
 * the system clears the next one page by page: for a million floats 2 ms, where adding them up takes 1. But it learns:
 * once a block of this size has been freed, blocks up to it are kept for the next of their kind (mallopt(3), on
 * M_MMAP_THRESHOLD being dynamic). Nothing is written to this one, so it takes no memory; elsewhere it does nothing.
 */
export function keepFreed(): void {
  if (globalThis.process?.platform === "linux") new ArrayBuffer(LARGEST); // the garbage collector frees it
}
