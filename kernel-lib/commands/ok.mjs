// npm run ok: is this commit fit to be made? Every check runs, also after one that failed, so one run tells all.

import { join } from "node:path";
import { npmPackages } from "./steps/npmPackages.mjs";
import { ROOT } from "./steps/paths.mjs";
import { run } from "./steps/run.mjs";
import { Missing, command, say } from "./steps/say.mjs";

/** @param {...string} path in node_modules */
const tool = (...path) => join(ROOT, "node_modules", ...path);

/** @param {string} name */
const ours = (name) => join(ROOT, "kernel-lib", "commands", name);

/** @type {{ name: string, zh: string, args: string[] }[]} */
const CHECKS = [
  {
    name: "format",
    zh: "格式",
    args: [tool("prettier", "bin", "prettier.cjs"), "--check", "--log-level=warn", "."],
  },
  { name: "lint", zh: "静态检查", args: [tool("eslint", "bin", "eslint.js"), "."] },
  // By its path: the tsc on npm's path is the older one that tslab brings.
  {
    name: "types",
    zh: "类型",
    args: [tool("typescript", "bin", "tsc"), "--noEmit", "-p", join(ROOT, "tsconfig.json")],
  },
  { name: "notebooks", zh: "笔记本", args: [ours("notebooks.mjs"), "--check"] },
  { name: "tests", zh: "测试", args: [ours("test.mjs")] },
];

await command(async () => {
  await npmPackages();
  const only = process.argv.slice(2); // npm run ok -- format lint
  const unknown = only.find((name) => !CHECKS.some((check) => check.name === name));
  const names = CHECKS.map((check) => check.name).join(", ");
  if (unknown) {
    throw new Missing(
      `There is no check "${unknown}"; the checks are ${names}.`,
      `没有“${unknown}”这项检查；可用的有 ${names}。`,
    );
  }

  /** @type {string[]} */
  const failed = [];
  for (const { name, zh, args } of CHECKS) {
    if (only.length > 0 && !only.includes(name)) continue;
    say(`── ${name}`, `── ${zh}`);
    const start = performance.now();
    const { ok } = await run(process.execPath, args);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (!ok) failed.push(name);
    say(`   ${ok ? "good" : "FAILED"} (${seconds} s)`, `   ${ok ? "通过" : "未通过"}（${seconds} 秒）`);
  }
  if (failed.length === 0) return say("All good.", "全部通过。");
  say(`Not good yet: ${failed.join(", ")}.`, `尚未通过：${failed.join("、")}。`);
  process.exitCode = 1;
});
