// npm run build: compile kernel-lib into kernel-lib/dist, whether it is stale or not.

import { buildLibrary } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { command, say } from "./steps/say.mjs";

await command(async () => {
  await npmPackages();
  const start = performance.now();
  await buildLibrary(ROOT);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(`kernel-lib/dist is built (${seconds} s).`, `kernel-lib/dist 已编译好（${seconds} 秒）。`);
});
