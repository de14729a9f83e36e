import { defineConfig } from "vitest/config";

// Unit tests read the library's sources, so a change is tested without a build.
export default defineConfig({
  resolve: { alias: { "kernel-lib": new URL("kernel-lib/src/index.ts", import.meta.url).pathname } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/full/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { KERNEL_LIB_PROGRESS: "none" }, // no test, and no lesson that a test runs, counts as a learner's
  },
});
