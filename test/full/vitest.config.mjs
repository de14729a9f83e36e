import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.mjs";

// The long tests, which `npm test` leaves to `npm run test:full`: one at a time, each as long as it takes.
const config = mergeConfig(
  base,
  defineConfig({ test: { fileParallelism: false, testTimeout: 0, hookTimeout: 0 } }),
);
config.root = fileURLToPath(new URL("../..", import.meta.url));
config.test = { ...config.test, include: ["test/full/**/*.test.ts"], exclude: [] };

export default config;
