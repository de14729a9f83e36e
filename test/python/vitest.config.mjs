import { defineConfig, mergeConfig } from "vitest/config";
import shared from "../../vitest.config.mjs";

/** The comparison with PyTorch needs cases that only `npm run test:torch` makes, so it runs by this file alone. */
const config = mergeConfig(
  shared,
  defineConfig({ test: { root: new URL("../..", import.meta.url).pathname } }),
);
config.test.include = ["test/python/againstTorch.ts"]; // instead of the other tests, not beside them
export default config;
