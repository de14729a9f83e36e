// Is .venv-torch an environment with this PyTorch? If not, make it.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readIfThere, writeWhole } from "./files.mjs";
import { ROOT, inVenv } from "./paths.mjs";
import { findPython } from "./python.mjs";
import { lastLines, run } from "./run.mjs";
import { Missing, say } from "./say.mjs";

/** About 1 GB, so it stays outside .venv: neither npm start nor npm test needs it. */
export const VENV_TORCH = join(ROOT, ".venv-torch");

/** PyTorch's version decides what the cases of test:torch expect: it changes together with stored.jsonl. */
export const PYTORCH = "torch==2.13.0";

/** NumPy only carries numbers. */
const PACKAGES = [PYTORCH, "numpy"];

/**
 * pip's own configuration says where the packages come from.
 * @returns {Promise<string>} the interpreter
 */
export async function pytorch() {
  const stamp = join(VENV_TORCH, ".made-from");
  const wanted = PACKAGES.join("\n");
  const python = inVenv("python", VENV_TORCH);
  if (readIfThere(stamp) === wanted && existsSync(python)) return python;

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
  return python;
}
