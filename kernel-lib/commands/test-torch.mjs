// npm run test:torch: does every op compute what PyTorch computes? Makes random cases with PyTorch and compares.
//
//   npm run test:torch                      the cases of seed 1, as CI runs them
//   npm run test:torch -- --seed random     other cases; prints the seed, so that they can be had again
//   npm run test:torch -- --seed 42
//   npm run test:torch -- --store           also renew test/python/stored.jsonl, which npm test uses

import { randomInt } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./steps/paths.mjs";
import { VENV_TORCH, pytorch } from "./steps/pytorch.mjs";
import { run } from "./steps/run.mjs";
import { Missing, command, say } from "./steps/say.mjs";

const TESTS = join(ROOT, "test", "python");

await command(async () => {
  const { seed, store } = readOptions();
  const python = await pytorch();

  const cases = join(VENV_TORCH, "cases", `seed-${seed}.jsonl`);
  mkdirSync(join(VENV_TORCH, "cases"), { recursive: true });
  const stored = store ? ["--stored", join(TESTS, "stored.jsonl")] : [];
  say(`PyTorch computes the cases of seed ${seed} …`, `PyTorch 正在计算种子 ${seed} 的算例……`);
  const made = await run(python, [
    ...["-W", "ignore", join(TESTS, "cases.py"), "--seed", seed, "--out", cases],
    ...stored,
  ]);
  if (!made.ok) throw new Error("test/python/cases.py failed");

  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  if (!existsSync(vitest)) {
    throw new Missing("The npm packages are missing; type: npm ci", "缺少 npm 包；请输入：npm ci");
  }
  const env = { ...process.env, CNN_WORKBOOK_TORCH_CASES: cases };
  const compared = await run(
    process.execPath,
    [vitest, "run", "--config", join(TESTS, "vitest.config.mjs")],
    { env },
  );
  if (!compared.ok) {
    say(
      `These cases again: npm run test:torch -- --seed ${seed}`,
      `重现这些算例：npm run test:torch -- --seed ${seed}`,
    );
    process.exitCode = 1;
  }
});

/** @returns {{ seed: string, store: boolean }} */
function readOptions() {
  const { values } = parseArgs({
    options: { seed: { type: "string", default: "1" }, store: { type: "boolean" } },
  });
  const seed = values.seed === "random" ? String(randomInt(2 ** 31)) : values.seed;
  if (!/^\d+$/.test(seed)) {
    throw new Missing(
      `--seed takes a whole number or "random", not "${seed}"`,
      `--seed 后面应是整数或 "random"，而不是 "${seed}"`,
    );
  }
  return { seed, store: values.store ?? false };
}
