// npm run test:torch: does every op compute what PyTorch computes? Makes random cases with PyTorch and compares.
//
//   npm run test:torch                      the cases of seed 1, as CI runs them
//   npm run test:torch -- --seed random     other cases; prints the seed, so that they can be had again
//   npm run test:torch -- --seed 42
//   npm run test:torch -- --store           also renew test/python/stored.jsonl, which npm test uses

import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readIfThere, writeWhole } from "./steps/files.mjs";
import { ROOT, inVenv } from "./steps/paths.mjs";
import { findPython } from "./steps/python.mjs";
import { lastLines, run } from "./steps/run.mjs";
import { Missing, command, say } from "./steps/say.mjs";

/** About 1 GB, so it stays outside .venv: neither npm start nor npm test needs it. */
const VENV_TORCH = join(ROOT, ".venv-torch");

/** PyTorch's version decides what the cases expect: it changes together with stored.jsonl. NumPy only carries numbers. */
const PACKAGES = ["torch==2.13.0", "numpy"];

const TESTS = join(ROOT, "test", "python");

await command(async () => {
  const { seed, store } = readOptions();
  await environment();

  const cases = join(VENV_TORCH, "cases", `seed-${seed}.jsonl`);
  mkdirSync(join(VENV_TORCH, "cases"), { recursive: true });
  const stored = store ? ["--stored", join(TESTS, "stored.jsonl")] : [];
  say(`PyTorch computes the cases of seed ${seed} …`, `PyTorch 正在计算种子 ${seed} 的算例……`);
  const made = await run(inVenv("python", VENV_TORCH), [
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

/** Make .venv-torch unless it is there with these packages. pip's own configuration says where they come from. */
async function environment() {
  const stamp = join(VENV_TORCH, ".made-from");
  const wanted = PACKAGES.join("\n");
  const python = inVenv("python", VENV_TORCH);
  if (readIfThere(stamp) === wanted && existsSync(python)) return;

  const found = findPython();
  if (found instanceof Missing) throw found;
  say(
    "Making .venv-torch with PyTorch (about 1 GB, once) …",
    "正在建立带有 PyTorch 的 .venv-torch（约 1 GB，只需一次）……",
  );
  rmSync(VENV_TORCH, { recursive: true, force: true }); // from nothing: a half-made one looks whole
  const [program, ...first] = found.command ?? ["python3"];
  const made = await run(program, [...first, "-m", "venv", VENV_TORCH], { quiet: true });
  const installed =
    made.ok && (await run(python, ["-m", "pip", "install", "--no-input", ...PACKAGES], { quiet: true }));
  if (!installed || !installed.ok) {
    throw new Missing(
      `PyTorch could not be installed; if this machine is online, try: ${python} -m pip install ${PACKAGES.join(" ")}`,
      `PyTorch 没有装上；如果这台机器联网，请试：${python} -m pip install ${PACKAGES.join(" ")}`,
      lastLines((installed || made).output),
    );
  }
  writeWhole(stamp, wanted);
}
