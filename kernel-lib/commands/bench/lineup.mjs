// Who takes part: kernel-lib in every way that this Node can run it, PyTorch, and the JavaScript libraries.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readJson, writeWhole } from "../steps/files.mjs";
import { npmProgram } from "../steps/npmPackages.mjs";
import { ROOT } from "../steps/paths.mjs";
import { answerOf, lastLines, run } from "../steps/run.mjs";
import { Missing, say, sayMissing } from "../steps/say.mjs";
import { PYTORCH, pytorch } from "../steps/pytorch.mjs";

/**
 * @typedef {import("./child.mjs").Contender} Contender
 * @typedef {{ name: string, why: string }} Absent
 *
 * @typedef {object} Way      a way to run kernel-lib
 * @property {"simd" | "fma" | "revectorized"} way
 * @property {string[]} flags of Node
 * @property {Contender} contender
 */

const HERE = dirname(fileURLToPath(import.meta.url));
/** @param {string} name */
const script = (name) => join(HERE, "contenders", name);

/** Peers from npm, and the part of the bench that needs them. The versions are part of what is measured. */
export const PEERS = [
  {
    name: "TensorFlow.js (cpu)",
    package: "@tensorflow/tfjs",
    version: "4.22.0",
    script: "tfjs.mjs",
    part: "peers",
  },
  { name: "jax-js (wasm)", package: "@jax-js/jax", version: "0.1.25", script: "jax.mjs", part: "peers" },
  { name: "ConvNetJS", package: "convnetjs", version: "0.3.0", script: "convnet.mjs", part: "peers" },
  {
    name: "onnxruntime-node",
    package: "onnxruntime-node",
    version: "1.30.0",
    script: "onnxruntime.mjs",
    part: "forward",
  },
];

const RELAXED = "--experimental-wasm-relaxed-simd";
const REVECTORIZE = "--experimental-wasm-revectorize";

/**
 * Kernel-lib with each set of features that this Node can have; those it cannot have, with the reason.
 * @returns {{ ways: Way[], absent: Absent[] }}
 */
export function ways() {
  const known = answerOf(process.execPath, ["--v8-options"]) ?? "";
  const hasFlag = (/** @type {string} */ flag) => known.includes(flag.slice(2));
  const plainFuses = canFuse([]);
  /** @type {Way[]} */
  const found = [];
  const absent = [];
  if (!plainFuses) found.push(way("simd", "SIMD128", []));
  else absent.push({ name: "SIMD128", why: "this Node has Relaxed SIMD without being asked" });
  const fused = plainFuses ? [] : [RELAXED];
  const fuses = plainFuses || (hasFlag(RELAXED) && canFuse(fused));
  if (fuses) found.push(way("fma", "FMA", fused));
  else absent.push({ name: "FMA", why: `this Node has no ${RELAXED}` });
  if (fuses && hasFlag(REVECTORIZE)) found.push(way("revectorized", "revectorized", [...fused, REVECTORIZE]));
  else absent.push({ name: "revectorized", why: `this Node has no ${REVECTORIZE}` });
  return { ways: found, absent };
}

/**
 * @param {Way["way"]} way
 * @param {string} name
 * @param {string[]} flags
 * @returns {Way}
 */
function way(way, name, flags) {
  return {
    way,
    flags,
    contender: { name, program: process.execPath, args: [...flags, script("kernelLib.mjs")] },
  };
}

/** @param {string[]} flags */
function canFuse(flags) {
  const asked = `import(${JSON.stringify(new URL("peak.mjs", import.meta.url).href)}).then((m) => console.log(m.canFuse()))`;
  return answerOf(process.execPath, [...flags, "-e", asked]) === "true";
}

/**
 * PyTorch, in the environment that `npm run test:torch` uses as well.
 * @returns {Promise<Contender | Absent>}
 */
export async function pytorchContender() {
  const name = "PyTorch";
  try {
    return { name, program: await pytorch(), args: [script("pytorch.py")] };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    sayMissing(error);
    return { name, why: `pip could not install ${PYTORCH}` };
  }
}

/**
 * The JavaScript libraries that these parts need, each installed into a folder of its own under work/bench; none of
 * their install scripts runs.
 * @param {string[]} parts
 * @returns {Promise<{ training: Contender[], forward: Contender[], absent: Absent[] }>}
 */
export async function peers(parts) {
  /** @type {Awaited<ReturnType<typeof peers>>} */
  const found = { training: [], forward: [], absent: [] };
  for (const peer of PEERS.filter(({ part }) => parts.includes(part))) {
    const folder = join(ROOT, "work", "bench", peer.package.replace(/\W+/g, "-").replace(/^-/, ""));
    const why = await install(folder, peer.package, peer.version);
    const { name } = peer;
    if (why !== undefined) {
      found.absent.push({ name, why });
      continue;
    }
    const contender = { name, program: process.execPath, args: [script(peer.script)], folder };
    found[peer.part === "forward" ? "forward" : "training"].push(contender);
  }
  return found;
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} version
 * @returns {Promise<string | undefined>} why it could not be
 */
async function install(folder, name, version) {
  const installed = readJson(join(folder, "node_modules", name, "package.json"));
  if (/** @type {{ version?: string } | undefined} */ (installed)?.version === version) return undefined;
  say(`Installing ${name} ${version} …`, `正在安装 ${name} ${version}……`);
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, "package.json"), `${JSON.stringify({ private: true })}\n`);
  const { program, args } = npmProgram();
  const options = ["--ignore-scripts", "--save-exact", "--no-audit", "--no-fund"];
  const { ok, output } = await run(program, [...args, "install", ...options, `${name}@${version}`], {
    cwd: folder,
    quiet: true,
  });
  if (ok) return undefined;
  console.error(lastLines(output).replace(/^/gm, "  | "));
  return `npm could not install version ${version} (${/ code (\w+)/.exec(output)?.[1] ?? "no reason given"})`;
}
